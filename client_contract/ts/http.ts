// GraphQL and uploads over HTTP, with a token that is renewed once when the server refuses it.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { addressOf } from "./address.ts";
import type { RefusalCode } from "./generated/operations.ts";

/** Gives the bearer token. `refresh`: the last one was refused, get another. Null: there is none. */
export type GetToken = (options: { readonly refresh: boolean }) => Promise<string | null>;

/** Why there is no answer: not signed in, not reachable or not ready, or the server rejects the operation. */
export type RequestFailure = "unauthenticated" | "unavailable" | "rejected";

export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly failure: RequestFailure;

  constructor(failure: RequestFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface HttpOptions {
  /** Where the service lives, e.g. `https://novelfoundry.example` or `https://example.org/novels`. */
  readonly origin: string;
  readonly getToken: GetToken;
}

export type Upload = { readonly id: string } | { readonly code: RefusalCode; readonly message: string };

interface GraphQLAnswer<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly { readonly message: string }[];
}

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
      body: JSON.stringify({ query: print(document), variables }),
      headers: {
        Accept: "application/graphql-response+json, application/json;q=0.9",
        "Content-Type": "application/json",
      },
    });
    const answer: GraphQLAnswer<TData> = await readJson(response);
    if (answer.data && !answer.errors?.length) return answer.data;
    throw rejection(response, answer.errors?.[0]?.message);
  }

  /** Sends a manuscript's file. A file that is turned down is an answer with `code` and `message`. */
  async upload(file: Blob, details: { name: string; title?: string }, signal?: AbortSignal): Promise<Upload> {
    const form = new FormData();
    form.append("file", file, details.name);
    if (details.title !== undefined) form.append("title", details.title);
    const response = await this.#send("manuscripts", signal, { body: form });
    const answer: Upload = await readJson(response);
    if ("id" in answer || "code" in answer) return answer;
    throw rejection(response);
  }

  async #send(path: string, signal: AbortSignal | undefined, init: RequestInit): Promise<Response> {
    const response = await this.#sendOnce(path, signal, init, false);
    if (response.status !== 401) return response;
    const again = await this.#sendOnce(path, signal, init, true);
    if (again.status !== 401) return again;
    throw new RequestFailed("unauthenticated", "Your sign-in has run out. Sign in again.");
  }

  async #sendOnce(path: string, signal: AbortSignal | undefined, init: RequestInit, refresh: boolean) {
    const token = await this.#options.getToken({ refresh });
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    const limit = AbortSignal.timeout(isLong(init.body) ? UPLOAD_LIMIT : REQUEST_LIMIT);
    try {
      return await fetch(addressOf(this.#options.origin, path), {
        ...init,
        method: "POST",
        headers,
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (cause) {
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

function rejection(response: Response, message?: string): RequestFailed {
  const failure = response.status >= 500 || response.status === 429 ? "unavailable" : "rejected";
  return new RequestFailed(failure, message ?? `The server answered ${response.status}.`);
}
