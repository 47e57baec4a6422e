// The jobs that a manuscript had: how each ended, and on demand each step of it and who decided it.
import { type DecidedBy, unforeseen } from "@novelfoundry/client";
import { lasted, moment } from "../format.ts";
import type { PastJob } from "../manuscripts/manuscript.ts";
import { outcome, statusWord } from "./describe.ts";
import "./history.css";

export function History({ jobs }: { readonly jobs: readonly PastJob[] }) {
  if (jobs.length === 0) return null;
  return (
    <details className="history no-print">
      <summary>History</summary>
      <ol className="jobs">
        {jobs.map((job) => (
          <li key={job.id}>
            <Outcome job={job} />
          </li>
        ))}
      </ol>
      <details className="steps">
        <summary>Every step</summary>
        {jobs.map((job) => (
          <Steps key={job.id} job={job} />
        ))}
      </details>
    </details>
  );
}

function Outcome({ job }: { readonly job: PastJob }) {
  const took = durationOf(job);
  return (
    <>
      <time dateTime={job.queuedAt}>{moment(job.queuedAt)}</time>
      <span>
        {outcome(job)}
        {took !== null && job.status === "COMPLETED" && <span className="soft"> It took {took}.</span>}
      </span>
    </>
  );
}

/** How long a job ran; null while it does, or when it never began. */
export function durationOf({
  startedAt,
  finishedAt,
}: Pick<PastJob, "startedAt" | "finishedAt">): string | null {
  if (startedAt === null || finishedAt === null) return null;
  return lasted(Date.parse(finishedAt) - Date.parse(startedAt));
}

function Steps({ job: { queuedAt, retryOf, events } }: { readonly job: PastJob }) {
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
