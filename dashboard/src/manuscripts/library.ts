// The author's manuscripts as far as they were read: newest first, more on demand, and read again until they agree with the feed.
import {
  type HttpClient,
  type Job,
  type JobFeed,
  type ManuscriptChange,
  ManuscriptLineDocument,
  ManuscriptsDocument,
} from "@novelfoundry/client";
import { messageOf } from "../error.ts";
import { Observed } from "../observed.ts";
import { Seeker } from "../seek.ts";
import {
  extended,
  outdated,
  refreshed,
  replaced,
  type ShelfManuscript,
  type ShelfState,
  unheardOf,
  without,
} from "./shelf_state.ts";

const PAGE = 20;
/** As many as one answer holds at most. */
const LARGE_PAGE = 100;

export interface LibrarySnapshot {
  /** Null until the first page is there. */
  readonly shelf: ShelfState | null;
  /** Why the last load failed. */
  readonly error: string | null;
  /** The title of what was deleted last, here or in another window. */
  readonly deleted: string | null;
}

export class Library extends Observed<LibrarySnapshot> {
  readonly #http: HttpClient;
  readonly #feed: JobFeed;
  readonly #seeker: Seeker;
  /** Whether the first page must be read again. */
  #isAsked = false;
  #isAllWanted = false;
  /** Manuscripts of which a job has gone from the feed: they may be gone too. */
  readonly #doubtful = new Set<string>();
  #followed: ReadonlySet<string> = new Set();
  /** The jobs that the feed knew when the first page was asked for. */
  #told: ReadonlySet<string> = new Set();
  #leave = () => {};
  #leaveManuscripts = () => {};

  constructor(http: HttpClient, feed: JobFeed) {
    super({ shelf: null, error: null, deleted: null });
    this.#http = http;
    this.#feed = feed;
    this.#seeker = new Seeker(feed, { missing: this.#missing, ask: this.#ask });
  }

  start(): void {
    // Before the seeker, which looks at what this notes.
    this.#leave = this.#feed.subscribe(this.#note);
    this.#leaveManuscripts = this.#feed.subscribeManuscripts(this.#noteManuscripts);
    this.#seeker.start();
  }

  stop(): void {
    this.#leave();
    this.#leaveManuscripts();
    this.#seeker.stop();
  }

  /** Reads the first page again and keeps what was loaded beyond it. */
  readonly reload = (): void => {
    this.#isAsked = true;
    this.#seeker.wake();
  };

  readonly loadMore = async (): Promise<void> => {
    const after = this.getSnapshot().shelf?.next ?? null;
    if (after === null) return;
    await this.#attempt(() => this.#readMore(after, PAGE));
  };

  /** Reads all that is not read yet, for who looks through the whole shelf. */
  readonly loadAll = (): void => {
    this.#isAllWanted = true;
    this.#seeker.look();
  };

  readonly remove = (id: string): void => {
    const { shelf } = this.getSnapshot();
    this.#doubtful.delete(id);
    const held = shelf?.manuscripts.find((manuscript) => manuscript.id === id);
    if (shelf && held) this.change({ shelf: without(shelf, id), deleted: held.title });
  };

  /** What was done to manuscripts, in this window or another; null: any of it may have been missed. */
  readonly #noteManuscripts = (changes: readonly ManuscriptChange[] | null): void => {
    if (changes === null) this.reload();
    for (const { id, manuscript } of changes ?? []) {
      if (manuscript === null) this.remove(id);
      else if (this.#holds(id)) this.#doubtful.add(id);
      else this.#isAsked = true;
    }
    this.#seeker.look();
  };

  #holds(id: string): boolean {
    return this.getSnapshot().shelf?.manuscripts.some((manuscript) => manuscript.id === id) ?? false;
  }

  readonly #note = (): void => {
    const now = new Set(this.#feed.getSnapshot().jobs.map(({ manuscript }) => manuscript.id));
    for (const id of this.#followed) if (!now.has(id)) this.#doubtful.add(id);
    this.#followed = now;
  };

  readonly #missing = (): string => {
    const { shelf } = this.getSnapshot();
    if (shelf === null || this.#isAsked) return "the first page";
    const { jobs } = this.#feed.getSnapshot();
    const unheard = unheardOf(shelf, jobs, this.#told).map(({ id }) => id);
    const old = [...outdated(shelf, jobs).values()].map(({ id, version }) => `${id} ${version}`);
    const rest = this.#isAllWanted && shelf.next !== null ? [`what comes after ${shelf.next}`] : [];
    return [...unheard, ...old, ...this.#doubtful, ...rest].join(" · ");
  };

  readonly #ask = (signal: AbortSignal): Promise<void> =>
    this.#attempt(async () => {
      const { shelf } = this.getSnapshot();
      const { jobs } = this.#feed.getSnapshot();
      if (shelf === null || this.#isAsked || unheardOf(shelf, jobs, this.#told).length > 0)
        return this.#readFirst(jobs, signal);
      for (const id of new Set([...outdated(shelf, jobs).keys(), ...this.#doubtful])) {
        await this.#readOne(id, signal);
      }
      if (this.#isAllWanted && shelf.next !== null) await this.#readMore(shelf.next, LARGE_PAGE, signal);
    }, signal);

  async #readFirst(jobs: readonly Job[], signal: AbortSignal): Promise<void> {
    const told = new Set(jobs.map(({ id }) => id));
    this.#isAsked = false;
    try {
      const page = await this.#readPage(null, PAGE, signal);
      this.#told = told;
      this.#hold(refreshed(page, this.getSnapshot().shelf));
    } catch (error) {
      this.#isAsked = true;
      throw error;
    }
  }

  async #readOne(id: string, signal: AbortSignal): Promise<void> {
    const { manuscript } = await this.#http.execute(ManuscriptLineDocument, { id }, signal);
    const { shelf } = this.getSnapshot();
    if (manuscript === null) return this.remove(id);
    this.#doubtful.delete(id);
    if (shelf !== null) this.#hold(replaced(shelf, manuscript));
  }

  async #readMore(after: string, first: number, signal?: AbortSignal): Promise<void> {
    const page = await this.#readPage(after, first, signal);
    this.#hold(extended(page, this.getSnapshot().shelf));
  }

  async #readPage(after: string | null, first: number, signal?: AbortSignal): Promise<ShelfState> {
    const { manuscripts } = await this.#http.execute(ManuscriptsDocument, { first, after }, signal);
    const { edges, totalCount, pageInfo } = manuscripts;
    return {
      manuscripts: edges.map(({ node }) => node),
      total: totalCount,
      next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
    };
  }

  /** What fails is told, and stays missing. */
  async #attempt(read: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    try {
      await read();
      if (this.getSnapshot().error !== null) this.change({ error: null });
    } catch (error) {
      if (!signal?.aborted) this.change({ error: messageOf(error) });
    }
  }

  #hold(shelf: ShelfState): void {
    this.change({ shelf });
    acceptActive(this.#feed, shelf.manuscripts);
  }
}

function acceptActive(feed: JobFeed, manuscripts: readonly ShelfManuscript[]): void {
  for (const { latestJob } of manuscripts) if (latestJob && !latestJob.isTerminal) feed.accept(latestJob);
}
