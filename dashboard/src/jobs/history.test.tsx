import { expect, test } from "vitest";
import { someJob } from "../fixtures.ts";
import type { PastJob } from "../manuscripts/manuscript.ts";
import { render } from "../testing/page.ts";
import { durationOf, History } from "./history.tsx";

const started = { queuedAt: "2026-11-01T10:00:00Z", startedAt: "2026-11-01T10:00:01Z" };
const step = { version: 3, at: "2026-11-01T10:00:03Z", status: "COMPLETED", decidedBy: "WORKER" } as const;

function pastJob(changes: Partial<PastJob>): PastJob {
  return { ...someJob(started), events: [], ...changes };
}

const completed = pastJob({
  id: "one",
  status: "COMPLETED",
  finishedAt: "2026-11-01T10:00:03.100Z",
  events: [{ ...step, message: "The report is written." }],
});

test("the author's story comes first, each step on demand", async () => {
  const page = await render(<History jobs={[completed, pastJob({ id: "two", status: "CANCELLED" })]} />);

  const [story, steps] = page.querySelectorAll("details");
  expect(story?.querySelector(".jobs")?.textContent).toContain("Report written. It took 2.1 seconds.");
  expect(story?.querySelector(".jobs")?.textContent).toContain("Stopped by you.");
  expect(story?.querySelector(".jobs")?.textContent).not.toContain("worker");
  expect(steps?.open).toBe(false);
  expect(steps?.textContent).toContain("by the worker that had it: The report is written.");
});

test("who decided, in a later contract, is the service", async () => {
  const events = JSON.parse(
    JSON.stringify([{ ...step, message: null, decidedBy: "ORACLE", status: "ON_HOLD" }]),
  );

  const page = await render(<History jobs={[pastJob({ events })]} />);

  expect(page.textContent).toContain("On hold by the service");
});

test("a failure is told in the server's sentence", async () => {
  const failure = {
    code: "WORKER_LOST",
    message: "Your analysis was interrupted.",
    retryable: true,
  } as const;

  const page = await render(<History jobs={[pastJob({ status: "FAILED", failure })]} />);

  expect(page.querySelector(".jobs")?.textContent).toContain("Your analysis was interrupted.");
});

test("what has not ended, or never began, lasted for nothing", () => {
  expect(durationOf({ startedAt: started.startedAt, finishedAt: null })).toBeNull();
  expect(durationOf({ startedAt: null, finishedAt: started.queuedAt })).toBeNull();
});

test("without a job there is no history", async () => {
  expect((await render(<History jobs={[]} />)).textContent).toBe("");
});
