// A subscription over server-sent events, for networks that let no socket through. Each has a connection of its own.
import { createClient, NetworkError } from "graphql-sse";
import { addressOf } from "./address.ts";
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
import type { CloseAction } from "./refusals.ts";

// Milliseconds: the server sends a comment at least every 20 seconds, and one may be lost.
const QUIET = 45_000;

export class StreamLine implements Line {
  readonly #options: LineOptions;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  async hold<TData, TVariables extends Variables>(
    asked: Subscription<TData, TVariables>,
    holding: Holding<TData>,
  ): Promise<Ending> {
    const { getToken, origin, onEvent } = this.#options;
    const hold = new Hold<TData>(holding, () => leave());
    onEvent?.({ type: "connecting", road: "stream" });
    const client = createClient({
      url: addressOf(origin, "graphql").href,
      headers: () => authorization(getToken, holding.refresh),
      // Who holds the line comes back.
      retryAttempts: 0,
      on: { connected: () => onEvent?.({ type: "open" }) },
      fetchFn: async (url: string, init: RequestInit) =>
        listened(await fetch(url, init), () => {
          if (hold.heard && holding.silence === undefined) hold.expect(QUIET);
        }),
    });
    const { variables, ...request } = requestOf(asked.document, asked.variables);
    const leave = client.subscribe<TData>(
      { ...request, variables: { ...variables } },
      {
        next: (result) => {
          // Without `data` it was not executed: as the message `error` over a socket.
          if ("data" in result) hold.frame(result);
          else hold.end("reconnect", "refused", result.errors);
        },
        error: (reason) => {
          const status = reason instanceof NetworkError ? (reason.response?.status ?? null) : null;
          const action = actionAfter(status);
          onEvent?.({ type: "closed", code: status, reason: String(reason), action });
          hold.end(action);
        },
        complete: () => hold.end("reconnect", "completed"),
      },
    );
    holding.signal.addEventListener("abort", () => hold.end("reconnect"), { signal: hold.over });
    const ending = await hold.ended;
    leave();
    return ending;
  }
}

/** The response, with whoever wants to know told of each piece of it. */
function listened(response: Response, heard: () => void): Response {
  const pieces = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      heard();
      controller.enqueue(piece);
    },
  });
  return new Response(response.body?.pipeThrough(pieces) ?? null, response);
}

function actionAfter(status: number | null): CloseAction {
  if (status === null || status >= 500) return "reconnect";
  if (status === 401) return "refresh";
  if (status === 429) return "slowDown";
  // What answers knows no streams, or something between us does not.
  return "poll";
}
