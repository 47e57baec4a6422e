// One subscription over one connection, from its opening to its end, whatever it goes over.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { LineEvent } from "./events.ts";
import type { GetToken, ServerError } from "./http.ts";
import type { CloseAction } from "./refusals.ts";

/** Of an operation, by name. */
export type Variables = { readonly [name: string]: unknown };

/** How a subscription ended, and whether it carried frames before. */
export interface Ending {
  /** completed: the server has no more to say · refused: it said why, in `errors` · broken: the connection ended. */
  readonly by: "completed" | "refused" | "broken";
  readonly action: CloseAction;
  readonly heard: boolean;
  readonly errors: readonly ServerError[];
}

export interface LineOptions {
  readonly origin: string;
  readonly getToken: GetToken;
  readonly onEvent?: ((event: LineEvent) => void) | undefined;
}

export interface Subscription<TData, TVariables extends Variables> {
  readonly document: TypedDocumentNode<TData, TVariables>;
  readonly variables: TVariables;
}

export interface Holding<TData> {
  /** Ask for a new token: the last one was refused. */
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  readonly take: (data: TData, isFirst: boolean) => void;
  /** A frame came with errors. What it held is told again on this line; until then it can be read over HTTP. */
  readonly miss: (errors: readonly ServerError[]) => void;
  /** Milliseconds without a frame after which the connection counts as broken; none: it may be quiet, and is pinged. */
  readonly silence?: number;
}

/** A kind of connection. */
export interface Line {
  /** Holds one subscription until it ends. Never rejects. */
  hold<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    holding: Holding<TData>,
  ): Promise<Ending>;
}

/** The headers, or what a socket has instead of them, that say who asks. */
export async function authorization(getToken: GetToken, refresh: boolean): Promise<Record<string, string>> {
  const token = await getToken({ refresh });
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

// Milliseconds until the first frame, which the server sends at once: what swallows lines is not waited for longer.
const OPENING = 10_000;

interface Result<TData> {
  readonly data?: TData | null | undefined;
  readonly errors?: readonly ServerError[] | undefined;
}

/** One holding while it lasts. */
export class Hold<TData> {
  readonly ended: Promise<Ending>;
  readonly #holding: Holding<TData>;
  readonly #overdue: () => void;
  readonly #over = new AbortController();
  #resolve: (ending: Ending) => void = () => {};
  #heard = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `overdue` is called after an end for silence: the connection is to be cut. */
  constructor(holding: Holding<TData>, overdue: () => void) {
    this.#holding = holding;
    this.#overdue = overdue;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.expect(OPENING);
  }

  /** Aborted when it has ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  get heard(): boolean {
    return this.#heard;
  }

  /** Gives it up when nothing comes within so many milliseconds; undefined: it may be quiet. */
  expect(within: number | undefined): void {
    clearTimeout(this.#timer);
    if (within === undefined || this.over.aborted) return;
    this.#timer = setTimeout(() => {
      this.end("reconnect");
      this.#overdue();
    }, within);
  }

  frame({ data, errors }: Result<TData>): void {
    if (this.over.aborted) return;
    this.expect(this.#holding.silence);
    if (!data || errors?.length) {
      this.#holding.miss(errors ?? []);
    } else {
      this.#holding.take(data, !this.#heard);
      this.#heard = true;
    }
  }

  end(action: CloseAction, by: Ending["by"] = "broken", errors: readonly ServerError[] = []): void {
    if (this.over.aborted) return;
    clearTimeout(this.#timer);
    this.#over.abort();
    this.#resolve({ by, action, heard: this.#heard, errors });
  }
}
