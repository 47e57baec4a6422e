// Holds a line again and again: comes back as the contract's table of close codes says, by sockets before streams.

import type { LineEvent } from "./events.ts";
import type { ServerError } from "./http.ts";
import type { Ending, Holding, Line, LineOptions, Subscription, Variables } from "./line.ts";
import { pauseBefore } from "./refusals.ts";
import { sleep } from "./sleep.ts";
import { SocketLine } from "./socket_line.ts";
import { StreamLine } from "./stream_line.ts";

export interface ComebackOptions {
  /** 0 to 1, for the jitter. */
  readonly random?: (() => number) | undefined;
  readonly onEvent?: ((event: LineEvent) => void) | undefined;
}

export interface Keeping<TData> extends Omit<Holding<TData>, "refresh"> {
  /** What to do after an ending; `failures` attempts in a row had no frame. */
  readonly whenEnded: (ending: Ending, failures: number) => "comeBack" | "stop";
  /** Milliseconds until a first frame; then `unheard` is called, while the attempt goes on. */
  readonly firstFrame: number;
  readonly unheard: () => void;
}

// Attempts in a row without a frame after which the other road is tried: one that is down is down for both.
const ATTEMPTS_ON_A_ROAD = { socket: 2, stream: 1 };

type Road = keyof typeof ATTEMPTS_ON_A_ROAD;

/** The kinds of connection that there are, the first choice first. */
export type Roads = { readonly [road in Road]: Line };

export function roadsOf(options: LineOptions): Roads {
  return { socket: new SocketLine(options), stream: new StreamLine(options) };
}

export class Comeback {
  readonly #roads: Roads;
  readonly #options: ComebackOptions;
  #road: Road = "socket";
  #attempt = new AbortController();
  #wake: () => void = () => {};

  constructor(roads: Roads, options: ComebackOptions) {
    this.#roads = roads;
    this.#options = options;
  }

  /** Cuts a pause short, and a connection too, which may be dead. */
  readonly wake = (): void => {
    // The network may be another one by now.
    this.#road = "socket";
    this.#attempt.abort();
    this.#wake();
  };

  /** Until an ending that is the last, which it gives. Null: stopped. signedOut: the token and its successor were refused. */
  async keep<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    keeping: Keeping<TData>,
  ): Promise<Ending | "signedOut" | null> {
    const { signal } = keeping;
    globalThis.addEventListener?.("online", this.wake, { signal });
    let failures = 0;
    let failuresHere = 0;
    let isBlocked = false;
    let refresh = false;
    while (!signal.aborted) {
      this.#attempt = new AbortController();
      const woken = this.#attempt.signal;
      const ending: Ending = await this.#hold(asked, keeping, refresh);
      if (signal.aborted) return null;
      if (woken.aborted) continue;
      if (ending.action === "refresh" && refresh && !ending.heard) return "signedOut";
      failures = ending.heard ? 0 : failures + 1;
      if (keeping.whenEnded(ending, failures) === "stop") return ending;
      refresh = ending.action === "refresh";
      failuresHere = ending.heard ? 0 : failuresHere + 1;
      let { action } = ending;
      const isUnknownHere = action === "poll";
      if (isUnknownHere || (action === "reconnect" && failuresHere >= ATTEMPTS_ON_A_ROAD[this.#road])) {
        failuresHere = 0;
        if (this.#road === "socket") {
          isBlocked = isUnknownHere;
          this.#road = "stream";
          continue;
        }
        this.#road = "socket";
        // Where neither is known the next try is a long way off; a socket that only failed is tried as before.
        if (isUnknownHere && !isBlocked) action = "reconnect";
      }
      await this.#pause(pauseBefore(action, failures, this.#options.random ?? Math.random), signal);
    }
    return null;
  }

  async #hold<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    keeping: Keeping<TData>,
    refresh: boolean,
  ): Promise<Ending> {
    const swallowed = setTimeout(keeping.unheard, keeping.firstFrame);
    const take = (data: TData, isFirst: boolean) => {
      clearTimeout(swallowed);
      keeping.take(data, isFirst);
    };
    const miss = (errors: readonly ServerError[]) => {
      this.#options.onEvent?.({ type: "frameFailed", errors });
      keeping.miss(errors);
    };
    const signal = AbortSignal.any([keeping.signal, this.#attempt.signal]);
    const ending = await this.#roads[this.#road].hold(asked, { ...keeping, take, miss, refresh, signal });
    clearTimeout(swallowed);
    return ending;
  }

  /** Waits, unless somebody wakes it. */
  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    this.#options.onEvent?.({ type: "waiting", milliseconds });
    await sleep(milliseconds, AbortSignal.any([signal, woken.signal]));
    this.#wake = () => {};
  }
}
