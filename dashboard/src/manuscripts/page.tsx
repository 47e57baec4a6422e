// One manuscript: its analysis as it goes on, then its report.
import type { FollowedJob } from "@novelfoundry/client";
import { useManuscriptLock } from "@novelfoundry/client/react";
import { lazy, Suspense, useEffect, useRef } from "react";
import { counted, moment } from "../format.ts";
import { JobCard } from "../jobs/card.tsx";
import { durationOf, History } from "../jobs/history.tsx";
import { newestJob } from "../jobs/newest.ts";
import { usePositionKept } from "../position.ts";
import { type ChapterRoute, hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import { useTitle } from "../title.ts";
import { ManuscriptActions } from "./actions.tsx";
import { type ManuscriptDetail, useManuscript } from "./manuscript.ts";
import "./page.css";

// The report brings the charts along: nobody waits for them before there is one.
const ReportView = lazy(() => import("../report/report.tsx"));
const ReadingRoom = lazy(() => import("../reading/room.tsx"));
const Drafts = lazy(() => import("../works/drafts.tsx"));
const ComparisonPage = lazy(() => import("../works/comparison.tsx"));

interface ManuscriptPageProps {
  readonly id: string;
  /** The chapter that is read; null: the report is. */
  readonly chapter: ChapterRoute | null;
  /** The earlier draft that it is compared with; null: it is not. */
  readonly since: string | null;
  readonly jobs: readonly FollowedJob[];
  /** Called when the list of manuscripts is no longer right. */
  readonly onChanged: () => void;
  readonly onDeleted: (id: string) => void;
}

export default function ManuscriptPage({
  id,
  chapter,
  since,
  jobs,
  onChanged,
  onDeleted,
}: ManuscriptPageProps) {
  const { http, feed } = useService();
  const { loaded, reload } = useManuscript(http, feed, id);
  switch (loaded.state) {
    case "loading":
      return <p className="loading soft">Opening the manuscript…</p>;
    case "missing":
      return <Missing title={loaded.title} />;
    case "failed":
      return <Failed message={loaded.message} onRetry={reload} />;
    default:
      return (
        <Opened
          chapter={chapter}
          since={since}
          manuscript={loaded.manuscript}
          job={newestJob(id, jobs, loaded.manuscript.latestJob)}
          onChanged={() => {
            onChanged();
            reload();
          }}
          onDeleted={onDeleted}
        />
      );
  }
}

interface ReadyProps {
  readonly manuscript: ManuscriptDetail;
  readonly job: FollowedJob | null;
  readonly onChanged: () => void;
  readonly onDeleted: (id: string) => void;
}

interface OpenedProps extends ReadyProps {
  readonly chapter: ChapterRoute | null;
  readonly since: string | null;
}

/** The report, or what lies over it: whoever comes back from there finds the report as she left it. */
function Opened({ chapter, since, ...ready }: OpenedProps) {
  const { id, title, latestReport: report } = ready.manuscript;
  const isReading = chapter !== null && report !== null;
  const isCovered = isReading || since !== null;
  const wasShown = useRef(false);
  if (!isCovered) wasShown.current = true;
  usePositionKept(!isCovered);
  return (
    <>
      {wasShown.current && (
        <div hidden={isCovered}>
          <Ready {...ready} />
        </div>
      )}
      {isReading && (
        <Suspense fallback={<p className="loading soft">Opening the chapter…</p>}>
          <ReadingRoom title={title} report={report} route={chapter} />
        </Suspense>
      )}
      {since !== null && (
        <Suspense fallback={<p className="loading soft">Comparing the drafts…</p>}>
          <ComparisonPage before={since} after={id} title={title} />
        </Suspense>
      )}
    </>
  );
}

function Ready({ manuscript, job, onChanged, onDeleted }: ReadyProps) {
  const { feed } = useService();
  const isLocked = useManuscriptLock(feed, manuscript.id);
  const report = manuscript.latestReport;
  useTitle(manuscript.title);
  return (
    <article className="manuscript">
      <Head manuscript={manuscript} />
      <ManuscriptActions
        manuscript={manuscript}
        job={job}
        isLocked={isLocked}
        onChanged={onChanged}
        onDeleted={() => onDeleted(manuscript.id)}
      />
      {job === null && report === null && (
        <p className="soft">There is no report yet. An analysis takes a few seconds.</p>
      )}
      {job && (report === null || job.status !== "COMPLETED") && <JobCard job={job} />}
      {report && (
        <Suspense fallback={<p className="loading soft">Opening the report…</p>}>
          <ReportView
            manuscript={manuscript.id}
            title={manuscript.title}
            report={report}
            took={tookOf(manuscript)}
          />
        </Suspense>
      )}
      <Suspense>
        <Drafts
          id={manuscript.id}
          title={manuscript.title}
          isAnalysed={report !== null}
          onChanged={onChanged}
        />
      </Suspense>
      <History jobs={manuscript.jobs} />
    </article>
  );
}

/** How long the newest completed job ran: the report is its. */
function tookOf({ jobs }: ManuscriptDetail): string | null {
  const completed = jobs.find(({ status }) => status === "COMPLETED");
  return completed === undefined ? null : durationOf(completed);
}

function Head({
  manuscript: { id, title, filename, wordCount, createdAt },
}: {
  readonly manuscript: ManuscriptDetail;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another manuscript is another page, and focus goes to its start.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [id]);
  const words = wordCount === null ? null : counted(wordCount, "word");
  return (
    <header className="manuscript-head">
      <a className="back no-print" href={hrefOf({ page: "add" })}>
        ← All manuscripts
      </a>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p className="soft">{[filename, words, `added ${moment(createdAt)}`].filter(Boolean).join(" · ")}</p>
    </header>
  );
}

function Missing({ title }: { readonly title: string | null }) {
  return (
    <div className="manuscript" role={title === null ? undefined : "alert"}>
      <h1>{title === null ? "This manuscript is not here" : `“${title}” was deleted`}</h1>
      <p className="soft">
        {title === null
          ? "It was deleted, or the address is not complete."
          : "It is gone with its reports. That was done in another window, or by another device of yours."}
      </p>
      <p>
        <a href={hrefOf({ page: "add" })}>Go to your manuscripts</a>
      </p>
    </div>
  );
}

function Failed({ message, onRetry }: { readonly message: string; readonly onRetry: () => void }) {
  return (
    <div className="manuscript" role="alert">
      <p className="message">{message}</p>
      <p>
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </p>
    </div>
  );
}
