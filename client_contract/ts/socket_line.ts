// A subscription over graphql-transport-ws. Those of one SocketLine share a socket.
import { type Client, createClient } from "graphql-ws";
import { addressOf } from "./address.ts";
import type { LineEvent } from "./events.ts";
import { requestOf } from "./http.ts";
import {
  authorization,
  type Ending,
  Hold,
  type Holding,
  type Line,
  type LineOptions,
  type Subscription,
  type Variables,
} from "./line.ts";
import { type CloseAction, closeAction } from "./refusals.ts";

interface Socket {
  readonly client: Client;
  /** How many subscriptions it carries. */
  holds: number;
}

// Milliseconds between two pings on a line that may be quiet, and until the answer to each.
const PING = 15_000;

export class SocketLine implements Line {
  readonly #options: LineOptions;
  #socket: Socket | null = null;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  async hold<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    holding: Holding<TData>,
  ): Promise<Ending> {
    if (typeof WebSocket === "undefined") return { by: "broken", action: "poll", heard: false, errors: [] };
    const socket = this.#enter(holding.refresh, holding.silence === undefined);
    const hold = new Hold(holding, () => socket.client.terminate());
    const request = requestOf(asked.document, asked.variables);
    const leave = socket.client.subscribe<TData>(
      { ...request, variables: { ...request.variables } },
      {
        next: (result) => hold.frame(result),
        error: (reason) => {
          if (Array.isArray(reason)) hold.end("reconnect", "refused", reason);
          else hold.end(actionAfter(reason));
        },
        complete: () => hold.end("reconnect", "completed"),
      },
    );
    holding.signal.addEventListener(
      "abort",
      () => {
        hold.end("reconnect");
        leave();
        // It may still be opening, or be dead: only a socket that others use is left open.
        if (socket.holds === 1) socket.client.terminate();
      },
      { signal: hold.over },
    );
    // After a close with 1000 graphql-ws would come back by itself, at once and unseen, while somebody subscribes.
    const unlisten = socket.client.on("closed", (reason) => {
      hold.end(actionAfter(reason));
      leave();
    });
    const ending = await hold.ended;
    socket.holds -= 1;
    unlisten();
    return ending;
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
      connectionParams: () => authorization(this.#options.getToken, refresh),
      // Who holds the line comes back: it knows the codes of this contract and when to poll instead.
      retryAttempts: 0,
      keepAlive: isPinged ? PING : 0,
    });
    const socket: Socket = { client, holds: 0 };
    const isOver = () => {
      clearTimeout(unanswered);
      if (this.#socket === socket) this.#socket = null;
    };
    client.on("connecting", () => this.#tell({ type: "connecting", road: "socket" }));
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
