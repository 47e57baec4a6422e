// GraphQL and uploads over HTTP, with a token that is renewed once when the server refuses it.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, Kind, print } from "graphql";
import { addressOf } from "./address.ts";
import type { RefusalCode } from "./generated/operations.ts";
import { sendCounted } from "./progress.ts";

/** Gives the bearer token. `refresh`: the last one was refused, get another. Null: there is none. */
export type GetToken = (options: { readonly refresh: boolean }) => Promise<string | null>;

/**
 * Why there is no answer: not signed in, not reachable or not ready, the server rejects the operation, or its own
 * `signal` stopped it.
 */
export type RequestFailure = "unauthenticated" | "unavailable" | "rejected" | "stopped";

/** An error as the server tells it. */
export interface ServerError {
  readonly message: string;
  readonly extensions?: { readonly [key: string]: unknown } | undefined;
}

export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly failure: RequestFailure;
  /** What the server said, if it said something. */
  readonly errors: readonly ServerError[];

  constructor(
    failure: RequestFailure,
    message: string,
    options: ErrorOptions & { readonly errors?: readonly ServerError[] } = {},
  ) {
    super(message, options);
    this.failure = failure;
    this.errors = options.errors ?? [];
  }

  /** The code of the server's first error, e.g. `GRAPHQL_VALIDATION_FAILED`; null when it told none. */
  get code(): string | null {
    const code = this.errors[0]?.extensions?.code;
    return typeof code === "string" ? code : null;
  }
}

export interface HttpOptions {
  /** Where the service lives, e.g. `https://novelfoundry.example` or `https://example.org/novels`. */
  readonly origin: string;
  readonly getToken: GetToken;
}

export type Upload = { readonly id: string } | { readonly code: RefusalCode; readonly message: string };

export interface UploadDetails {
  /** Of the file; its ending says the format. */
  readonly name: string;
  /** What to call the manuscript; without it the server finds a title. */
  readonly title?: string | undefined;
  /** Told how many bytes were sent, and of how many. */
  readonly onProgress?: ((sent: number, size: number) => void) | undefined;
}

interface GraphQLAnswer<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly ServerError[];
}

type Send = (url: URL, init: RequestInit) => Promise<Response>;

// Milliseconds until a request without an answer is given up. A file or a pasted text of 25 MB may go over a slow line.
const REQUEST_LIMIT = 15_000;
const UPLOAD_LIMIT = 600_000;
/** Characters: what is longer carries a text. An operation and its other variables stay below it. */
const LONGEST_REQUEST = 131_072;

export class HttpClient {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Runs a query or a mutation. Throws RequestFailed; a Refusal is part of the data, not an error. */
  async execute<TData, TVariables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    signal?: AbortSignal,
  ): Promise<TData> {
    const response = await this.#send("graphql", signal, {
      body: JSON.stringify(requestOf(document, variables)),
      headers: {
        Accept: "application/graphql-response+json, application/json;q=0.9",
        "Content-Type": "application/json",
      },
    });
    const answer: GraphQLAnswer<TData> = await readJson(response);
    if (answer.data && !answer.errors?.length) return answer.data;
    throw rejection(response, answer.errors);
  }

  /** Sends a manuscript's file. A file that is turned down is an answer with `code` and `message`. */
  async upload(
    file: Blob,
    { name, title, onProgress }: UploadDetails,
    signal?: AbortSignal,
  ): Promise<Upload> {
    const form = new FormData();
    form.append("file", file, name);
    if (title !== undefined) form.append("title", title);
    const send: Send = onProgress ? (url, init) => sendCounted(url, init, onProgress) : fetch;
    const response = await this.#send("manuscripts", signal, { body: form }, send);
    const answer: Upload = await readJson(response);
    if ("id" in answer || "code" in answer) return answer;
    throw rejection(response);
  }

  async #send(
    path: string,
    signal: AbortSignal | undefined,
    init: RequestInit,
    send: Send = fetch,
  ): Promise<Response> {
    const response = await this.#sendOnce(path, signal, init, false, send);
    if (response.status !== 401) return response;
    const again = await this.#sendOnce(path, signal, init, true, send);
    if (again.status !== 401) return again;
    throw new RequestFailed("unauthenticated", "Your sign-in has run out. Sign in again.");
  }

  async #sendOnce(
    path: string,
    signal: AbortSignal | undefined,
    init: RequestInit,
    refresh: boolean,
    send: Send,
  ) {
    const token = await this.#options.getToken({ refresh });
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    const limit = AbortSignal.timeout(isLong(init.body) ? UPLOAD_LIMIT : REQUEST_LIMIT);
    try {
      return await send(addressOf(this.#options.origin, path), {
        ...init,
        method: "POST",
        headers,
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (cause) {
      if (signal?.aborted) throw new RequestFailed("stopped", "The request was stopped.", { cause });
      throw new RequestFailed(
        "unavailable",
        "We cannot reach the service. Check your connection and try again.",
        { cause },
      );
    }
  }
}

function isLong(body: RequestInit["body"]): boolean {
  return body instanceof FormData || (typeof body === "string" && body.length > LONGEST_REQUEST);
}

async function readJson(response: Response) {
  const answer = await response.json().catch(() => null);
  // Both of our roads answer with an object; what stands between may answer with anything.
  if (typeof answer === "object" && answer !== null) return answer;
  throw new RequestFailed("unavailable", `The server answered ${response.status} without JSON.`);
}

function rejection(response: Response, errors: readonly ServerError[] = []): RequestFailed {
  const failure = response.status >= 500 || response.status === 429 ? "unavailable" : "rejected";
  return new RequestFailed(failure, errors[0]?.message ?? `The server answered ${response.status}.`, {
    errors,
  });
}

/** What is sent to the server of an operation, over any transport. */
export function requestOf<TVariables>(document: DocumentNode, variables: TVariables) {
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const name = operation && "name" in operation ? operation.name?.value : undefined;
  return { query: print(document), ...(name === undefined ? {} : { operationName: name }), variables };
}
