// The author's manuscripts as far as they were read: newest first, more on demand.
import {
  type HttpClient,
  type Job,
  type JobFeed,
  type ManuscriptFieldsFragment,
  ManuscriptsDocument,
} from "@novelfoundry/client";
import { useCallback, useState } from "react";
import { isNews } from "../jobs/newest.ts";
import { messageOf } from "../service.ts";

const PAGE = 20;

interface Shelf {
  readonly manuscripts: readonly ManuscriptFieldsFragment[];
  readonly total: number;
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

export interface Library {
  /** Null until `reload` has brought the first page. */
  readonly shelf: Shelf | null;
  readonly error: string | null;
  /** Reads the first page again and keeps what was loaded beyond it. */
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  remove(id: string): void;
}

export function useLibrary(http: HttpClient, feed: JobFeed): Library {
  const [shelf, setShelf] = useState<Shelf | null>(null);
  const [error, setError] = useState<string | null>(null);

  const read = useCallback(
    async (after: string | null, merge: (page: Shelf, held: Shelf | null) => Shelf) => {
      try {
        const page = await readPage(http, after);
        for (const { latestJob } of page.manuscripts)
          if (latestJob && !latestJob.isTerminal) feed.accept(latestJob);
        setShelf((held) => merge(page, held));
        setError(null);
      } catch (failure) {
        setError(messageOf(failure));
      }
    },
    [http, feed],
  );

  const reload = useCallback(() => read(null, refreshed), [read]);
  const next = shelf?.next ?? null;
  const loadMore = useCallback(
    () => (next === null ? Promise.resolve() : read(next, extended)),
    [read, next],
  );
  const remove = useCallback((id: string) => setShelf((held) => held && without(held, id)), []);

  return { shelf, error, reload, loadMore, remove };
}

async function readPage(http: HttpClient, after: string | null): Promise<Shelf> {
  const { manuscripts } = await http.execute(ManuscriptsDocument, { first: PAGE, after });
  const { edges, totalCount, pageInfo } = manuscripts;
  return {
    manuscripts: edges.map(({ node }) => node),
    total: totalCount,
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

/** The ids of the jobs that tell of something which the shelf does not show: a manuscript, or the end of a reading. */
export function newsFor({ manuscripts }: Shelf, jobs: readonly Job[]): string {
  const shown = new Map(manuscripts.map(({ id, latestJob }) => [id, latestJob]));
  const news = jobs.filter((job) => {
    const held = shown.get(job.manuscript.id);
    return held === undefined || (job.isTerminal && isNews(held, job));
  });
  return news.map(({ id }) => id).join(" ");
}

/** The first page, read again, over what is held. */
export function refreshed(page: Shelf, held: Shelf | null): Shelf {
  const last = page.manuscripts.at(-1);
  const seam = held?.manuscripts.findIndex(({ id }) => id === last?.id) ?? -1;
  // Without a seam there may be manuscripts between the two that nobody read.
  if (held === null || page.next === null || seam === -1) return page;
  const beyond = held.manuscripts.slice(seam + 1);
  return beyond.length === 0
    ? page
    : { ...page, manuscripts: [...page.manuscripts, ...beyond], next: held.next };
}

function extended(page: Shelf, held: Shelf | null): Shelf {
  const known = new Set(held?.manuscripts.map(({ id }) => id));
  const fresh = page.manuscripts.filter(({ id }) => !known.has(id));
  return { ...page, manuscripts: [...(held?.manuscripts ?? []), ...fresh] };
}

function without(shelf: Shelf, id: string): Shelf {
  const manuscripts = shelf.manuscripts.filter((manuscript) => manuscript.id !== id);
  return { ...shelf, manuscripts, total: shelf.total - (shelf.manuscripts.length - manuscripts.length) };
}
