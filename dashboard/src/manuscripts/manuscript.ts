// One manuscript with its report and the readings it had.
import {
  type FollowedJob,
  type HttpClient,
  type JobFeed,
  ManuscriptDocument,
  type ManuscriptQuery,
} from "@novelfoundry/client";
import { useCallback, useEffect, useState } from "react";
import { isNews } from "../jobs/newest.ts";
import { messageOf } from "../service.ts";

export type ManuscriptDetail = NonNullable<ManuscriptQuery["manuscript"]>;
export type Reading = ManuscriptDetail["jobs"][number];
export type Report = NonNullable<ManuscriptDetail["latestReport"]>;

export type Loaded =
  | { readonly state: "loading" }
  | { readonly state: "missing" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "ready"; readonly manuscript: ManuscriptDetail };

export interface ManuscriptView {
  readonly loaded: Loaded;
  reload(): Promise<void>;
}

/** Reads the manuscript, and again when a reading of it has ended since; shows the old until the new is there. */
export function useManuscript(
  http: HttpClient,
  feed: JobFeed,
  id: string,
  job: FollowedJob | null,
): ManuscriptView {
  const [held, setHeld] = useState<{ readonly id: string; readonly loaded: Loaded } | null>(null);

  const read = useCallback(
    async (signal?: AbortSignal) => {
      const loaded = await readManuscript(http, id, signal);
      if (signal?.aborted) return;
      if (loaded.state === "ready") acceptActive(feed, loaded.manuscript);
      setHeld((before) =>
        loaded.state === "failed" && before?.id === id && before.loaded.state === "ready"
          ? before
          : { id, loaded },
      );
    },
    [http, feed, id],
  );

  const loaded: Loaded = held?.id === id ? held.loaded : { state: "loading" };
  const isOld = loaded.state === "ready" && job !== null && hasEndedSince(loaded.manuscript, job);

  useEffect(() => {
    const controller = new AbortController();
    void read(controller.signal);
    return () => controller.abort();
  }, [read]);

  useEffect(() => {
    if (isOld) void read();
  }, [read, isOld]);

  const reload = useCallback(() => read(), [read]);
  return { loaded, reload };
}

function hasEndedSince({ latestJob }: ManuscriptDetail, job: FollowedJob): boolean {
  return job.isTerminal && isNews(latestJob, job);
}

async function readManuscript(http: HttpClient, id: string, signal?: AbortSignal): Promise<Loaded> {
  try {
    const { manuscript } = await http.execute(ManuscriptDocument, { id }, signal);
    return manuscript === null ? { state: "missing" } : { state: "ready", manuscript };
  } catch (error) {
    return { state: "failed", message: messageOf(error) };
  }
}

function acceptActive(feed: JobFeed, { latestJob }: ManuscriptDetail): void {
  if (latestJob && !latestJob.isTerminal) feed.accept(latestJob);
}
