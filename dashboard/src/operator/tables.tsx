// Processes with what they do, the line by author, and jobs; a table may be wider than a narrow page, and scrolls then.
import type { ReactNode } from "react";
import { ago, count, moment, percent } from "../format.ts";
import { statusWord } from "../jobs/describe.ts";
import type { OperatorJob, Overview } from "./overview.ts";

/** A clock that is off by more is said to be. */
const CLOCK_SECONDS = 1;

export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className="scroll" aria-label={label} tabIndex={0}>
      <table>
        <caption className="soft">{label}</caption>
        {children}
      </table>
    </section>
  );
}

/** A code as it may be read: `QUEUE_TIMEOUT` is "queue timeout". */
export function words(code: string): string {
  return code.toLowerCase().replaceAll("_", " ");
}

interface ProcessesProps {
  readonly processes: Overview["processes"];
  readonly running: readonly OperatorJob[];
}

export function Processes({ processes, running }: ProcessesProps) {
  return (
    <section aria-labelledby="processes">
      <h2 id="processes">Processes</h2>
      <Scroll label="Each that did not say goodbye, for a day after it was last heard from">
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col">Release</th>
            <th scope="col">State</th>
            <th scope="col">Does</th>
            <th scope="col">Clock</th>
            <th scope="col">Last heard</th>
          </tr>
        </thead>
        <tbody>
          {processes.map((process) => (
            <tr key={process.id}>
              <th scope="row">
                {process.kind} <span className="soft">on {process.host}</span>
              </th>
              <td>{process.version}</td>
              <td className={process.state === "HEALTHY" ? "good" : "bad"}>{words(process.state)}</td>
              <td>{work(process, running)}</td>
              <td>{clock(process.clockOffsetSeconds)}</td>
              <td>{ago(process.lastSeenAt, Date.now())}</td>
            </tr>
          ))}
        </tbody>
      </Scroll>
    </section>
  );
}

function work(process: Overview["processes"][number], running: readonly OperatorJob[]): ReactNode {
  if (process.troubles.length > 0) return process.troubles.map(({ message }) => message).join(" ");
  if (process.kind !== "worker") return "";
  const theirs = running.filter(({ workerId }) => workerId === process.id);
  const stages = theirs.map(
    ({ stage, progress }) => `${stage ?? "starting"}${progress ? ` ${percent(progress)}` : ""}`,
  );
  return `${count(process.busy)} of ${count(process.capacity)} places${stages.length ? `: ${stages.join(", ")}` : ""}`;
}

function clock(offset: number | null): string {
  if (offset === null) return "";
  if (Math.abs(offset) <= CLOCK_SECONDS) return "well";
  return `${count(Math.round(Math.abs(offset)))} s ${offset > 0 ? "ahead" : "behind"}`;
}

export function Authors({ line }: { readonly line: Overview["line"] }) {
  return (
    <section aria-labelledby="authors">
      <h2 id="authors">The line by author</h2>
      {line.length === 0 ? (
        <p className="soft">Nobody waits.</p>
      ) : (
        <Scroll label="The most waiting first">
          <thead>
            <tr>
              <th scope="col">Author</th>
              <th scope="col">Wait</th>
              <th scope="col">Run</th>
              <th scope="col">Oldest since</th>
            </tr>
          </thead>
          <tbody>
            {line.map((author) => (
              <tr key={author.authorId}>
                <th scope="row">
                  <code>{author.authorId}</code>
                </th>
                <td className="number">{count(author.waiting)}</td>
                <td className="number">{count(author.running)}</td>
                <td>{author.oldestQueuedAt && moment(author.oldestQueuedAt)}</td>
              </tr>
            ))}
          </tbody>
        </Scroll>
      )}
    </section>
  );
}

interface JobsProps {
  readonly title: string;
  readonly jobs: readonly OperatorJob[];
  readonly empty: string;
}

export function Jobs({ title, jobs, empty }: JobsProps) {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {jobs.length === 0 ? (
        <p className="soft">{empty}</p>
      ) : (
        <Scroll label="Jobs by id, each with its author">
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">State</th>
              <th scope="col">Why</th>
              <th scope="col">Tries</th>
              <th scope="col">When</th>
              <th scope="col">Author</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.id}>
                <th scope="row">
                  <code>{localId(job.id)}</code>
                </th>
                <td>{statusWord(job.status)}</td>
                <td>{job.failureCode ? words(job.failureCode) : (job.stage ?? "")}</td>
                <td className="number">
                  {job.attempt} of {job.maxAttempts}
                </td>
                <td>{moment(job.finishedAt ?? job.startedAt ?? job.queuedAt)}</td>
                <td>
                  <code>{job.authorId}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </Scroll>
      )}
    </section>
  );
}

/** The id as logs and `novelfoundry job` have it. */
function localId(id: string): string {
  try {
    return atob(id).split(":")[1] ?? id;
  } catch {
    return id;
  }
}
