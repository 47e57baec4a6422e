import type { FailureCode } from "@novelfoundry/client";
import { expect, suite, test } from "vitest";
import { someJob } from "../fixtures.ts";
import { announcement, describe, toneOf } from "./describe.ts";
import { newestJob } from "./newest.ts";

test("a queued job says why it waits in the server's own sentence, which names its place in the line", () => {
  const message = "Other manuscripts come first: yours is number 3 in the line.";
  const waiting = { reason: "WORKERS_BUSY", message, position: 3, expectedStartAt: null } as const;

  expect(describe(someJob({ waiting })).detail).toBe(message);
});

test("a running job shows its stage, and its attempt only when it is not the first", () => {
  const first = someJob({ status: "RUNNING", stage: "Reading chapters", attempt: 1 });

  expect(describe(first)).toMatchObject({ headline: "Reading chapters", detail: null });
  expect(describe({ ...first, attempt: 2 }).detail).toContain("attempt 2 of 3");
});

test.each<FailureCode>([
  "QUEUE_TIMEOUT",
  "QUEUE_LIMIT",
  "WORKER_LOST",
  "RUN_TIMEOUT",
  "UNREADABLE_MANUSCRIPT",
  "INTERNAL_ERROR",
])("a job that failed with %s says what happened and what to do", (code) => {
  const failure = { code, message: "The server's own sentence.", retryable: true };

  const words = describe(someJob({ status: "FAILED", isTerminal: true, failure }));

  expect(words.detail).toBe("The server's own sentence.");
  expect(words.remedy ?? words.detail).toMatch(/\.$/);
  expect(words.headline).not.toContain(code);
});

suite("of a later contract", () => {
  // What an old tab is told by a newer server: a word that its types do not know.
  const told = (changes: object) => someJob(JSON.parse(JSON.stringify(changes)));

  test("a status is shown as its own word, with the server's sentence", () => {
    const waiting = { reason: "AWAITING_EDITOR", message: "Your editor holds it.", position: null };
    const job = told({ status: "ON_HOLD", waiting });

    expect(describe(job)).toEqual({ headline: "On hold", detail: "Your editor holds it.", remedy: null });
    expect(announcement(job)).toBe("The Lamp: On hold. On hold. Your editor holds it.");
    expect(toneOf(job)).toBe("quiet");
  });

  test("a failure is told in the server's own sentence", () => {
    const failure = {
      code: "OUT_OF_INK",
      message: "The ink is used up. Try again tomorrow.",
      retryable: true,
    };

    const words = describe(told({ status: "FAILED", isTerminal: true, failure }));

    expect(words.detail).toBe(failure.message);
    expect(words.headline).not.toContain("OUT_OF_INK");
  });

  test("a job that has ended is over, whatever its status is called", () => {
    const archived = told({ status: "ARCHIVED", isTerminal: true, deadlineAt: null, version: 7 });

    expect(newestJob("manuscript-1", [], archived)?.isVoid).toBe(false);
  });
});

test("a job past its deadline is never shown as alive", () => {
  const overdue = someJob({ status: "RUNNING", stage: "Reading chapters", progress: 0.5, isVoid: true });

  expect(describe(overdue).headline).toBe("We have lost touch with this analysis");
  expect(toneOf(overdue)).toBe("bad");
});

test("a screen reader hears how an analysis ended in whole sentences", () => {
  const stopped = someJob({ status: "CANCELLED", isTerminal: true });

  expect(announcement(stopped)).toBe(
    "The Lamp: Cancelled. You stopped this analysis. Start it again whenever you like.",
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
