// Jobs and frames as a server would send them.
import type { Job } from "../board.ts";
import type { Frame } from "../feed.ts";
import type { SystemFieldsFragment } from "../generated/operations.ts";

const HEALTHY = { state: "HEALTHY", live: 1, lastSeenAt: null } as const;

export function makeJob(known: Partial<Job>): Job {
  return {
    id: "job",
    kind: "analysis",
    status: "QUEUED",
    isTerminal: false,
    locksManuscript: true,
    stage: null,
    progress: null,
    attempt: 0,
    maxAttempts: 3,
    version: 1,
    queuedAt: at(0),
    startedAt: null,
    finishedAt: null,
    deadlineAt: at(300),
    asOf: at(0),
    waiting: null,
    failure: null,
    retryOf: null,
    manuscript: { id: "manuscript", title: "Emma" },
    ...known,
  };
}

export function makeOver(known: Partial<Job>): Job {
  return makeJob({
    status: "COMPLETED",
    isTerminal: true,
    locksManuscript: false,
    deadlineAt: null,
    ...known,
  });
}

export function makeSystem(asOf: string): SystemFieldsFragment {
  return {
    asOf,
    sweeper: HEALTHY,
    workers: HEALTHY,
    push: HEALTHY,
    queued: 0,
    running: 0,
    hold: null,
    message: null,
  };
}

export function makeFrame(second: number, ...jobs: Job[]): Frame {
  return { asOf: at(second), jobs, removed: [], manuscripts: [], system: makeSystem(at(second)) };
}

/** The server's clock, so many seconds into the test. */
export function at(second: number): string {
  return new Date(Date.parse("2026-11-23T12:00:00Z") + second * 1_000).toISOString();
}
