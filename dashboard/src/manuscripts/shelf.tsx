// The list of the author's manuscripts, each with the state of its latest reading.
import type { FollowedJob, ManuscriptFieldsFragment } from "@novelfoundry/client";
import { useEffect, useRef, useState } from "react";
import { ago, counted } from "../format.ts";
import { newestJob } from "../jobs/newest.ts";
import { ProgressBar, StatusBadge } from "../jobs/status.tsx";
import { useObserved } from "../observed.ts";
import { hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import type { Library } from "./library.ts";
import "./shelf.css";

interface ShelfProps {
  readonly jobs: readonly FollowedJob[];
  readonly selected: string | null;
}

export function Shelf({ jobs, selected }: ShelfProps) {
  const { library } = useService();
  const { shelf, error } = useObserved(library);
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
  return (
    <nav className="shelf" aria-label="Your manuscripts">
      <div className="shelf-head">
        <h2>Manuscripts</h2>
        <span className="soft">{shelf.total}</span>
      </div>
      <a
        className="button add"
        href={hrefOf({ page: "add" })}
        aria-current={selected === null ? "page" : undefined}
      >
        Add a manuscript
      </a>
      <ul ref={list}>
        {shelf.manuscripts.map((manuscript) => (
          <ShelfItem
            key={manuscript.id}
            manuscript={manuscript}
            job={newestJob(manuscript.id, jobs, manuscript.latestJob)}
            isSelected={manuscript.id === selected}
          />
        ))}
      </ul>
      {shelf.next !== null && <ShowMore library={library} onAsked={markLast} />}
      {error !== null && <p className="message">{error}</p>}
    </nav>
  );
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

function ShelfItem({ manuscript: { id, title, wordCount, createdAt }, job, isSelected }: ShelfItemProps) {
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
