// One manuscript's page, over a real feed and a local server.
import { useJobs } from "@novelfoundry/client/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeJob, makeOver } from "../../../client_contract/ts/tests/jobs.ts";
import type { Listener } from "../../../client_contract/ts/tests/server.ts";
import { someManuscript } from "../fixtures.ts";
import { ServiceContext } from "../service.ts";
import { press, render, submit, until } from "../testing/page.ts";
import { type Asked, makeFrame, TestService } from "../testing/service.ts";
import ManuscriptPage from "./page.tsx";

let service: TestService;
let listener: Listener;
let page: HTMLElement;
let latestJob: object | null;
/** What a mutation is answered with. */
let mutation: object;
const onChanged = vi.fn();
const onDeleted = vi.fn();

const manuscript = { id: "m", title: "Emma" };
const running = makeJob({ id: "job", status: "RUNNING", version: 2, manuscript, stage: "Finding chapters" });

function answer({ operation }: Asked): object | null {
  if (operation !== "Manuscript") return mutation;
  return { manuscript: { ...someManuscript("m"), title: "Emma", latestJob, latestReport: null, jobs: [] } };
}

function Page() {
  const { jobs } = useJobs(service.service.feed);
  return (
    <ServiceContext value={service.service}>
      <ManuscriptPage
        id="m"
        chapter={null}
        since={null}
        jobs={jobs}
        onChanged={onChanged}
        onDeleted={onDeleted}
      />
    </ServiceContext>
  );
}

beforeEach(async () => {
  latestJob = null;
  mutation = {};
  vi.clearAllMocks();
  service = await TestService.open();
  service.answer(answer);
  service.service.feed.start();
  listener = await service.server.listener();
});

afterEach(() => service.close());

async function open(job: object | null): Promise<void> {
  latestJob = job;
  listener.frame(makeFrame(1));
  page = await render(<Page />);
  await until(() => says("Emma"));
}

const says = (words: string) => page.textContent?.includes(words) === true;
const alert = () => page.querySelector("[role=alert]")?.textContent;

test("a manuscript that was never analysed is analysed on demand", async () => {
  await open(null);
  mutation = { startAnalysis: { __typename: "Job", ...running } };

  await press(page, "Analyse it");

  await until(() => says("Finding chapters"));
  expect(onChanged).toHaveBeenCalled();
});

test("an analysis under way is stopped, and tried again", async () => {
  await open(running);
  const cancelled = makeOver({
    ...running,
    status: "CANCELLED",
    isTerminal: true,
    version: 3,
    deadlineAt: null,
  });
  mutation = { cancelJob: { __typename: "Job", ...cancelled, locksManuscript: false } };
  await press(page, "Stop");
  await until(() => says("You stopped this analysis"));

  mutation = { retryJob: { __typename: "Job", ...running, id: "job-2", queuedAt: "2026-11-24T12:00:00Z" } };
  await press(page, "Try again");

  await until(() => says("Finding chapters"));
});

test("a refusal is told in the server's sentence, and what changed is read again", async () => {
  await open(running);
  mutation = {
    cancelJob: { __typename: "Refusal", code: "NOT_ALLOWED_NOW", message: "This analysis is over." },
  };

  await press(page, "Stop");

  await until(() => alert() === "This analysis is over.");
  expect(onChanged).toHaveBeenCalled();
});

test("an answer of a later contract breaks nothing", async () => {
  await open(null);
  mutation = { startAnalysis: { __typename: "Reservation" } };

  await press(page, "Analyse it");

  await until(() => onChanged.mock.calls.length > 0);
  expect(says("Emma")).toBe(true);
});

test.each([
  ["a status", { status: "ON_HOLD", isTerminal: false }, "On hold"],
  [
    "a failure",
    {
      status: "FAILED",
      isTerminal: true,
      failure: { code: "OUT_OF_INK", message: "The ink is used up.", retryable: true },
    },
    "The ink is used up.",
  ],
])("%s of a later contract is shown plainly", async (_name, told, words) => {
  await open({ ...running, ...told });

  expect(says(words)).toBe(true);
});

test("one that ended in a way of a later contract can be analysed anew", async () => {
  await open({ ...running, status: "ARCHIVED", isTerminal: true, locksManuscript: false, deadlineAt: null });

  expect(says("Archived")).toBe(true);
  expect(says("Analyse it")).toBe(true);
});

test("it is deleted once the author has said so", async () => {
  await open(null);
  mutation = { deleteManuscript: { __typename: "DeletedManuscript", id: "m" } };

  await press(page, "Delete…");
  expect(onDeleted).not.toHaveBeenCalled();
  await press(page, "Delete it");

  await until(() => onDeleted.mock.calls.length > 0);
});

test("one that cannot be opened says so, and is opened on demand", async () => {
  service.answer(() => null);
  page = await render(<Page />);
  await until(() => alert() !== undefined);

  service.answer(answer);
  await press(page, "Try again");

  await until(() => says("There is no report yet"));
});

test("one that is not there says so", async () => {
  service.answer(() => ({ manuscript: null }));

  page = await render(<Page />);

  await until(() => says("This manuscript is not here"));
});

test("a manuscript gets another title, and one that another window deletes says so", async () => {
  await open(null);
  await press(page, "Rename…");
  mutation = {
    updateManuscript: { __typename: "Refusal", code: "INVALID_INPUT", message: "Give it a title." },
  };
  await submit(page);
  await until(() => alert() === "Give it a title.");
  mutation = { updateManuscript: { __typename: "Manuscript", ...someManuscript("m"), title: "Emma" } };
  await submit(page);
  await until(() => page.querySelector("form") === null);
  expect(onChanged).toHaveBeenCalled();

  listener.frame({ ...makeFrame(2), manuscripts: [{ id: "m", manuscript: null }] });

  await until(() => says("“Emma” was deleted"));
});
