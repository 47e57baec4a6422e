// One manuscript with its report and the jobs it had, read again until it agrees with the feed.
import {
  type FollowedJob,
  type HttpClient,
  type JobFeed,
  type ManuscriptChange,
  ManuscriptDocument,
  type ManuscriptQuery,
} from "@novelfoundry/client";
import { useEffect, useMemo } from "react";
import { messageOf } from "../error.ts";
import { isNews, newestJob } from "../jobs/newest.ts";
import { Observed, useObserved } from "../observed.ts";
import { Seeker } from "../seek.ts";

export type ManuscriptDetail = NonNullable<ManuscriptQuery["manuscript"]>;
export type PastJob = ManuscriptDetail["jobs"][number];
export type Report = NonNullable<ManuscriptDetail["latestReport"]>;

export type Loaded =
  | { readonly state: "loading" }
  /** The title of what was shown until it was deleted; null for what was never there. */
  | { readonly state: "missing"; readonly title: string | null }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "ready"; readonly manuscript: ManuscriptDetail };

export interface ManuscriptView {
  readonly loaded: Loaded;
  readonly reload: () => void;
}

/** The manuscript; the old one is shown until the new one is there. */
export function useManuscript(http: HttpClient, feed: JobFeed, id: string): ManuscriptView {
  const reader = useMemo(() => new ManuscriptReader(http, feed, id), [http, feed, id]);
  useEffect(() => {
    reader.start();
    return () => reader.stop();
  }, [reader]);
  const loaded = useObserved(reader);
  return { loaded, reload: reader.reload };
}

class ManuscriptReader extends Observed<Loaded> {
  readonly #http: HttpClient;
  readonly #feed: JobFeed;
  readonly #id: string;
  readonly #seeker: Seeker;
  #isAsked = false;
  #leave = () => {};

  constructor(http: HttpClient, feed: JobFeed, id: string) {
    super({ state: "loading" });
    this.#http = http;
    this.#feed = feed;
    this.#id = id;
    this.#seeker = new Seeker(feed, { missing: this.#missing, ask: this.#ask });
  }

  start(): void {
    this.#leave = this.#feed.subscribeManuscripts(this.#note);
    this.#seeker.start();
  }

  stop(): void {
    this.#leave();
    this.#seeker.stop();
  }

  readonly #note = (changes: readonly ManuscriptChange[] | null): void => {
    const mine = changes?.find(({ id }) => id === this.#id);
    if (mine?.manuscript === null) this.#miss();
    else if (mine) this.reload();
  };

  /** It is gone: whatever is on its way of it is old. */
  #miss(): void {
    const loaded = this.getSnapshot();
    this.#isAsked = false;
    this.show({ state: "missing", title: loaded.state === "ready" ? loaded.manuscript.title : null });
  }

  readonly reload = (): void => {
    this.#isAsked = true;
    this.#seeker.wake();
  };

  readonly #missing = (): string => {
    const loaded = this.getSnapshot();
    if (this.#isAsked || loaded.state === "loading" || loaded.state === "failed") return "the manuscript";
    if (loaded.state === "missing") return "";
    const job = newestJob(this.#id, this.#feed.getSnapshot().jobs, null);
    return job !== null && hasEndedSince(loaded.manuscript, job) ? `${job.id} ${job.version}` : "";
  };

  readonly #ask = async (signal: AbortSignal): Promise<void> => {
    this.#isAsked = false;
    const loaded = await readManuscript(this.#http, this.#id, signal);
    if (signal.aborted) return;
    if (loaded.state === "failed") return this.#fail(loaded);
    if (loaded.state === "missing") return this.#miss();
    this.show(loaded);
    if (loaded.state === "ready") acceptActive(this.#feed, loaded.manuscript);
  };

  #fail(failed: Loaded): void {
    this.#isAsked = true;
    if (this.getSnapshot().state !== "ready") this.show(failed);
  }
}

function hasEndedSince({ latestJob }: ManuscriptDetail, job: FollowedJob): boolean {
  return job.isTerminal && isNews(latestJob, job);
}

async function readManuscript(http: HttpClient, id: string, signal: AbortSignal): Promise<Loaded> {
  try {
    const { manuscript } = await http.execute(ManuscriptDocument, { id }, signal);
    return manuscript === null ? { state: "missing", title: null } : { state: "ready", manuscript };
  } catch (error) {
    return { state: "failed", message: messageOf(error) };
  }
}

function acceptActive(feed: JobFeed, { latestJob }: ManuscriptDetail): void {
  if (latestJob && !latestJob.isTerminal) feed.accept(latestJob);
}
