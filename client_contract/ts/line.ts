// One connection at a time to the jobUpdates subscription, from its opening to its end.
import { print } from "graphql";
import { type Client, createClient } from "graphql-ws";
import { addressOf } from "./address.ts";
import { JobUpdatesDocument, type JobUpdatesSubscription } from "./generated/operations.ts";
import type { GetToken } from "./http.ts";
import { type CloseAction, closeAction } from "./refusals.ts";

export type Frame = JobUpdatesSubscription["jobUpdates"];

/** How a connection ended, and whether it carried frames before. */
export interface Ending {
  readonly action: CloseAction;
  readonly heard: boolean;
}

export interface LineOptions {
  readonly origin: string;
  readonly getToken: GetToken;
  /** Milliseconds without a frame after which the connection counts as broken. */
  readonly silence: number;
}

export interface Holding {
  /** Ask for a new token: the last one was refused. */
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  readonly take: (frame: Frame, isFirst: boolean) => void;
  /** A frame came with errors. What it held is told again on this line; until then it can be read over HTTP. */
  readonly miss: () => void;
}

// Milliseconds until the first frame, which the server sends at once: what swallows sockets is not waited for longer.
const OPENING = 10_000;

export class Line {
  readonly #options: LineOptions;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Holds one connection until it ends. Never rejects. */
  hold({ refresh, signal, take, miss }: Holding): Promise<Ending> {
    if (typeof WebSocket === "undefined") return Promise.resolve({ action: "poll", heard: false });
    const client = this.#connect(refresh);
    const ended = new AbortController();
    return new Promise((resolve) => {
      let heard = false;
      let silence: ReturnType<typeof setTimeout> | undefined;
      const end = (action: CloseAction) => {
        if (ended.signal.aborted) return;
        clearTimeout(silence);
        ended.abort();
        resolve({ action, heard });
      };
      const hangUp = () => {
        end("reconnect");
        client.terminate();
      };
      const expectFrame = (within: number) => {
        clearTimeout(silence);
        silence = setTimeout(hangUp, within);
      };
      signal.addEventListener("abort", hangUp, { signal: ended.signal });
      expectFrame(OPENING);
      const leave = client.subscribe<JobUpdatesSubscription>(
        { query: print(JobUpdatesDocument), operationName: "JobUpdates" },
        {
          next: ({ data, errors }) => {
            if (ended.signal.aborted) return;
            expectFrame(this.#options.silence);
            if (!data || errors?.length) return miss();
            take(data.jobUpdates, !heard);
            heard = true;
          },
          error: (reason) => end(actionAfter(reason)),
          complete: () => end("reconnect"),
        },
      );
      // After a close with 1000 graphql-ws would come back by itself, at once and unseen, while somebody subscribes.
      client.on("closed", (reason) => {
        end(actionAfter(reason));
        leave();
      });
    });
  }

  #connect(refresh: boolean): Client {
    const url = addressOf(this.#options.origin, "graphql");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return createClient({
      url: url.href,
      connectionParams: async () => {
        const token = await this.#options.getToken({ refresh });
        return token === null ? {} : { Authorization: `Bearer ${token}` };
      },
      // The feed's own loop comes back: it knows the codes of this contract and when to poll instead.
      retryAttempts: 0,
    });
  }
}

/** A close event tells its code; anything else is a line that broke. */
function actionAfter(reason: unknown): CloseAction {
  if (typeof reason === "object" && reason !== null && "code" in reason && typeof reason.code === "number") {
    return closeAction(reason.code);
  }
  return "reconnect";
}
