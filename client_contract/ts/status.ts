// What a status means, and the reading of statuses that old rows and old clients wrapped.
import type { JobStatus } from "./generated/operations.ts";

/** Whether a job with this status is over, for ever. */
export function isTerminal(status: JobStatus): boolean {
  switch (status) {
    case "QUEUED":
    case "RUNNING_INITIALIZING":
    case "RUNNING":
      return false;
    case "COMPLETED":
    case "FAILED":
    case "CANCELLED":
      return true;
    default:
      return unforeseen(status, false);
  }
}

// The order decides: a terminal word anywhere in a wrapper wins.
const READING_ORDER: readonly JobStatus[] = [
  "FAILED",
  "CANCELLED",
  "COMPLETED",
  "RUNNING_INITIALIZING",
  "RUNNING",
  "QUEUED",
];

/**
 * The status that a text of an old row means, e.g. `timer|300|failed` is FAILED.
 * Parts stand between `|`; case and surrounding space do not matter. Null when no part is a status word:
 * unknown is never a lock.
 */
export function readStatus(text: string): JobStatus | null {
  const words = new Set(text.split("|").map((part) => part.trim().toLowerCase()));
  return READING_ORDER.find((status) => words.has(status.toLowerCase())) ?? null;
}

/**
 * Closes a `switch`: the compiler asks for a case for each value that it knows, and one that it does not know, which a
 * later contract may add (NF-CHANGE-2), gets the answer that is given here.
 */
export function unforeseen<T>(_value: never, answer: T): T {
  return answer;
}
