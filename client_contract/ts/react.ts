// React's view of a JobFeed. The feed lives outside React: make it once, start it, hand it to the hooks.
import { useSyncExternalStore } from "react";
import type { JobFeed, JobFeedSnapshot } from "./feed.ts";

/** What the feed knows now; renders again with each change. */
export function useJobs(feed: JobFeed): JobFeedSnapshot {
  return useSyncExternalStore(feed.subscribe, feed.getSnapshot, feed.getSnapshot);
}

/** Whether a job locks the manuscript; renders again only when that answer changes. */
export function useManuscriptLock(feed: JobFeed, manuscriptId: string): boolean {
  const isLocked = () => feed.getSnapshot().isLocked(manuscriptId);
  return useSyncExternalStore(feed.subscribe, isLocked, isLocked);
}
