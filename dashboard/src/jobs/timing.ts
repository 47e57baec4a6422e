// How long a job has been running, and about how long is left.
import { type FollowedJob, unforeseen } from "@novelfoundry/client";
import { useEffect, useMemo, useState } from "react";
import { roughly } from "../format.ts";

/** Milliseconds before which nothing is said: most analyses of a chapter are over by then. A guess. */
const WORTH_SAYING = 3_000;
/** Below this share the file is being opened and split, which says little about the rest: seen on novels of 250,000 words. */
const ENOUGH_TO_TELL = 0.2;
const SECOND = 1_000;

type Timed = Pick<FollowedJob, "status" | "isVoid" | "queuedAt" | "startedAt" | "progress">;

/** The sentence for the author; empty when there is nothing to say. `now` is the server's, in milliseconds since the epoch. */
export function timing({ status, isVoid, queuedAt, startedAt, progress }: Timed, now: number): string {
  if (isVoid) return "";
  switch (status) {
    case "QUEUED":
      return said(now - Date.parse(queuedAt), (elapsed) => `Waiting for ${roughly(elapsed)}.`);
    case "RUNNING_INITIALIZING":
    case "RUNNING":
      return said(now - Date.parse(startedAt ?? queuedAt), (elapsed) => underWay(elapsed, progress ?? 0));
    case "COMPLETED":
    case "FAILED":
    case "CANCELLED":
      return "";
    default:
      return unforeseen(status, "");
  }
}

function said(elapsed: number, sentence: (elapsed: number) => string): string {
  return elapsed < WORTH_SAYING ? "" : sentence(elapsed);
}

function underWay(elapsed: number, share: number): string {
  const sofar = `${roughly(elapsed)} so far`;
  if (share < ENOUGH_TO_TELL || share >= 1) return `${sofar}.`;
  const rest = (elapsed * (1 - share)) / share;
  return rest < 5 * SECOND ? `${sofar}, a few seconds to go.` : `${sofar}, about ${roughly(rest)} to go.`;
}

/** The sentence of `timing`, said anew each second, on the server's clock as far as the job tells it. */
export function useTiming(job: FollowedJob): string {
  const [now, setNow] = useState(() => performance.now());
  const { asOf, isTerminal } = job;
  const seenAt = useMemo(() => ({ asOf, at: performance.now() }), [asOf]);

  useEffect(() => {
    if (isTerminal) return;
    const timer = setInterval(() => setNow(performance.now()), SECOND);
    return () => clearInterval(timer);
  }, [isTerminal]);

  return timing(job, Date.parse(seenAt.asOf) + Math.max(0, now - seenAt.at));
}
