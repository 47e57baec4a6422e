// One subscription over one connection, from its opening to its end. Those of one Line share a socket.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type Client, createClient } from "graphql-ws";
import { addressOf } from "./address.ts";
import type { LineEvent } from "./events.ts";
import { type GetToken, requestOf, type ServerError } from "./http.ts";
import { type CloseAction, closeAction } from "./refusals.ts";

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

interface Socket {
  readonly client: Client;
  /** How many subscriptions it carries. */
  holds: number;
}

// Milliseconds until the first frame, which the server sends at once: what swallows sockets is not waited for longer.
const OPENING = 10_000;
// Between two pings on a line that may be quiet, and until the answer to each.
const PING = 15_000;

export class Line {
  readonly #options: LineOptions;
  #socket: Socket | null = null;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Holds one subscription until it ends. Never rejects. */
  hold<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    holding: Holding<TData>,
  ): Promise<Ending> {
    const { refresh, signal, take, miss, silence } = holding;
    if (typeof WebSocket === "undefined")
      return Promise.resolve({ by: "broken", action: "poll", heard: false, errors: [] });
    const socket = this.#enter(refresh, silence === undefined);
    const ended = new AbortController();
    const request = requestOf(asked.document, asked.variables);
    return new Promise((resolve) => {
      let heard = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = (action: CloseAction, by: Ending["by"] = "broken", errors: Ending["errors"] = []) => {
        if (ended.signal.aborted) return;
        clearTimeout(timer);
        socket.holds -= 1;
        ended.abort();
        resolve({ by, action, heard, errors });
      };
      const expectFrame = (within: number | undefined) => {
        clearTimeout(timer);
        if (within === undefined) return;
        timer = setTimeout(() => {
          end("reconnect");
          socket.client.terminate();
        }, within);
      };
      expectFrame(OPENING);
      const leave = socket.client.subscribe<TData>(
        { ...request, variables: { ...request.variables } },
        {
          next: ({ data, errors }) => {
            if (ended.signal.aborted) return;
            expectFrame(silence);
            if (!data || errors?.length) {
              this.#tell({ type: "frameFailed", errors: errors ?? [] });
              return miss(errors ?? []);
            }
            take(data, !heard);
            heard = true;
          },
          error: (reason) => {
            if (Array.isArray(reason)) end("reconnect", "refused", reason);
            else end(actionAfter(reason));
          },
          complete: () => end("reconnect", "completed"),
        },
      );
      signal.addEventListener(
        "abort",
        () => {
          end("reconnect");
          leave();
          // It may still be opening, or be dead: only a socket that others use is left open.
          if (socket.holds === 0) socket.client.terminate();
        },
        { signal: ended.signal },
      );
      // After a close with 1000 graphql-ws would come back by itself, at once and unseen, while somebody subscribes.
      const unlisten = socket.client.on("closed", (reason) => {
        end(actionAfter(reason));
        leave();
      });
      ended.signal.addEventListener("abort", unlisten);
    });
  }

  /** The socket that stands, or a new one. */
  #enter(refresh: boolean, isPinged: boolean): Socket {
    this.#socket ??= this.#connect(refresh, isPinged);
    this.#socket.holds += 1;
    return this.#socket;
  }

  #connect(refresh: boolean, isPinged: boolean): Socket {
    const url = addressOf(this.#options.origin, "graphql");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    let unanswered: ReturnType<typeof setTimeout> | undefined;
    const client = createClient({
      url: url.href,
      connectionParams: async () => {
        const token = await this.#options.getToken({ refresh });
        return token === null ? {} : { Authorization: `Bearer ${token}` };
      },
      // Who holds the line comes back: it knows the codes of this contract and when to poll instead.
      retryAttempts: 0,
      keepAlive: isPinged ? PING : 0,
    });
    const socket: Socket = { client, holds: 0 };
    const isOver = () => {
      clearTimeout(unanswered);
      if (this.#socket === socket) this.#socket = null;
    };
    client.on("connecting", () => this.#tell({ type: "connecting" }));
    client.on("connected", () => this.#tell({ type: "open" }));
    client.on("ping", (isReceived) => {
      if (!isReceived) unanswered = setTimeout(() => client.terminate(), PING);
    });
    client.on("pong", () => clearTimeout(unanswered));
    client.on("error", isOver);
    client.on("closed", (reason) => {
      isOver();
      this.#tell({ type: "closed", ...closeOf(reason) });
    });
    return socket;
  }

  #tell(event: LineEvent): void {
    this.#options.onEvent?.(event);
  }
}

/** A close event tells its code; anything else is a line that broke. */
function closeOf(event: unknown): { code: number | null; reason: string; action: CloseAction } {
  if (typeof event !== "object" || event === null || !("code" in event) || typeof event.code !== "number") {
    return { code: null, reason: "", action: "reconnect" };
  }
  const reason = "reason" in event && typeof event.reason === "string" ? event.reason : "";
  return { code: event.code, reason, action: closeAction(event.code) };
}

function actionAfter(reason: unknown): CloseAction {
  return closeOf(reason).action;
}
