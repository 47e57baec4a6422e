// Follows all jobs of one author: over a socket or a stream, over HTTP where both are blocked, and honest when nothing works.
import { addressOf } from "./address.ts";
import { type FollowedJob, type Job, JobBoard, type Sighting } from "./board.ts";
import { Comeback, roadsOf } from "./comeback.ts";
import type { LineEvent } from "./events.ts";
import {
  JobUpdatesDocument,
  type JobUpdatesSubscription,
  type SystemFieldsFragment,
} from "./generated/operations.ts";
import { type GetToken, HttpClient, RequestFailed } from "./http.ts";
import { readJobs } from "./read_jobs.ts";
import { sleep } from "./sleep.ts";
import { canShare, Tabs } from "./tabs.ts";

/**
 * stopped: not started, or stopped · connecting: nothing heard yet · live: frames flow ·
 * silent: the line is lost, what is shown may be old · polling: read over HTTP every few seconds, because neither
 * a socket nor a stream gets through, or every frame fails ·
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

/** A manuscript that was added or changed, as it is now; null when it was deleted. */
export type ManuscriptChange = Frame["manuscripts"][number];
export type ManuscriptListener = (changes: readonly ManuscriptChange[] | null) => void;

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
  /**
   * The author's id, or another name that is hers alone: the tabs of a browser whose feeds share a name share one
   * connection. Without it, or where the browser cannot, each has its own.
   */
  readonly share?: string;
  /** Told what the line does. */
  readonly onEvent?: (event: LineEvent) => void;
}

/** What the tab that holds the line tells the others. */
interface Told {
  readonly connection: Connection;
  readonly sightings: readonly Sighting[];
  /** Set where these are all jobs there are: what was read before it, and is not named, is gone. */
  readonly presentAsOf: string | null;
  readonly removed: readonly string[];
  /** Null where any change may have been missed. */
  readonly manuscripts: readonly ManuscriptChange[] | null;
  readonly system: SystemFieldsFragment | null;
}

/** One frame of `jobUpdates`. */
export type Frame = JobUpdatesSubscription["jobUpdates"];

const PACE: Pace = { silence: 32_000, poll: 10_000, attemptsBeforePolling: 3, firstFrame: 2_000 };
const LONGEST_TIMER = 2 ** 31 - 1;

export class JobFeed {
  readonly #options: JobFeedOptions;
  readonly #pace: Pace;
  readonly #http: HttpClient;
  readonly #comeback: Comeback;
  #tabs: Tabs<Told> | null = null;
  readonly #board = new JobBoard();
  readonly #listeners = new Set<() => void>();
  readonly #manuscriptListeners = new Set<ManuscriptListener>();
  #system: SystemFieldsFragment | null = null;
  #connection: Connection = "stopped";
  #snapshot: JobFeedSnapshot;
  #unlockTimer: ReturnType<typeof setTimeout> | undefined;
  #run: AbortController | null = null;
  #polling: AbortController | null = null;
  #isReading = false;

  constructor(options: JobFeedOptions) {
    this.#options = options;
    this.#pace = { ...PACE, ...options.pace };
    this.#http = new HttpClient(options);
    this.#comeback = new Comeback(roadsOf(options), options);
    this.#snapshot = this.#look();
  }

  /** Calls the listener after each change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): JobFeedSnapshot => this.#snapshot;

  /**
   * Calls the listener with the manuscripts that were added, changed or deleted; with null when a line has begun, before
   * which any change may have been missed: read the list anew. Returns how to stop that.
   */
  readonly subscribeManuscripts = (listener: ManuscriptListener): (() => void) => {
    this.#manuscriptListeners.add(listener);
    return () => this.#manuscriptListeners.delete(listener);
  };

