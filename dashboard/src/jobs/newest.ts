// Which of several sightings of a manuscript's jobs is the one to show.
import type { FollowedJob, Job } from "@novelfoundry/client";

/**
 * The latest job of a manuscript: from the feed, or as a query read it, whichever knows more.
 * A job that only the query knows and that looks active is the feed's to confirm: until then it is void past its deadline.
 */
export function newestJob(
  manuscriptId: string,
  followed: readonly FollowedJob[],
  read: Job | null,
): FollowedJob | null {
  const live = followed.find(({ manuscript }) => manuscript.id === manuscriptId) ?? null;
  if (read === null || read.manuscript.id !== manuscriptId) return live;
  if (live === null) return { ...read, isVoid: isOverdue(read) };
  return isNews(live, read) ? { ...read, isVoid: isOverdue(read) } : live;
}

/** Whether the second job tells more about its manuscript than the first. */
export function isNews(held: Job | null, job: Job): boolean {
  if (held === null) return true;
  return held.id === job.id ? job.version > held.version : isLater(job, held);
}

function isLater(job: Job, other: Job): boolean {
  return Date.parse(job.queuedAt) > Date.parse(other.queuedAt);
}

function isOverdue(job: Job): boolean {
  if (job.isTerminal) return false;
  return job.deadlineAt === null || Date.parse(job.deadlineAt) <= Date.parse(job.asOf);
}
