// What is known of the author's shelf, and what the job feed tells that it does not show.
import type { Job, ManuscriptFieldsFragment } from "@novelfoundry/client";
import { isNews } from "../jobs/newest.ts";

export type ShelfManuscript = ManuscriptFieldsFragment;

export interface ShelfState {
  readonly manuscripts: readonly ShelfManuscript[];
  readonly total: number;
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** The ids of the manuscripts on the shelf of which a job has ended that the shelf does not know, each with that job. */
export function outdated({ manuscripts }: ShelfState, jobs: readonly Job[]): ReadonlyMap<string, Job> {
  const shown = new Map(manuscripts.map(({ id, latestJob }) => [id, latestJob]));
  const news = jobs.filter((job) => {
    const held = shown.get(job.manuscript.id);
    return held !== undefined && job.isTerminal && isNews(held, job);
  });
  return new Map(news.map((job) => [job.manuscript.id, job]));
}

/** The jobs of manuscripts that are not on the shelf and that nobody knew of when it was read. */
export function unheardOf(
  { manuscripts }: ShelfState,
  jobs: readonly Job[],
  told: ReadonlySet<string>,
): readonly Job[] {
  const shown = new Set(manuscripts.map(({ id }) => id));
  return jobs.filter(({ id, manuscript }) => !shown.has(manuscript.id) && !told.has(id));
}

/** The first page, read again, over what is held. */
export function refreshed(page: ShelfState, held: ShelfState | null): ShelfState {
  const last = page.manuscripts.at(-1);
  const seam = held?.manuscripts.findIndex(({ id }) => id === last?.id) ?? -1;
  // Without a seam there may be manuscripts between the two that nobody read.
  if (held === null || page.next === null || seam === -1) return page;
  const beyond = held.manuscripts.slice(seam + 1);
  return beyond.length === 0
    ? page
    : { ...page, manuscripts: [...page.manuscripts, ...beyond], next: held.next };
}

export function extended(page: ShelfState, held: ShelfState | null): ShelfState {
  const known = new Set(held?.manuscripts.map(({ id }) => id));
  const fresh = page.manuscripts.filter(({ id }) => !known.has(id));
  return { ...page, manuscripts: [...(held?.manuscripts ?? []), ...fresh] };
}

/** One manuscript as it was read again. */
export function replaced(shelf: ShelfState, manuscript: ShelfManuscript): ShelfState {
  const { id } = manuscript;
  return { ...shelf, manuscripts: shelf.manuscripts.map((held) => (held.id === id ? manuscript : held)) };
}

export function without(shelf: ShelfState, id: string): ShelfState {
  const manuscripts = shelf.manuscripts.filter((manuscript) => manuscript.id !== id);
  return { ...shelf, manuscripts, total: shelf.total - (shelf.manuscripts.length - manuscripts.length) };
}
