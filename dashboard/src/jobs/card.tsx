// A job that goes on, or how it ended without a report.
import type { FollowedJob } from "@novelfoundry/client";
import { percent } from "../format.ts";
import { NotifyButton } from "../notice/notify_button.tsx";
import { announcement, describe } from "./describe.ts";
import { ProgressBar, StatusBadge } from "./status.tsx";
import { useTiming } from "./timing.ts";
import "./card.css";

export function JobCard({ job }: { readonly job: FollowedJob }) {
  const { headline, detail, remedy } = describe(job);
  const time = useTiming(job);
  const isWorking = !job.isVoid && (job.status === "RUNNING" || job.status === "RUNNING_INITIALIZING");
  return (
    <section className="job-card card" aria-label="Analysis">
      <div className="job-head">
        <h2>{headline}</h2>
        <StatusBadge job={job} />
      </div>
      {isWorking && (
        <div className="job-progress">
          <ProgressBar share={job.progress} label={job.stage ?? headline} />
          <span className="soft" aria-hidden="true">
            {job.progress === null ? "" : percent(job.progress)}
          </span>
        </div>
      )}
      {detail !== null && <p>{detail}</p>}
      {time !== "" && <p className="soft">{time}</p>}
      {remedy !== null && <p className="soft">{remedy}</p>}
      {!job.isTerminal && !job.isVoid && <NotifyButton />}
    </section>
  );
}

/** Says the job's state to a screen reader. Stands on the page from the start, or its first words would not be heard. */
export function JobAnnouncer({ job }: { readonly job: FollowedJob | null }) {
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {job === null ? "" : announcement(job)}
    </p>
  );
}
