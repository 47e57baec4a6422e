// The list of the author's manuscripts, each with the state of its latest job.
import type { FollowedJob, ManuscriptFieldsFragment } from "@novelfoundry/client";
import { memo, useEffect, useRef, useState } from "react";
import { ago, count, counted } from "../format.ts";
import { newestJob } from "../jobs/newest.ts";
import { ProgressBar, StatusBadge } from "../jobs/status.tsx";
import { useObserved } from "../observed.ts";
import { hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import type { Library } from "./library.ts";
import { RetryFailed } from "./retry_failed.tsx";
import type { ShelfState } from "./shelf_state.ts";
import { ShelfTools } from "./shelf_tools.tsx";
import { isPlain, PLAIN_VIEW, type ShelfView, viewed } from "./shelf_view.ts";
import "./shelf.css";

interface ShelfProps {
  readonly jobs: readonly FollowedJob[];
  readonly selected: string | null;
}

/** From so many manuscripts on, looking for one takes longer than asking for it. */
const WORTH_SEARCHING = 10;

export function Shelf({ jobs, selected }: ShelfProps) {
  const { library } = useService();
  const { shelf, error, deleted } = useObserved(library);
  const [view, setView] = useState(PLAIN_VIEW);
  const list = useRef<HTMLUListElement>(null);
  const lastSeen = useRef<string | null>(null);

  // Whoever asked for more by keyboard goes on with the first of it: the button may be gone.
  useEffect(() => {
    const last = shelf?.manuscripts.findIndex(({ id }) => id === lastSeen.current) ?? -1;
    const next = last === -1 ? null : list.current?.children[last + 1]?.querySelector("a");
    if (next) next.focus();
    if (next || error !== null) lastSeen.current = null;
  }, [shelf, error]);

  if (shelf === null) return error === null ? null : <LoadingFailed error={error} onRetry={library.reload} />;
  const markLast = () => {
    lastSeen.current = shelf.manuscripts.at(-1)?.id ?? null;
  };
  const look = (next: ShelfView) => {
    if (!isPlain(next)) library.loadAll();
    setView(next);
  };
  const lines = shelf.manuscripts.map((manuscript) => ({
    manuscript,
    job: newestJob(manuscript.id, jobs, manuscript.latestJob),
  }));
  const shown = viewed(lines, view);
  return (
    <nav className="shelf" aria-label="Your manuscripts">
      <div className="shelf-head">
        <h2>Manuscripts</h2>
        <span className="soft">{count(shelf.total)}</span>
      </div>
      <a
        className="button add"
        href={hrefOf({ page: "add" })}
        aria-current={selected === null ? "page" : undefined}
      >
        Add a manuscript
      </a>
      {shelf.total >= WORTH_SEARCHING && <ShelfTools view={view} onView={look} />}
      <p className={isPlain(view) ? "visually-hidden" : "soft small"} role="status">
        {isPlain(view) ? "" : found(shown.length, shelf)}
      </p>
      <RetryFailed jobs={lines.map(({ job }) => job)} />
      <p className="soft small" role="status">
        {deleted === null ? "" : `“${deleted}” was deleted.`}
      </p>
      <ul ref={list}>
        {shown.map(({ manuscript, job }) => (
          <ShelfItem
            key={manuscript.id}
            manuscript={manuscript}
            job={job}
            isSelected={manuscript.id === selected}
          />
        ))}
      </ul>
      {shelf.next !== null && isPlain(view) && <ShowMore library={library} onAsked={markLast} />}
      {error !== null && <p className="message">{error}</p>}
    </nav>
  );
}

function found(shown: number, { manuscripts, total, next }: ShelfState): string {
  if (next !== null) return `Looking through ${count(manuscripts.length)} of ${count(total)}…`;
  return shown === 0 ? "None of your manuscripts is like that." : `${count(shown)} of ${count(total)}`;
}

function LoadingFailed({ error, onRetry }: { readonly error: string; readonly onRetry: () => void }) {
  return (
    <div className="shelf" role="alert">
      <p className="message">{error}</p>
      <button type="button" className="button" onClick={onRetry}>
        Load the manuscripts again
      </button>
    </div>
  );
}

interface ShelfItemProps {
  readonly manuscript: ManuscriptFieldsFragment;
  readonly job: FollowedJob | null;
  readonly isSelected: boolean;
}

const ShelfItem = memo(function ShelfItem({ manuscript, job, isSelected }: ShelfItemProps) {
  const { id, title, wordCount, createdAt } = manuscript;
  const words = wordCount === null ? null : counted(wordCount, "word");
  return (
    <li>
      <a href={hrefOf({ page: "manuscript", id })} aria-current={isSelected ? "page" : undefined}>
        <span className="shelf-title">{title}</span>
        <span className="shelf-meta soft">
          {[words, ago(createdAt, Date.now())].filter(Boolean).join(" · ")}
        </span>
        {job && job.status !== "COMPLETED" && <StatusBadge job={job} />}
        {job?.status === "RUNNING" && !job.isVoid && (
          <ProgressBar share={job.progress} label={`Progress of ${title}`} />
        )}
      </a>
    </li>
  );
}, isSameLine);

/** Whether two thousand lines need not be drawn again because one job went on. */
function isSameLine(before: ShelfItemProps, after: ShelfItemProps): boolean {
  return (
    before.manuscript === after.manuscript &&
    before.isSelected === after.isSelected &&
    before.job?.id === after.job?.id &&
    before.job?.version === after.job?.version &&
    before.job?.isVoid === after.job?.isVoid
  );
}

interface ShowMoreProps {
  readonly library: Library;
  readonly onAsked: () => void;
}

function ShowMore({ library, onAsked }: ShowMoreProps) {
  const [isBusy, setBusy] = useState(false);
  const loadMore = async () => {
    onAsked();
    setBusy(true);
    await library.loadMore();
    setBusy(false);
  };
  return (
    <button type="button" className="button more" disabled={isBusy} onClick={() => void loadMore()}>
      {isBusy ? "Loading…" : "Show more"}
    </button>
  );
}
