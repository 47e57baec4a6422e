// Follows all jobs of one author: over a socket, over HTTP where sockets are blocked, and honest when neither works.
import { type FollowedJob, type Job, JobBoard } from "./board.ts";
import { JobPollDocument, type JobPollQuery, type SystemFieldsFragment } from "./generated/operations.ts";
import { type GetToken, HttpClient, RequestFailed } from "./http.ts";
import { type Frame, Line } from "./line.ts";
import { pauseBefore } from "./refusals.ts";

/**
 * stopped: not started, or stopped · connecting: nothing heard yet · live: frames flow ·
 * silent: the line is lost, what is shown may be old · polling: read over HTTP every few seconds, because sockets are
 * blocked or every frame fails ·
 * signedOut: the token and its successor were refused; sign in and start again.
 */
export type Connection = "stopped" | "connecting" | "live" | "silent" | "polling" | "signedOut";

/** What the feed knows. The same object until something changes. */
export interface JobFeedSnapshot {
  readonly connection: Connection;
  /** The latest queued first. */
  readonly jobs: readonly FollowedJob[];
  /** How the deployment was when it was last heard of; null before that. */
  readonly system: SystemFieldsFragment | null;
  /** Whether a job holds the manuscript now. Ends at the job's deadline without a word from the server. */
  isLocked(manuscriptId: string): boolean;
}

/** Durations in milliseconds. */
export interface Pace {
  /** Silence after which the line counts as broken: twice the server's 15 s and a little. */
  readonly silence: number;
  /** Between two polls over HTTP. */
  readonly poll: number;
  /** Attempts in a row without a frame after which polling begins. */
  readonly attemptsBeforePolling: number;
  /** Until a first frame; then it polls beside the socket, which something on the road may have swallowed. */
  readonly firstFrame: number;
}

export interface JobFeedOptions {
  /** Where the service lives, e.g. `https://novelfoundry.example`. */
  readonly origin: string;
  readonly getToken: GetToken;
  readonly pace?: Partial<Pace>;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

const PACE: Pace = { silence: 32_000, poll: 10_000, attemptsBeforePolling: 3, firstFrame: 2_000 };
const LONGEST_TIMER = 2 ** 31 - 1;
// Of a hundred manuscripts each: as many as an author may have.
const MOST_PAGES = 20;

export class JobFeed {
  readonly #options: JobFeedOptions;
  readonly #pace: Pace;
  readonly #http: HttpClient;
  readonly #line: Line;
  readonly #board = new JobBoard();
  readonly #listeners = new Set<() => void>();
  #system: SystemFieldsFragment | null = null;
  #connection: Connection = "stopped";
  #snapshot: JobFeedSnapshot;
  #unlockTimer: ReturnType<typeof setTimeout> | undefined;
  #run: AbortController | null = null;
  #polling: AbortController | null = null;
  #isReading = false;
  #attempt = new AbortController();
  #wake: () => void = () => {};

  constructor(options: JobFeedOptions) {
    this.#options = options;
    this.#pace = { ...PACE, ...options.pace };
    this.#http = new HttpClient(options);
    this.#line = new Line({ ...options, silence: this.#pace.silence });
    this.#snapshot = this.#look();
  }

