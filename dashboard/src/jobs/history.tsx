// The readings that a manuscript had: each change, when, and who decided it.
import { type DecidedBy, unforeseen } from "@novelfoundry/client";
import { moment } from "../format.ts";
import type { Reading } from "../manuscripts/manuscript.ts";
import { statusWord } from "./words.ts";
import "./history.css";

export function History({ readings }: { readonly readings: readonly Reading[] }) {
  if (readings.length === 0) return null;
  return (
    <details className="history no-print">
      <summary>What happened to this manuscript</summary>
      {readings.map((reading) => (
        <ReadingHistory key={reading.id} reading={reading} />
      ))}
    </details>
  );
}

function ReadingHistory({ reading: { queuedAt, retryOf, events } }: { readonly reading: Reading }) {
  return (
    <section>
      <h3>
        Reading of {moment(queuedAt)}
        {retryOf !== null && ", tried again"}
      </h3>
      <ol>
        {events.map(({ version, at, status, decidedBy, message }) => (
          <li key={version}>
            <time dateTime={at}>{new Date(at).toLocaleTimeString("en-GB")}</time>
            <span>
              <strong>{statusWord(status)}</strong> <span className="soft">by {decider(decidedBy)}</span>
              {message !== null && <span className="soft"> — {message}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function decider(by: DecidedBy): string {
  switch (by) {
    case "USER":
      return "you";
    case "WORKER":
      return "the worker that read it";
    case "SWEEPER":
      return "the regular check for stuck readings";
    case "READER":
      return "a check when the page asked";
    case "DISPATCHER":
      return "the dispatcher";
    default:
      return unforeseen(by, "the service");
  }
}
