import type { FailureCode } from "@novelfoundry/client";
import { expect, test } from "vitest";
import { someJob } from "../fixtures.ts";
import { announcement, describe, toneOf } from "./words.ts";

test("a queued job says why it waits in the server's own sentence, which names its place in the line", () => {
  const message = "All workers are busy. Your analysis is number 3 in the line.";
  const waiting = { reason: "WORKERS_BUSY", message, position: 3 } as const;

  expect(describe(someJob({ waiting })).detail).toBe(message);
});

test("a running job shows its stage, and its attempt only when it is not the first", () => {
  const first = someJob({ status: "RUNNING", stage: "Reading chapters", attempt: 1 });

  expect(describe(first)).toMatchObject({ headline: "Reading chapters", detail: null });
  expect(describe({ ...first, attempt: 2 }).detail).toContain("attempt 2 of 3");
});

test.each<FailureCode>([
  "QUEUE_TIMEOUT",
  "WORKER_LOST",
  "RUN_TIMEOUT",
  "UNREADABLE_MANUSCRIPT",
  "INTERNAL_ERROR",
])("a job that failed with %s says what happened and what to do", (code) => {
  const failure = { code, message: "The server's own sentence.", retryable: true };

  const words = describe(someJob({ status: "FAILED", isTerminal: true, failure }));

  expect(words.detail).toBe("The server's own sentence.");
  expect(words.remedy).toMatch(/\.$/);
  expect(words.headline).not.toContain(code);
});

test("a job past its deadline is never shown as alive", () => {
  const overdue = someJob({ status: "RUNNING", stage: "Reading chapters", progress: 0.5, isVoid: true });

  expect(describe(overdue).headline).toBe("No word about this reading");
  expect(toneOf(overdue)).toBe("bad");
});

test("a screen reader hears how a reading ended in whole sentences", () => {
  const stopped = someJob({ status: "CANCELLED", isTerminal: true });

  expect(announcement(stopped)).toBe(
    "The Lamp: Cancelled. You stopped this reading. Start it again whenever you like.",
  );
});

test("a screen reader hears each quarter once, not every step", () => {
  const steps = Array.from({ length: 100 }, (_, step) =>
    someJob({ status: "RUNNING", progress: step / 100 }),
  );

  const heard = new Set(steps.map(announcement));

  expect([...heard]).toEqual([
    "The Lamp: Running",
    "The Lamp: Running: 25 percent",
    "The Lamp: Running: 50 percent",
    "The Lamp: Running: 75 percent",
  ]);
});
