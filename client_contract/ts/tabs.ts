// The tabs of one browser: one leads, the others are told, and when it goes the next one in line leads.

type Message<T> = { readonly type: "hello" | "wake" } | { readonly type: "told"; readonly told: T };

export interface TabsOptions<T> {
  /** Of what is shared: tabs with the same name, on the same origin, belong together. */
  readonly name: string;
  /** Milliseconds without a word from a leader after which another tab takes its place: the first time, and later. */
  readonly patience: { readonly first: number; readonly later: number };
  /** Leads until it is over or the signal aborts. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** What a tab that has just come must be told. */
  readonly present: () => T;
  readonly hear: (told: T) => void;
  /** Somebody in another tab wants the line to be made anew. */
  readonly wake: () => void;
}

/** Whether this runtime can tell its tabs apart and let them talk. Pages without TLS, and old runtimes, cannot. */
export function canShare(): boolean {
  return typeof BroadcastChannel !== "undefined" && typeof navigator !== "undefined" && "locks" in navigator;
}

export class Tabs<T> {
  readonly #options: TabsOptions<T>;
  #channel: BroadcastChannel | null = null;
  #isLeading = false;
  #queue = new AbortController();
  #doubt: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TabsOptions<T>) {
    this.#options = options;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Tells the other tabs. Does nothing in a tab that does not lead. */
  tell(told: T): void {
    if (this.#isLeading) this.#post({ type: "told", told });
  }

  /** Asks the leader, in another tab, to make its line anew. */
  wakeLeader(): void {
    this.#post({ type: "wake" });
  }

  /** Stands in line, listens, and leads when it is its turn, until its leading is over or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const channel = new BroadcastChannel(this.#options.name);
    this.#channel = channel;
    channel.onmessage = ({ data }) => this.#take(data);
    signal.addEventListener("abort", () => this.#queue.abort(), { once: true });
    this.#post({ type: "hello" });
    this.#doubtAfter(this.#options.patience.first);
    let isStealing = false;
    while (!signal.aborted) {
      this.#queue = new AbortController();
      const ended = await this.#stand(signal, isStealing);
      if (ended === "over") break;
      isStealing = ended === "impatient";
    }
    clearTimeout(this.#doubt);
    this.#channel = null;
    channel.close();
  }

  /** over: it led, and that is over · impatient: nobody leads, though one holds the place · replaced: another took it. */
  async #stand(signal: AbortSignal, isStealing: boolean): Promise<"over" | "impatient" | "replaced"> {
    const reign = new AbortController();
    const options = isStealing ? { steal: true } : { signal: this.#queue.signal };
    try {
      await navigator.locks.request(this.#options.name, options, () =>
        this.#reign(AbortSignal.any([signal, reign.signal])),
      );
      return "over";
    } catch {
      if (this.#isLeading) {
        // A leader that said nothing for too long was given up by another tab.
        this.#isLeading = false;
        reign.abort();
        this.#doubtAfter(this.#options.patience.later);
        return "replaced";
      }
      return signal.aborted ? "over" : "impatient";
    }
  }

  async #reign(signal: AbortSignal): Promise<void> {
    clearTimeout(this.#doubt);
    this.#isLeading = true;
    await this.#options.lead(signal);
    if (!signal.aborted) this.#isLeading = false;
  }

  #take(message: Message<T>): void {
    if (this.#isLeading) {
      if (message.type === "hello") this.tell(this.#options.present());
      if (message.type === "wake") this.#options.wake();
    } else if (message.type === "told") {
      this.#doubtAfter(this.#options.patience.later);
      this.#options.hear(message.told);
    }
  }

  #doubtAfter(milliseconds: number): void {
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => this.#queue.abort(), milliseconds);
  }

  #post(message: Message<T>): void {
    this.#channel?.postMessage(message);
  }
}
