// The small signs of a job's state: a badge with a word, a bar with a share.
import type { FollowedJob } from "@novelfoundry/client";
import { statusWord, toneOf } from "./describe.ts";
import "./status.css";

export function StatusBadge({ job }: { readonly job: FollowedJob }) {
  return <span className={`badge ${toneOf(job)}`}>{job.isVoid ? "Lost touch" : statusWord(job.status)}</span>;
}

interface ProgressBarProps {
  /** 0 to 1; null when work is going on and nobody knows how far it is. */
  readonly share: number | null;
  readonly label: string;
}

export function ProgressBar({ share, label }: ProgressBarProps) {
  if (share === null) {
    return (
      <div className="bar unknown" role="progressbar" aria-label={label}>
        <span />
      </div>
    );
  }
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ inlineSize: `${percent}%` }} />
    </div>
  );
}
