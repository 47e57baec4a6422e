// The analyses that a manuscript had: how each ended, and on demand each step of it and who decided it.
import { type DecidedBy, unforeseen } from "@novelfoundry/client";
import { lasted, moment } from "../format.ts";
import type { Analysis } from "../manuscripts/manuscript.ts";
import { outcome, statusWord } from "./describe.ts";
import "./history.css";

export function History({ analyses }: { readonly analyses: readonly Analysis[] }) {
  if (analyses.length === 0) return null;
  return (
    <details className="history no-print">
      <summary>History</summary>
      <ol className="analyses">
        {analyses.map((analysis) => (
          <li key={analysis.id}>
            <Story analysis={analysis} />
          </li>
        ))}
      </ol>
      <details className="steps">
        <summary>Every step</summary>
        {analyses.map((analysis) => (
          <Steps key={analysis.id} analysis={analysis} />
        ))}
      </details>
    </details>
  );
}

function Story({ analysis }: { readonly analysis: Analysis }) {
  const took = durationOf(analysis);
  return (
    <>
      <time dateTime={analysis.queuedAt}>{moment(analysis.queuedAt)}</time>
      <span>
        {outcome(analysis)}
        {took !== null && analysis.status === "COMPLETED" && <span className="soft"> It took {took}.</span>}
      </span>
    </>
  );
}

/** How long an analysis ran; null while it does, or when it never began. */
export function durationOf({
  startedAt,
  finishedAt,
}: Pick<Analysis, "startedAt" | "finishedAt">): string | null {
  if (startedAt === null || finishedAt === null) return null;
  return lasted(Date.parse(finishedAt) - Date.parse(startedAt));
}

function Steps({ analysis: { queuedAt, retryOf, events } }: { readonly analysis: Analysis }) {
  return (
    <section>
      <h3>
        Analysis of {moment(queuedAt)}
        {retryOf !== null && ", tried again"}
      </h3>
      <ol>
        {events.map(({ version, at, status, decidedBy, message }) => (
          <li key={version}>
            <time dateTime={at}>{new Date(at).toLocaleTimeString("en-GB")}</time>
            <span>
              <strong>{statusWord(status)}</strong> <span className="soft">by {decider(decidedBy)}</span>
              {message !== null && <span className="soft">: {message}</span>}
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
      return "the worker that had it";
    case "SWEEPER":
      return "the regular check for stuck analyses";
    case "READER":
      return "a check when the page asked";
    case "DISPATCHER":
      return "the dispatcher";
    default:
      return unforeseen(by, "the service");
  }
}
