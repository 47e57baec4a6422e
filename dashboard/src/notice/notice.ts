// What the banner says: how the line to the server is, and whether the parts that finish an analysis are alive.
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
        title: "We have lost the connection.",
        body: "What you see may be a little old. This page keeps trying to reconnect; your analyses go on without it.",
      };
    case "polling":
      return {
        tone: "care",
        title: "Live updates do not get through.",
        body: "This page asks every few seconds instead. Nothing else changes.",
      };
    case "signedOut":
      return { tone: "bad", title: "Your sign-in has ended.", body: "Reload the page to sign in again." };
    default:
      return unforeseen(connection, null);
  }
}

function systemNotice({ hold, workers, sweeper, push, message }: SystemFieldsFragment): Notice | null {
  const unknown: Notice | null = message === null ? null : { tone: "care", title: message, body: "" };
  return (
    (hold && holdNotice(hold)) ??
    workersNotice(workers.state, unknown) ??
    pushNotice(push.state, unknown) ??
    sweeperNotice(sweeper.state, unknown)
  );
}

function holdNotice(hold: NonNullable<SystemFieldsFragment["hold"]>): Notice {
  return {
    tone: "care",
    title: "New analyses are on hold.",
    body: `${hold.why} What you add now waits, and starts by itself.`,
  };
}

/** `unknown` is what to say of a state that a later contract has added. */
function workersNotice(state: ComponentState, unknown: Notice | null): Notice | null {
  switch (state) {
    case "HEALTHY":
      return null;
    case "ABSENT":
    case "NEVER_SEEN":
      return {
        tone: "bad",
        title: "Nothing is there to start analyses right now.",
        body: "What you add now waits, and starts by itself once there is.",
      };
    case "LATE":
      return {
        tone: "care",
        title: "Analyses are slow just now.",
        body: "They may stop for a moment and start again by themselves.",
      };
    default:
      return unforeseen(state, unknown);
  }
}

function pushNotice(state: ComponentState, unknown: Notice | null): Notice | null {
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
        body: "Your analyses go on as they should.",
      };
    default:
      return unforeseen(state, unknown);
  }
}

function sweeperNotice(state: ComponentState, unknown: Notice | null): Notice | null {
  switch (state) {
    case "HEALTHY":
      return null;
    case "ABSENT":
    case "NEVER_SEEN":
    case "LATE":
      return {
        tone: "care",
        title: "One of the service's own checks is not running.",
        body: "Your analyses go on. Whoever runs this service should start its scheduler.",
      };
    default:
      return unforeseen(state, unknown);
  }
}
