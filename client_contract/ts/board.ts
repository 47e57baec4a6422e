// The newest version of each job that a client was told, and what it may conclude from them.
import type { JobFieldsFragment } from "./generated/operations.ts";
import { holdsLock, lockDuration } from "./lock.ts";

/** One job as the server described it. */
export type Job = JobFieldsFragment;

/** A job with the client's doubt: `isVoid` when it looks active though its deadline has passed. */
export type FollowedJob = Job & { readonly isVoid: boolean };

/** A job, and how many milliseconds ago it was received. */
export interface Sighting {
  readonly job: Job;
  readonly age: number;
}

interface Seen {
  readonly job: Job;
  readonly seenAt: number;
}

/** Every `now` is a reading of `performance.now()` in milliseconds: it must never jump. */
export class JobBoard {
  readonly #sightings = new Map<string, Seen>();

  /** Takes what is newer than what is held: a higher version, or the same one read later. */
  take(job: Job, now: number): boolean {
    const held = this.#sightings.get(job.id);
    if (held && !isNewer(job, held.job)) return false;
    this.#sightings.set(job.id, { job, seenAt: now });
    return true;
  }

  /** Of the present: jobs that it does not name and that were read before `asOf` are gone. */
  keepOnly(named: ReadonlySet<string>, asOf: string): void {
    for (const [id, { job }] of this.#sightings) {
      if (!named.has(id) && Date.parse(job.asOf) < Date.parse(asOf)) this.#sightings.delete(id);
    }
  }

  /** Forgets jobs that went with their manuscript. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#sightings.delete(id);
  }

  /** All that is held, for another board. */
  sightings(now: number): readonly Sighting[] {
    return [...this.#sightings.values()].map(({ job, seenAt }) => ({ job, age: now - seenAt }));
  }

  /** All jobs, the latest queued first. */
  jobs(now: number): readonly FollowedJob[] {
    return [...this.#sightings.values()]
      .map(({ job, seenAt }) => ({ ...job, isVoid: isVoid(job, now - seenAt) }))
      .sort((a, b) => Date.parse(b.queuedAt) - Date.parse(a.queuedAt));
  }

  /** The ids of the manuscripts that some job locks. */
  lockedManuscripts(now: number): ReadonlySet<string> {
    const locked = new Set<string>();
    for (const { job, seenAt } of this.#sightings.values()) {
      if (holdsLock(job, now - seenAt)) locked.add(job.manuscript.id);
    }
    return locked;
  }

  /** Milliseconds until the first lock ends without a word from the server; null when nothing is locked. */
  untilUnlock(now: number): number | null {
    let first: number | null = null;
    for (const { job, seenAt } of this.#sightings.values()) {
      const left = lockDuration(job) - (now - seenAt);
      if (left > 0 && (first === null || left < first)) first = left;
    }
    return first;
  }
}

function isNewer(job: Job, held: Job): boolean {
  if (job.version !== held.version) return job.version > held.version;
  // The row is the same; its place in the line and what else surrounds it may have changed.
  return Date.parse(job.asOf) > Date.parse(held.asOf);
}

function isVoid(job: Job, elapsed: number): boolean {
  return !job.isTerminal && job.locksManuscript && !holdsLock(job, elapsed);
}
