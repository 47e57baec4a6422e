// Holds a line again and again: comes back as the contract's table of close codes says.

import type { LineEvent } from "./events.ts";
import type { Ending, Holding, Line, Subscription, Variables } from "./line.ts";
import { pauseBefore } from "./refusals.ts";
import { sleep } from "./sleep.ts";

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

export class Comeback {
  readonly #line: Line;
  readonly #options: ComebackOptions;
  #attempt = new AbortController();
  #wake: () => void = () => {};

  constructor(line: Line, options: ComebackOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** Cuts a pause short, and a connection too, which may be dead. */
  readonly wake = (): void => {
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
      await this.#pause(pauseBefore(ending.action, failures, this.#options.random ?? Math.random), signal);
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
    const signal = AbortSignal.any([keeping.signal, this.#attempt.signal]);
    const ending = await this.#line.hold(asked, { ...keeping, take, refresh, signal });
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
