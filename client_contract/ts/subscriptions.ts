// Any subscription of the schema as an async iterable, through broken connections.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { Comeback, type ComebackOptions, type Roads, roadsOf } from "./comeback.ts";
import { RequestFailed, type ServerError } from "./http.ts";
import type { LineOptions, Variables } from "./line.ts";

export type SubscriptionOptions = LineOptions & ComebackOptions;

// Frames that nobody has read yet; after more the connection is made anew, and its first frame is the present.
const MOST_UNREAD = 1_000;
const FIRST_FRAME = 2_000;

/** The subscriptions of one client share one socket. */
export class SubscriptionClient {
  readonly #options: SubscriptionOptions;
  readonly #roads: Roads;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#roads = roadsOf(options);
  }

  /**
   * What the server sends, from now on. Ends when the server completes it, after `return()`, which leaving a
   * `for await` calls, and with the signal. Throws RequestFailed when the server refuses it.
   *
   * A line that breaks is made anew, and its first frame is the present again. A frame with errors is left out: the
   * server tells again what it held.
   */
  subscribe<TData, TVariables extends Variables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    signal?: AbortSignal,
  ): AsyncIterableIterator<TData, undefined> {
    const inbox = new Inbox<TData>();
    const stop = signal ? AbortSignal.any([signal, inbox.left]) : inbox.left;
    const comeback = new Comeback(this.#roads, this.#options);
    void comeback
      .keep(
        { document, variables },
        {
          signal: stop,
          take: (data) => {
            if (inbox.put(data) <= MOST_UNREAD) return;
            inbox.clear();
            comeback.wake();
          },
          miss: () => {},
          whenEnded: ({ by }) => (by === "broken" ? "comeBack" : "stop"),
          firstFrame: FIRST_FRAME,
          unheard: () => {},
        },
      )
      .then((ending) => inbox.end(ending === null ? null : failureOf(ending)));
    return inbox;
  }
}

function failureOf(ending: "signedOut" | { readonly errors: readonly ServerError[] }): RequestFailed | null {
  if (ending === "signedOut") {
    return new RequestFailed("unauthenticated", "Your sign-in has run out. Sign in again.");
  }
  const [first] = ending.errors;
  return first ? new RequestFailed("rejected", first.message, { errors: ending.errors }) : null;
}

/** What came and was not read yet, as an iterator. */
class Inbox<T> implements AsyncIterableIterator<T, undefined> {
  readonly #left = new AbortController();
  readonly #readers: ((
    result: IteratorResult<T, undefined> | Promise<IteratorResult<T, undefined>>,
  ) => void)[] = [];
  #unread: T[] = [];
  #end: { readonly failure: Error | null } | null = null;

  /** Aborted when the reader left. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** Gives how many are unread. */
  put(value: T): number {
    const reader = this.#readers.shift();
    if (reader) reader({ done: false, value });
    else this.#unread.push(value);
    return this.#unread.length;
  }

  clear(): void {
    this.#unread = [];
  }

  /** Nothing more comes. The failure is thrown once, after what came before it was read. */
  end(failure: Error | null): void {
    this.#end ??= { failure };
    while (this.#readers.length > 0) this.#readers.shift()?.(this.next());
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#unread.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#end === null) return new Promise((resolve) => this.#readers.push(resolve));
    const { failure } = this.#end;
    this.#end = { failure: null };
    return failure ? Promise.reject(failure) : Promise.resolve({ done: true, value: undefined });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#left.abort();
    this.clear();
    this.#end = { failure: null };
    this.end(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
