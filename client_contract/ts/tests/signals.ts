// What a test waits for.
import type { JobFeed, JobFeedSnapshot } from "../feed.ts";

/** Resolves at the first change after which the snapshot is as wanted. */
export function untilFeed(
  feed: JobFeed,
  wanted: (snapshot: JobFeedSnapshot) => boolean,
): Promise<JobFeedSnapshot> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(feed.getSnapshot())) return;
      stop();
      resolve(feed.getSnapshot());
    };
    const stop = feed.subscribe(look);
    look();
  });
}

/** Something that is opened once. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function makeGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
