// What a job's state means, said to the author. The status decides; the server's own sentences come along.
import {
  type FailureCode,
  type FollowedJob,
  type Job,
  type JobStatus,
  unforeseen,
} from "@novelfoundry/client";

/** The status as one word for a badge. */
export function statusWord(status: JobStatus): string {
  switch (status) {
    case "QUEUED":
      return "Queued";
    case "RUNNING_INITIALIZING":
      return "Starting";
    case "RUNNING":
      return "Running";
    case "COMPLETED":
      return "Completed";
    case "FAILED":
      return "Failed";
    case "CANCELLED":
      return "Cancelled";
    default:
      return unforeseen(status, plain(status));
  }
}

/** A word of a later contract as it may be read: `ON_HOLD` is "On hold". */
function plain(word: string): string {
  const spaced = word.toLowerCase().replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** How a state looks: its colour says no more than its word. */
export type Tone = "waiting" | "working" | "good" | "bad" | "quiet";

export function toneOf({ status, isVoid }: Pick<FollowedJob, "status" | "isVoid">): Tone {
  if (isVoid) return "bad";
  switch (status) {
    case "QUEUED":
      return "waiting";
    case "RUNNING_INITIALIZING":
    case "RUNNING":
      return "working";
    case "COMPLETED":
      return "good";
    case "FAILED":
      return "bad";
    case "CANCELLED":
      return "quiet";
    default:
      return unforeseen(status, "quiet");
  }
}

export interface JobDescription {
  /** What is going on. */
  readonly headline: string;
  /** More about it; null when the headline says all. */
  readonly detail: string | null;
  /** What the author can do; null when there is nothing to do. */
  readonly remedy: string | null;
}

export function describe(job: FollowedJob): JobDescription {
  if (job.isVoid) return VOID;
  switch (job.status) {
    case "QUEUED":
      return {
        headline: "Waiting to start",
        detail: job.waiting?.message ?? "It starts as soon as there is room for it.",
        remedy: null,
      };
    case "RUNNING_INITIALIZING":
      return { headline: "Starting", detail: attemptSentence(job), remedy: null };
    case "RUNNING":
      return { headline: job.stage ?? "Analysing", detail: attemptSentence(job), remedy: null };
    case "COMPLETED":
      return {
        headline: "Your report is ready",
        detail: "It opens as soon as it has arrived.",
        remedy: null,
      };
    case "FAILED":
      return describeFailure(job);
    case "CANCELLED":
      return {
        headline: "You stopped this analysis",
        detail: null,
        remedy: "Start it again whenever you like.",
      };
    default:
      return unforeseen(job.status, describeUnknown(job));
  }
}

/** What can be said of a status that this page does not know: its own word, and the server's sentences. */
function describeUnknown({ status, waiting, failure }: FollowedJob): JobDescription {
  return { headline: statusWord(status), detail: failure?.message ?? waiting?.message ?? null, remedy: null };
}

const VOID: JobDescription = {
  headline: "We have lost touch with this analysis",
  detail: "Your manuscript is safe. We will show how it ended as soon as we hear.",
  remedy: null,
};

function attemptSentence({ attempt, maxAttempts }: FollowedJob): string | null {
  if (attempt <= 1) return null;
  return `The analysis was interrupted and has started again: attempt ${attempt} of ${maxAttempts}.`;
}

function describeFailure({ failure }: FollowedJob): JobDescription {
  if (failure === null) return { headline: "The analysis failed", detail: null, remedy: "Try again." };
  return { headline: headlineFor(failure.code), detail: failure.message, remedy: remedyFor(failure.code) };
}

function headlineFor(code: FailureCode): string {
  switch (code) {
    case "QUEUE_TIMEOUT":
    case "QUEUE_LIMIT":
      return "We could not start your analysis";
    case "WORKER_LOST":
      return "Your analysis was interrupted";
    case "RUN_TIMEOUT":
      return "Your analysis took too long";
    case "UNREADABLE_MANUSCRIPT":
      return "We cannot read this manuscript";
    case "INTERNAL_ERROR":
      return "Something went wrong on our side";
    default:
      return unforeseen(code, "The analysis failed");
  }
}

/** What the message, which comes from the server, does not say: it comforts, and says when to try again. */
function remedyFor(code: FailureCode): string | null {
  switch (code) {
    case "QUEUE_TIMEOUT":
    case "QUEUE_LIMIT":
      return null;
    case "WORKER_LOST":
    case "INTERNAL_ERROR":
      return "If this goes on, tell whoever runs this service.";
    case "RUN_TIMEOUT":
      return "Try again; if this goes on, add the manuscript in two or three parts.";
    case "UNREADABLE_MANUSCRIPT":
      return "Add the new file as another manuscript; this one can be deleted.";
    default:
      return unforeseen(code, null);
  }
}

/** How a job ended, or how far it is, in one sentence of the history. */
export function outcome({ status, failure }: Pick<Job, "status" | "failure">): string {
  switch (status) {
    case "QUEUED":
      return "Waiting to start.";
    case "RUNNING_INITIALIZING":
    case "RUNNING":
      return "Under way.";
    case "COMPLETED":
      return "Report written.";
    case "FAILED":
      return failure?.message ?? "The analysis failed.";
    case "CANCELLED":
      return "Stopped by you.";
    default:
      return unforeseen(status, `${plain(status)}.`);
  }
}

/** What a screen reader hears: each change of state and each quarter of the way, not every step. */
export function announcement(job: FollowedJob): string {
  const { headline, detail, remedy } = describe(job);
  const quarter = job.progress === null || job.isVoid ? 0 : Math.floor(job.progress * 4) * 25;
  const parts = [job.manuscript.title, statusWord(job.status)];
  if (quarter > 0 && quarter < 100) return [...parts, `${quarter} percent`].join(": ");
  if (job.status === "RUNNING") return parts.join(": ");
  return [parts.join(": "), headline]
    .concat(detail ?? [], remedy ?? [])
    .map(sentence)
    .join(" ");
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
