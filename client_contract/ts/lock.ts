// Whether a job locks its manuscript, as a client may believe it. No wall clock of the client takes part.
import type { JobFieldsFragment } from "./generated/operations.ts";

/** What the decision needs of a job. */
export type LockTerms = Pick<JobFieldsFragment, "locksManuscript" | "asOf" | "deadlineAt">;

/**
 * Milliseconds until the job's lock ends, counted from the instant of receipt; 0 when it locks nothing.
 * A lock without a deadline, or with times that cannot be read, is no lock.
 */
export function lockDuration(job: LockTerms): number {
  if (!job.locksManuscript || job.deadlineAt === null) return 0;
  const left = Date.parse(job.deadlineAt) - Date.parse(job.asOf);
  return Number.isFinite(left) ? Math.max(left, 0) : 0;
}

/** Whether the job still locks its manuscript `elapsed` milliseconds (monotonic) after it was received. */
export function holdsLock(job: LockTerms, elapsed: number): boolean {
  return elapsed < lockDuration(job);
}
