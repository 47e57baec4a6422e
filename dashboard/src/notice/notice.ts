// What the banner says: how the line to the server is, and whether the parts that finish a reading are alive.
import {
  type ComponentState,
  type Connection,
  type SystemFieldsFragment,
  unforeseen,
} from "@novelfoundry/client";

export interface Notice {
  readonly tone: "care" | "bad";
  readonly title: string;
  readonly body: string;
}

/** The one notice that matters most; null when all is well. */
export function noticeFor(connection: Connection, system: SystemFieldsFragment | null): Notice | null {
  return connectionNotice(connection) ?? (system && systemNotice(system));
}

function connectionNotice(connection: Connection): Notice | null {
  switch (connection) {
    case "stopped":
    case "connecting":
    case "live":
      return null;
    case "silent":
      return {
        tone: "bad",
        title: "The connection to the server is lost.",
        body: "What you see may be a little old. This page keeps trying to reconnect; your readings go on without it.",
      };
    case "polling":
      return {
        tone: "care",
        title: "Live updates do not get through.",
        body: "Your network seems to block them, so this page asks every few seconds instead. Nothing else changes.",
      };
    case "signedOut":
      return { tone: "bad", title: "Your sign-in has ended.", body: "Reload the page to sign in again." };
    default:
      return unforeseen(connection, null);
  }
}

function systemNotice({ workers, sweeper, push, message }: SystemFieldsFragment): Notice | null {
  return (
    workersNotice(workers.state, message) ??
    pushNotice(push.state, message) ??
    sweeperNotice(sweeper.state, message)
  );
}

function workersNotice(state: ComponentState, message: string | null): Notice | null {
  switch (state) {
    case "HEALTHY":
      return null;
    case "ABSENT":
    case "NEVER_SEEN":
      return {
        tone: "bad",
        title: "Nothing is reading manuscripts right now.",
        body:
          message ??
          "You can add manuscripts; they wait until a worker is back, and fail clearly if none comes.",
      };
    case "LATE":
      return {
        tone: "care",
        title: "The reading service is slow to answer.",
        body: message ?? "Readings may stop for a moment and start again by themselves.",
      };
    default:
      return unforeseen(state, null);
  }
}

function pushNotice(state: ComponentState, message: string | null): Notice | null {
  switch (state) {
    // A push that was never seen is one that nothing has needed yet.
    case "HEALTHY":
    case "NEVER_SEEN":
      return null;
    case "ABSENT":
    case "LATE":
      return {
        tone: "care",
        title: "Updates may arrive a few seconds late.",
        body: message ?? "Your readings go on as they should.",
      };
    default:
      return unforeseen(state, null);
  }
}

function sweeperNotice(state: ComponentState, message: string | null): Notice | null {
  switch (state) {
    case "HEALTHY":
      return null;
    case "ABSENT":
    case "NEVER_SEEN":
    case "LATE":
      return {
        tone: "care",
        title: "One of the service's own checks is not running.",
        body: message ?? "Your readings go on; whoever runs this service should start its scheduler.",
      };
    default:
      return unforeseen(state, null);
  }
}
