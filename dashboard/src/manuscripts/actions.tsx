// What an author can do with a manuscript: have it analysed, stop that, try again, delete it.
import {
  CancelJobDocument,
  DeleteManuscriptDocument,
  type FollowedJob,
  type Job,
  type RefusalFieldsFragment,
  RetryJobDocument,
  refusalAction,
  StartAnalysisDocument,
} from "@novelfoundry/client";
import { useState } from "react";
import { Confirm } from "../dialog.tsx";
import { messageOf } from "../error.ts";
import { useService } from "../service.ts";
import type { ManuscriptDetail } from "./manuscript.ts";
import { Rename } from "./rename.tsx";

interface ManuscriptActionsProps {
  readonly manuscript: ManuscriptDetail;
  readonly job: FollowedJob | null;
  readonly isLocked: boolean;
  readonly onChanged: () => void;
  readonly onDeleted: () => void;
}

type JobAnswer =
  | ({ readonly __typename: "Job" } & Job)
  | ({ readonly __typename: "Refusal" } & RefusalFieldsFragment);

export function ManuscriptActions({
  manuscript,
  job,
  isLocked,
  onChanged,
  onDeleted,
}: ManuscriptActionsProps) {
  const { http, feed } = useService();
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const attempt = async (act: () => Promise<string | null>) => {
    setBusy(true);
    setError(await act().catch(messageOf));
    setBusy(false);
  };
  const yieldTo = ({ code, message }: RefusalFieldsFragment): string => {
    const action = refusalAction(code);
    if (action === "forget") onDeleted();
    if (action === "refresh") onChanged();
    return message;
  };
  const settle = (answer: JobAnswer): string | null => {
    if (answer.__typename === "Refusal") return yieldTo(answer);
    onChanged();
    // An answer of a kind that a later contract added: what it has changed will be read.
    if (answer.__typename === "Job") feed.accept(answer);
    return null;
  };
  const start = () =>
    attempt(async () =>
      settle((await http.execute(StartAnalysisDocument, { manuscriptId: manuscript.id })).startAnalysis),
    );
  const cancel = (id: string) =>
    attempt(async () => settle((await http.execute(CancelJobDocument, { id })).cancelJob));
  const retry = (id: string) =>
    attempt(async () => settle((await http.execute(RetryJobDocument, { id })).retryJob));
  const remove = () =>
    attempt(async () => {
      const { deleteManuscript } = await http.execute(DeleteManuscriptDocument, { id: manuscript.id });
      if (deleteManuscript.__typename === "Refusal") return yieldTo(deleteManuscript);
      onDeleted();
      return null;
    });

  const canRetry =
    job !== null &&
    (job.status === "CANCELLED" || (job.status === "FAILED" && job.failure?.retryable === true));
  const mayStart = job === null || job.isVoid || (job.isTerminal && !canRetry && job.status !== "FAILED");
  const canStart = !isLocked && mayStart;
  return (
    <div className="actions no-print">
      {isLocked && job && (
        <button type="button" className="button" disabled={isBusy} onClick={() => void cancel(job.id)}>
          Stop
        </button>
      )}
      {!isLocked && canRetry && (
        <button type="button" className="button primary" disabled={isBusy} onClick={() => void retry(job.id)}>
          Try again
        </button>
      )}
      {canStart && (
        <button
          type="button"
          className={job === null ? "button primary" : "button"}
          disabled={isBusy}
          onClick={() => void start()}
        >
          {manuscript.latestReport === null ? "Analyse it" : "Analyse it again"}
        </button>
      )}
      <button type="button" className="button quiet" onClick={() => setRenaming(true)}>
        Rename…
      </button>
      <button type="button" className="button quiet" onClick={() => setAsking(true)}>
        Delete…
      </button>
      {isRenaming && (
        <Rename
          id={manuscript.id}
          title={manuscript.title}
          onChanged={onChanged}
          onDone={() => setRenaming(false)}
        />
      )}
      {error !== null && (
        <p className="message" role="alert">
          {error}
        </p>
      )}
      {isAsking && (
        <Confirm
          title={`Delete “${manuscript.title}”?`}
          confirmLabel="Delete it"
          isBusy={isBusy}
          onConfirm={() => void remove().then(() => setAsking(false))}
          onClose={() => setAsking(false)}
        >
          <p>
            The manuscript and its reports are removed from this service for good.
            {isLocked && " The analysis under way is stopped first."}
          </p>
        </Confirm>
      )}
    </div>
  );
}
