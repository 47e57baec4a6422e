// The page of a signed-in author: masthead, banner, shelf, and the manuscript or the way to add one.
import { useJobs } from "@novelfoundry/client/react";
import { type DragEvent, lazy, Suspense, useCallback, useEffect, useRef } from "react";
import { Belongings } from "./account/belongings.tsx";
import { JobAnnouncer } from "./jobs/card.tsx";
import { newestJob } from "./jobs/newest.ts";
import { Add } from "./manuscripts/add.tsx";
import type { Intake } from "./manuscripts/intake.ts";
import { Shelf } from "./manuscripts/shelf.tsx";
import { Masthead } from "./masthead.tsx";
import { Banner } from "./notice/banner.tsx";
import { useNotifications } from "./notice/notify.ts";
import { useObserved } from "./observed.ts";
import { usePositionKept } from "./position.ts";
import { goTo, type Route, useRoute } from "./route.ts";
import { useService } from "./service.ts";

// A first visit is light: nobody waits for a manuscript's page before there is one.
const ManuscriptPage = lazy(() => import("./manuscripts/page.tsx"));

export function App() {
  const service = useService();
  const { feed, library, intake } = service;
  const page = useRef<HTMLElement>(null);
  const route = useRoute();
  const { jobs, connection, system } = useJobs(feed);
  const { shelf, error } = useObserved(library);
  const selected = "id" in route ? route.id : null;
  const job = selected === null ? null : newestJob(selected, jobs, null);

  // A refusal is about the file of that moment, not about the next visit.
  useEffect(() => {
    if (selected !== null) intake.dismiss();
  }, [selected, intake]);

  const forget = useCallback(
    (id: string) => {
      library.remove(id);
      goTo({ page: "add" });
    },
    [library],
  );

  // What had the focus, such as the button that deleted the manuscript, is gone with its page.
  const wasSelected = useRef(selected);
  useEffect(() => {
    if (wasSelected.current !== null && selected === null) page.current?.focus({ preventScroll: true });
    wasSelected.current = selected;
  }, [selected]);

  usePositionKept(selected === null);
  useNotifications(jobs);

  const isEmpty = shelf?.manuscripts.length === 0;
  return (
    <>
      <button type="button" className="skip" onClick={() => page.current?.focus()}>
        Skip to the page
      </button>
      <Masthead />
      <Banner connection={connection} system={system} />
      <div className={deskClass(route.page, isEmpty)} {...takeDrops(intake)}>
        {!isEmpty && <Shelf jobs={jobs} selected={selected} />}
        <main className="page" ref={page} tabIndex={-1}>
          {selected === null ? (
            (shelf || error) && <Add isFirst={isEmpty} />
          ) : (
            <Suspense fallback={<p className="loading soft">Opening the manuscript…</p>}>
              <ManuscriptPage
                key={selected}
                id={selected}
                chapter={route.page === "chapter" ? route : null}
                since={route.page === "comparison" ? route.before : null}
                jobs={jobs}
                onChanged={library.reload}
                onDeleted={forget}
              />
            </Suspense>
          )}
        </main>
      </div>
      {selected === null && shelf && !isEmpty && <Belongings onErased={library.reload} />}
      <JobAnnouncer job={job} />
    </>
  );
}

function deskClass(page: Route["page"], isEmpty: boolean): string {
  if (page === "chapter") return "desk chapter";
  if (page !== "add") return "desk reading";
  return isEmpty ? "desk empty" : "desk";
}

/** A file dropped beside the drop zone is taken too, instead of replacing the page. */
function takeDrops(intake: Intake) {
  return {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      const { files } = event.dataTransfer;
      const isTaken = event.isDefaultPrevented();
      event.preventDefault();
      if (isTaken || files.length === 0) return;
      goTo({ page: "add" });
      intake.sendFiles(files);
    },
  };
}