  /** Calls the listener after each change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): JobFeedSnapshot => this.#snapshot;

  /** Begins to follow. Does nothing while it follows already. */
  start(): void {
    if (this.#run) return;
    this.#run = new AbortController();
    this.#become("connecting");
    void this.#follow(this.#run.signal);
  }

  /** Closes the line. What was known stays readable; no lock outlives its deadline. */
  stop(): void {
    this.#end("stopped");
  }

  /** Takes a job from elsewhere, e.g. from the answer to a mutation, if it is newer than what is held. */
  accept(job: Job): void {
    if (this.#board.take(job, performance.now())) this.#emit();
  }

  /** Cuts a pause short, and a line too, which may be dead: e.g. when the browser is online again. */
  readonly wake = (): void => {
    this.#attempt.abort();
    this.#wake();
  };

  async #follow(signal: AbortSignal): Promise<void> {
    globalThis.addEventListener?.("online", this.wake, { signal });
    let failures = 0;
    let refresh = false;
    const swallowed = setTimeout(() => {
      if (this.#connection === "connecting") this.#startPolling();
    }, this.#pace.firstFrame);
    signal.addEventListener("abort", () => clearTimeout(swallowed), { once: true });
    while (!signal.aborted) {
      this.#attempt = new AbortController();
      const woken = this.#attempt.signal;
      const ending = await this.#line.hold({
        refresh,
        signal: AbortSignal.any([signal, woken]),
        take: this.#takeFrame,
        miss: () => void this.#readMissed(signal),
      });
      if (signal.aborted) return;
      if (woken.aborted) continue;
      if (ending.action === "refresh" && refresh && !ending.heard) return this.#end("signedOut");
      refresh = ending.action === "refresh";
      failures = ending.heard ? 0 : failures + 1;
      // While it polls, each poll says how far what is shown can be trusted.
      if (!this.#polling) this.#lose();
      if (ending.action === "poll" || failures >= this.#pace.attemptsBeforePolling) this.#startPolling();
      await this.#pause(pauseBefore(ending.action, failures, this.#options.random ?? Math.random), signal);
    }
  }

  readonly #takeFrame = (frame: Frame, isFirst: boolean): void => {
    const now = performance.now();
    if (isFirst) this.#board.takeSnapshot(frame.jobs, frame.asOf, now);
    else for (const job of frame.jobs) this.#board.take(job, now);
    this.#board.forget(frame.removed);
    this.#system = frame.system;
    this.#stopPolling();
    this.#become("live");
  };

  /** Reads what a frame that failed would have told. One reading at a time: the server says what it missed again. */
  async #readMissed(signal: AbortSignal): Promise<void> {
    if (this.#isReading || this.#polling) return;
    this.#isReading = true;
    try {
      const { jobs, system } = await this.#read(signal);
      if (signal.aborted) return;
      // Nothing is taken away: frames go on meanwhile, and may have told of what is younger than this reading.
      for (const job of jobs) this.#board.take(job, performance.now());
      this.#system = system;
      this.#become(this.#connection === "live" ? "live" : "polling");
    } catch {
      // The next frame that fails reads again, and the first that does not brings all of it.
    } finally {
      this.#isReading = false;
    }
  }

  #startPolling(): void {
    if (this.#polling) return;
    this.#polling = new AbortController();
    void this.#poll(this.#polling.signal);
  }

  #stopPolling(): void {
    this.#polling?.abort();
    this.#polling = null;
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#pollOnce(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RequestFailed && error.failure === "unauthenticated")
          return this.#end("signedOut");
        this.#lose();
      }
      await sleep(this.#pace.poll, signal);
    }
  }

  async #pollOnce(signal: AbortSignal): Promise<void> {
    const { jobs, system } = await this.#read(signal);
    if (signal.aborted) return;
    this.#board.takeSnapshot(jobs, system.asOf, performance.now());
    this.#system = system;
    this.#become("polling");
  }

  /** Every manuscript's latest job, over HTTP. */
  async #read(signal: AbortSignal): Promise<{ jobs: Job[]; system: SystemFieldsFragment }> {
    const first = await this.#http.execute(JobPollDocument, {}, signal);
    let { manuscripts } = first;
    const jobs = latestJobs(manuscripts);
    for (let page = 1; manuscripts.pageInfo.hasNextPage && page < MOST_PAGES; page += 1) {
      const after = manuscripts.pageInfo.endCursor;
      ({ manuscripts } = await this.#http.execute(JobPollDocument, { after }, signal));
      jobs.push(...latestJobs(manuscripts));
    }
    return { jobs, system: first.system };
  }

  /** Waits, unless somebody wakes the feed. */
  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(milliseconds, AbortSignal.any([signal, woken.signal]));
    this.#wake = () => {};
  }

  #lose(): void {
    if (this.#connection !== "connecting") this.#become(this.#system === null ? "connecting" : "silent");
  }

  #end(connection: Connection): void {
    this.#stopPolling();
    this.#run?.abort();
    this.#run = null;
    this.#become(connection);
  }

  #become(connection: Connection): void {
    this.#connection = connection;
    this.#emit();
  }

  #emit(): void {
    this.#snapshot = this.#look();
    this.#armUnlock();
    for (const listener of [...this.#listeners]) call(listener);
  }

  #look(): JobFeedSnapshot {
    const now = performance.now();
    const locked = this.#board.lockedManuscripts(now);
    return {
      connection: this.#connection,
      jobs: this.#board.jobs(now),
      system: this.#system,
      isLocked: (manuscriptId) => locked.has(manuscriptId),
    };
  }

  /** The promise to the author with a dead connection: the lock ends here, by the client's own timer. */
  #armUnlock(): void {
    clearTimeout(this.#unlockTimer);
    const left = this.#board.untilUnlock(performance.now());
    if (left === null) return;
    this.#unlockTimer = setTimeout(() => this.#emit(), Math.min(Math.ceil(left), LONGEST_TIMER));
  }
}

/** A listener that throws is reported as any uncaught error; the feed and the other listeners go on. */
function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function latestJobs(manuscripts: JobPollQuery["manuscripts"]): Job[] {
  return manuscripts.edges.flatMap(({ node }) => (node.latestJob ? [node.latestJob] : []));
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
