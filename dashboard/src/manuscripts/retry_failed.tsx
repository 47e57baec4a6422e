// Tries everything again that failed and may do better on another try.
import { type FollowedJob, RetryJobsDocument } from "@novelfoundry/client";
import { useState } from "react";
import { messageOf } from "../error.ts";
import { count } from "../format.ts";
import { useService } from "../service.ts";

/** As many as one request may name. */
const AT_ONCE = 100;
/** One alone has its own button. */
const WORTH_A_BUTTON = 2;

export function RetryFailed({ jobs }: { readonly jobs: readonly (FollowedJob | null)[] }) {
  const { http, feed } = useService();
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const failed = jobs.flatMap((job) => (job?.status === "FAILED" && job.failure?.retryable ? [job.id] : []));

  const retrySome = async (ids: readonly string[]): Promise<string | null> => {
    const { retryJobs } = await http.execute(RetryJobsDocument, { input: { ids } });
    if (retryJobs.__typename !== "JobOutcomes") return "message" in retryJobs ? retryJobs.message : null;
    for (const { job } of retryJobs.outcomes) if (job) feed.accept(job);
    const refused = retryJobs.outcomes.find(({ refusal }) => refusal !== null)?.refusal;
    return refused ? `${count(retryJobs.refused)} could not be tried: ${refused.message}` : null;
  };
  const retry = async () => {
    setBusy(true);
    const refusals: string[] = [];
    for (let from = 0; from < failed.length; from += AT_ONCE) {
      const refusal = await retrySome(failed.slice(from, from + AT_ONCE)).catch(messageOf);
      if (refusal !== null) refusals.push(refusal);
    }
    setSaid(refusals.at(0) ?? null);
    setBusy(false);
  };
  if (failed.length < WORTH_A_BUTTON && said === null) return null;
  return (
    <div className="retry-failed">
      {failed.length >= WORTH_A_BUTTON && (
        <button type="button" className="button" disabled={isBusy} onClick={() => void retry()}>
          Try the {count(failed.length)} again
        </button>
      )}
      {said !== null && (
        <p className="message" role="alert">
          {said}
        </p>
      )}
    </div>
  );
}
