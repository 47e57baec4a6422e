// What an operator sees and does; what everybody else sees there is the server's own sentence.
import { afterEach, beforeEach, expect, test } from "vitest";
import { ServiceContext } from "../service.ts";
import { press, render, submit, type, until } from "../testing/page.ts";
import { makeSystem, TestService } from "../testing/service.ts";
import OperatorPage from "./page.tsx";

const AUTHOR = "372eb853-224a-402c-a771-8ddd3e368e31";
const WORKER = "0d7a84d0-ca29-4868-8528-76105d42a33f";
const JOB = "6097678b-2fd5-4585-b5e7-f4abe552ff34";
const AT = "2026-11-25T12:00:00+00:00";

const job = {
  id: btoa(`Job:${JOB}`),
  authorId: AUTHOR,
  status: "RUNNING",
  failureCode: null,
  failureMessage: null,
  stage: "Reading chapters",
  progress: 0.4,
  attempt: 1,
  maxAttempts: 3,
  workersLost: 0,
  workerId: WORKER,
  queuedAt: AT,
  startedAt: AT,
  finishedAt: null,
};
const overview = {
  __typename: "Operator",
  system: { ...makeSystem(AT), queued: 5, running: 1, hold: null, troubles: [] },
  counts: [
    { status: "FAILED", failureCode: "WORKER_LOST", number: 38, withinHour: 4, countedSince: AT },
    { status: "FAILED", failureCode: "UNREADABLE_MANUSCRIPT", number: 2, withinHour: 0, countedSince: AT },
    { status: "QUEUED", failureCode: null, number: 5, withinHour: null, countedSince: null },
  ],
  throughput: [{ beginsAt: AT, completed: 3, failed: 1, cancelled: 0 }],
  processes: [
    {
      id: WORKER,
      kind: "worker",
      version: "1.0.0",
      host: "host-b",
      pid: 7,
      state: "HEALTHY",
      capacity: 2,
      busy: 1,
      startedAt: AT,
      lastSeenAt: AT,
      clockOffsetSeconds: 86_400,
      troubles: [],
    },
  ],
  running: [job],
  line: [{ authorId: AUTHOR, waiting: 5, running: 1, oldestQueuedAt: AT }],
  failed: [],
};

let service: TestService;
beforeEach(async () => {
  service = await TestService.open();
});
afterEach(() => service.close());

async function open(): Promise<HTMLElement> {
  return render(
    <ServiceContext value={service.service}>
      <OperatorPage />
    </ServiceContext>,
  );
}

test("an operator sees who waits, what runs on which worker, and a clock that is off", async () => {
  service.answer(({ operation }) =>
    operation === "Operator" ? { operator: overview } : { viewer: { isOperator: true } },
  );

  const page = await open();
  await until(() => page.textContent.includes("host-b"));

  expect(page.textContent).toContain("1 of 2 places: Reading chapters 40%");
  expect(page.textContent).toContain("86,400 s ahead");
  expect(page.textContent).toContain(AUTHOR);
  expect(page.textContent).toContain(JOB);
});

test("the failed can be tried again together, except those that would end alike", async () => {
  const asked: unknown[] = [];
  service.answer(({ operation, variables }) => {
    if (operation === "Operator") return { operator: overview };
    if (operation !== "RetryFailed") return null;
    asked.push(variables);
    return { retryFailed: { __typename: "RetriedJobs", done: 37, refused: 1, hasMore: false } };
  });
  const page = await open();
  await until(() => page.textContent.includes("worker lost"));

  await press(page, "Try them again: worker lost");
  await until(() => page.textContent.includes("37 jobs tried again, 1 refused."));

  expect(asked).toEqual([{ failureCode: ["WORKER_LOST"], since: AT }]);
  expect(page.textContent).not.toContain("Try them again: unreadable");
});

test("the line is held with a reason, and what is refused is said", async () => {
  service.answer(({ operation, variables }) => {
    if (operation === "Operator") return { operator: overview };
    if (operation !== "HoldLine") return null;
    return {
      holdLine: { __typename: "Refusal", code: "NOT_ALLOWED_NOW", message: `Held already: ${variables.why}` },
    };
  });
  const page = await open();
  await until(() => page.querySelector("form") !== null);

  await type(page, "input", "Upgrading");
  await submit(page);

  await until(() => page.textContent.includes("Held already: Upgrading"));
});

test("whoever is no operator reads the server's sentence", async () => {
  service.answer(({ operation }) =>
    operation === "Operator"
      ? { operator: { __typename: "Refusal", code: "FORBIDDEN", message: "Only an operator may do this." } }
      : { viewer: { isOperator: false } },
  );

  const page = await open();

  await until(() => page.textContent.includes("Only an operator may do this."));
  expect(page.textContent).not.toContain("Processes");
});
