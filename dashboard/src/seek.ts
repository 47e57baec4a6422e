// Asks for what is missing until it is there: one answer that failed to come must not decide what the page shows for good.
import { pauseBefore } from "@novelfoundry/client";

export interface Sought {
  /** Names what is missing now; empty when nothing is. The same name after an answer: it did not bring it. */
  readonly missing: () => string;
  /** Asks for it once. Never rejects. */
  readonly ask: (signal: AbortSignal) => Promise<void>;
}

/** What is heard of the line to the server: a `JobFeed`, or as much of one. */
export interface Line {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => { readonly connection: string };
}

/** Asks at once, then with growing pauses, and at once again on a sign of life of the line. */
export class Seeker {
  readonly #line: Line;
  readonly #sought: Sought;
  #run: AbortController | null = null;
  #isSeeking = false;
  #failures = 0;
  #connection = "";
  #cutPause = () => {};

  constructor(line: Line, sought: Sought) {
    this.#line = line;
    this.#sought = sought;
  }

  start(): void {
    if (this.#run) return;
    this.#run = new AbortController();
    const { signal } = this.#run;
    signal.addEventListener("abort", this.#line.subscribe(this.#hear), { once: true });
    addEventListener("online", this.wake, { signal });
    this.look();
  }

  stop(): void {
    this.#run?.abort();
    this.#run = null;
  }

  /** Something may be missing now. */
  look(): void {
    if (this.#run !== null && !this.#isSeeking) void this.#seek(this.#run.signal);
  }

  /** Waits no longer. */
  readonly wake = (): void => {
    this.#failures = 0;
    this.#cutPause();
    this.look();
  };

  readonly #hear = (): void => {
    const { connection } = this.#line.getSnapshot();
    const isBack = connection !== this.#connection && (connection === "live" || connection === "polling");
    this.#connection = connection;
    if (isBack) this.wake();
    else this.look();
  };

  async #seek(signal: AbortSignal): Promise<void> {
    this.#isSeeking = true;
    this.#failures = 0;
    let before = "";
    for (let name = this.#sought.missing(); name !== "" && !signal.aborted; name = this.#sought.missing()) {
      if (name === before) await this.#pause(signal);
      before = name;
      if (!signal.aborted) await this.#sought.ask(signal);
    }
    this.#isSeeking = false;
    // Whoever stopped and started it meanwhile found it busy.
    if (signal.aborted) this.look();
  }

  #pause(signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    const milliseconds = pauseBefore("reconnect", this.#failures, Math.random);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", this.#cutPause, { once: true });
    });
  }
}
