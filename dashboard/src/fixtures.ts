// Jobs and manuscripts for tests, plain until a test says otherwise.
import type { FollowedJob, ManuscriptFieldsFragment, SystemFieldsFragment } from "@novelfoundry/client";

export function someJob(changes: Partial<FollowedJob> = {}): FollowedJob {
  return {
    id: "job-1",
    kind: "analysis",
    status: "QUEUED",
    isTerminal: false,
    locksManuscript: true,
    isVoid: false,
    stage: null,
    progress: null,
    attempt: 0,
    maxAttempts: 3,
    version: 1,
    queuedAt: "2026-11-01T10:00:00Z",
    startedAt: null,
    finishedAt: null,
    deadlineAt: "2026-11-01T10:05:00Z",
    asOf: "2026-11-01T10:00:00Z",
    waiting: null,
    failure: null,
    retryOf: null,
    manuscript: { id: "manuscript-1", title: "The Lamp" },
    ...changes,
  };
}

export function someManuscript(id: string): ManuscriptFieldsFragment {
  const createdAt = "2026-11-01T10:00:00Z";
  return {
    id,
    title: "The Lamp",
    filename: null,
    wordCount: null,
    createdAt,
    isLocked: false,
    latestJob: null,
  };
}

export function someSystem(changes: Partial<SystemFieldsFragment> = {}): SystemFieldsFragment {
  const healthy = { state: "HEALTHY", live: 1, lastSeenAt: "2026-11-01T10:00:00Z" } as const;
  return {
    asOf: "2026-11-01T10:00:00Z",
    sweeper: healthy,
    workers: healthy,
    push: healthy,
    queued: 0,
    running: 0,
    hold: null,
    message: null,
    ...changes,
  };
}
