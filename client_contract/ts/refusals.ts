// What a client does when it is told no: by the code of a refusal, and by the code of a closed socket.
import type { RefusalCode } from "./generated/operations.ts";
import { unforeseen } from "./status.ts";

/**
 * forget: drop the thing from view · refresh: read its state again · choose: ask for another file ·
 * correct: ask for another value · wait: let something end first · show: show the message and no more.
 */
export type RefusalAction = "forget" | "refresh" | "choose" | "correct" | "wait" | "show";

/** The answer to a refusal. Its message is for the author in every case. */
export function refusalAction(code: RefusalCode): RefusalAction {
  switch (code) {
    case "NOT_FOUND":
      return "forget";
    case "NOT_ALLOWED_NOW":
      return "refresh";
    case "TOO_LARGE":
    case "UNREADABLE":
    case "UNSUPPORTED_FORMAT":
      return "choose";
    case "INVALID_INPUT":
      return "correct";
    case "LIMIT_REACHED":
      return "wait";
    case "FORBIDDEN":
      return "show";
    default:
      return unforeseen(code, "show");
  }
}

/**
 * refresh: get a new token and come back within half a second · slowDown: come back after half a minute or more ·
 * comeBack: the server restarts, come back within two seconds · reconnect: come back with growing pauses ·
 * poll: sockets do not work here, ask over HTTP and try a socket now and then.
 */
export type CloseAction = "refresh" | "slowDown" | "comeBack" | "reconnect" | "poll";

/** The answer to the close code of a socket. */
export function closeAction(code: number): CloseAction {
  switch (code) {
    case 4401:
    case 4403:
      return "refresh";
    case 4429:
      return "slowDown";
    case 1012:
      return "comeBack";
    case 1002:
    case 1003:
    case 4004:
    case 4400:
    case 4406:
      return "poll";
    default:
      return "reconnect";
  }
}

/** Milliseconds to wait after `failures` attempts in a row without a frame; `random` gives 0 to 1. */
export function pauseBefore(action: CloseAction, failures: number, random: () => number): number {
  switch (action) {
    case "refresh":
      return random() * 500;
    case "comeBack":
      return random() * 2_000;
    case "slowDown":
    case "poll":
      return 30_000 + random() * 30_000;
    case "reconnect":
      return random() * Math.min(30_000, 500 * 2 ** failures);
    default:
      return unforeseen(action, 30_000);
  }
}
