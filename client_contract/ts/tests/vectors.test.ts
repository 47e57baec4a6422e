// The hand-written vectors of the contract, one test a case.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Job, JobBoard } from "../board.ts";
import type { JobStatus, RefusalCode } from "../generated/operations.ts";
import {
  type CloseAction,
  closeAction,
  pauseBefore,
  type RefusalAction,
  refusalAction,
} from "../refusals.ts";
import { isTerminal, readStatus } from "../status.ts";
import { makeJob } from "./jobs.ts";

function vectors(name: string) {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
}

describe("statuses", () => {
  const { cases }: { cases: { id: string; text: string; status: JobStatus | null }[] } = vectors("statuses");

  test.each(cases)("$id", ({ text, status }) => {
    expect(readStatus(text)).toBe(status);
  });

  test("each status is terminal exactly when transitions.json says so", () => {
    const oracle: { statuses: Record<string, { terminal: boolean }> } = vectors("transitions");
    expect.hasAssertions();
    for (const [name, { terminal }] of Object.entries(oracle.statuses)) {
      const status = readStatus(name);
      expect(status && isTerminal(status)).toBe(terminal);
    }
  });
});

describe("refusals", () => {
  interface Refusals {
    refusals: { id: string; code: RefusalCode; action: RefusalAction }[];
    closes: {
      id: string;
      code: number;
      failures: number;
      action: CloseAction;
      atLeast: number;
      atMost: number;
    }[];
  }
  const { refusals, closes }: Refusals = vectors("refusals");

  test.each(refusals)("$id: $code is answered by $action", ({ code, action }) => {
    expect(refusalAction(code)).toBe(action);
  });

  test.each(closes)("$id: $code is answered by $action", ({ code, failures, action, atLeast, atMost }) => {
    expect(closeAction(code)).toBe(action);
    expect(pauseBefore(action, failures, () => 0)).toBe(atLeast * 1_000);
    expect(pauseBefore(action, failures, () => 1)).toBe(atMost * 1_000);
  });
});

interface SentJob {
  id: string;
  manuscript: string;
  version: number;
  status: JobStatus;
  isTerminal: boolean;
  locksManuscript: boolean;
  asOf: string;
  deadlineAt: string | null;
}

interface Instant {
  at: number;
  snapshot?: { asOf: string; jobs: SentJob[] };
  frame?: { jobs: SentJob[]; removed?: string[] };
  answer?: SentJob;
  wallClockJumps?: number;
  connection?: "lost";
  locked?: string[];
}

interface LockCase {
  id: string;
  claim: string;
  wallClockOffset: number;
  timeline: Instant[];
}

describe("locks", () => {
  const { cases }: { cases: LockCase[] } = vectors("locks");
  const serverStart = Date.parse("2026-11-23T12:00:00Z");

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each(cases)("$id: $claim", ({ wallClockOffset, timeline }) => {
    vi.setSystemTime(serverStart + wallClockOffset * 1_000);
    const board = new JobBoard();
    const start = performance.now();
    for (const instant of timeline) {
      vi.advanceTimersByTime(start + instant.at * 1_000 - performance.now());
      happen(board, instant);
      if (instant.locked) {
        expect([...board.lockedManuscripts(performance.now())].sort()).toEqual(instant.locked);
      }
    }
  });

  function happen(board: JobBoard, { snapshot, frame, answer, wallClockJumps }: Instant): void {
    const now = performance.now();
    if (snapshot) {
      const present = snapshot.jobs.map(received);
      board.keepOnly(new Set(present.map(({ id }) => id)), snapshot.asOf);
      for (const job of present) board.take(job, now);
    }
    for (const job of frame?.jobs ?? []) board.take(received(job), now);
    board.forget(frame?.removed ?? []);
    if (answer) board.take(received(answer), now);
    if (wallClockJumps) vi.setSystemTime(Date.now() + wallClockJumps * 1_000);
  }

  function received({ manuscript, ...job }: SentJob): Job {
    return makeJob({ ...job, manuscript: { id: manuscript, title: manuscript } });
  }
});