  /** Begins to follow. Does nothing while it follows already. */
  start(): void {
    if (this.#run) return;
    this.#run = new AbortController();
    this.#become("connecting");
    const { share } = this.#options;
    this.#tabs = share !== undefined && canShare() ? this.#shareAs(share) : null;
    void (this.#tabs?.run(this.#run.signal) ?? this.#follow(this.#run.signal));
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
    if (this.#tabs && !this.#tabs.isLeading) this.#tabs.wakeLeader();
    else this.#comeback.wake();
  };

  async #follow(signal: AbortSignal): Promise<void> {
    const asked = { document: JobUpdatesDocument, variables: {} };
    const ending = await this.#comeback.keep(asked, {
      signal,
      silence: this.#pace.silence,
      firstFrame: this.#pace.firstFrame,
      take: ({ jobUpdates }, isFirst) => this.#takeFrame(jobUpdates, isFirst),
      miss: () => void this.#readMissed(signal),
      unheard: () => this.#startPolling(),
      whenEnded: ({ action }, failures) => {
        // While it polls, each poll says how far what is shown can be trusted.
        if (!this.#polling) this.#lose();
        if (action === "poll" || failures >= this.#pace.attemptsBeforePolling) this.#startPolling();
        return "comeBack";
      },
    });
    if (ending === "signedOut") this.#end("signedOut");
  }

  #takeFrame({ asOf, jobs, removed, manuscripts, system }: Frame, isFirst: boolean): void {
    this.#stopPolling();
    this.#take({
      connection: "live",
      sightings: jobs.map((job) => ({ job, age: 0 })),
      presentAsOf: isFirst ? asOf : null,
      removed,
      manuscripts: isFirst ? null : manuscripts,
      system,
    });
  }

  /** Takes it, and tells the other tabs. */
  #take(told: Told): void {
    this.#hear(told);
    this.#tabs?.tell(told);
  }

  #hear({ connection, sightings, presentAsOf, removed, manuscripts, system }: Told): void {
    const now = performance.now();
    if (presentAsOf !== null) this.#board.keepOnly(new Set(sightings.map(({ job }) => job.id)), presentAsOf);
    for (const { job, age } of sightings) this.#board.take(job, now - age);
    this.#board.forget(removed);
    this.#system = system ?? this.#system;
    this.#become(connection);
    if (manuscripts === null || manuscripts.length > 0) this.#tellOfManuscripts(manuscripts);
  }

  #shareAs(name: string): Tabs<Told> {
    const { silence, firstFrame } = this.#pace;
    return new Tabs<Told>({
      name: `novelfoundry/1/${addressOf(this.#options.origin, ".").href}/${name}`,
      patience: { first: firstFrame, later: silence },
      lead: async (signal) => {
        this.#options.onEvent?.({ type: "leading" });
        await this.#follow(signal);
        this.#stopPolling();
        this.#options.onEvent?.({ type: "following" });
      },
      present: () => ({
        connection: this.#connection,
        sightings: this.#board.sightings(performance.now()),
        presentAsOf: this.#system?.asOf ?? null,
        removed: [],
        manuscripts: [],
        system: this.#system,
      }),
      hear: (told) => this.#hear(told),
      wake: this.#comeback.wake,
    });
  }

  #tellOfManuscripts(changes: readonly ManuscriptChange[] | null): void {
    for (const listener of [...this.#manuscriptListeners]) call(() => listener(changes));
  }

  /** Reads what a frame that failed would have told. One reading at a time: the server says what it missed again. */
  async #readMissed(signal: AbortSignal): Promise<void> {
    if (this.#isReading || this.#polling) return;
    this.#isReading = true;
    try {
      const { jobs, system } = await readJobs(this.#http, signal);
      if (signal.aborted) return;
      const connection = this.#connection === "live" ? "live" : "polling";
      const sightings = jobs.map((job) => ({ job, age: 0 }));
      // Nothing is taken away: frames go on meanwhile, and may have told of what is younger than this reading.
      this.#take({ connection, sightings, presentAsOf: null, removed: [], manuscripts: [], system });
    } catch {
      // The next frame that fails reads again, and the first that does not brings all of it.
    } finally {
      this.#isReading = false;
    }
  }

  #startPolling(): void {
    if (this.#polling) return;
    this.#polling = new AbortController();
    this.#options.onEvent?.({ type: "polling" });
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
    const { jobs, system } = await readJobs(this.#http, signal);
    if (signal.aborted) return;
    const sightings = jobs.map((job) => ({ job, age: 0 }));
    this.#take({
      connection: "polling",
      sightings,
      presentAsOf: system.asOf,
      removed: [],
      manuscripts: [],
      system,
    });
  }

  #lose(): void {
    if (this.#connection === "connecting") return;
    const connection = this.#system === null ? "connecting" : "silent";
    this.#take({ connection, sightings: [], presentAsOf: null, removed: [], manuscripts: [], system: null });
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
