// What a line does, for who wants to log it or show it. Nothing needs to listen.
import type { ServerError } from "./http.ts";
import type { CloseAction } from "./refusals.ts";

/**
 * connecting: a connection is being opened, of one kind or the other · open: the server took the token · frameFailed: a frame came with errors,
 * and is told again · closed: the connection ended, `code` null where it never stood · waiting: before it is tried
 * again, so many milliseconds · polling: read over HTTP from now on · leading, following: whether this tab holds the
 * line for all tabs of the browser, or is told by the one that does.
 */
export type LineEvent =
  | { readonly type: "connecting"; readonly road: "socket" | "stream" }
  | { readonly type: "open" | "polling" | "leading" | "following" }
  | { readonly type: "frameFailed"; readonly errors: readonly ServerError[] }
  | {
      readonly type: "closed";
      readonly code: number | null;
      readonly reason: string;
      readonly action: CloseAction;
    }
  | { readonly type: "waiting"; readonly milliseconds: number };
