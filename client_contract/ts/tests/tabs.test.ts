// Feeds that share one line, as the tabs of a browser do, over real locks and channels. Needs a runtime that has both.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connection, JobFeedOptions, JobFeedSnapshot } from "../feed.ts";
import { JobFeed } from "../feed.ts";
import { at, makeFrame, makeJob, makeOver } from "./jobs.ts";
import { FakeServer } from "./server.ts";
import { makeGate, untilFeed } from "./signals.ts";

describe.skipIf(!("locks" in navigator))("tabs of one author", () => {
  let server: FakeServer;
  let tabs: JobFeed[];
  let author = 0;

  beforeEach(async () => {
    server = await FakeServer.start();
    tabs = [];
    author += 1;
  });

  afterEach(async () => {
    for (const tab of tabs) tab.stop();
    await server.stop();
  });

  function open(options: Partial<JobFeedOptions> = {}): JobFeed {
    const tab = new JobFeed({
      origin: server.origin,
      getToken: async () => "token",
      share: `author ${author}`,
      // Nobody doubts a leader but where a test says so.
      pace: { firstFrame: 60_000, silence: 60_000 },
      random: () => 0,
      ...options,
    });
    tabs.push(tab);
    tab.start();
    return tab;
  }

  const until = (tab: JobFeed, connection: Connection, wanted = (_: JobFeedSnapshot) => true) =>
    untilFeed(tab, (snapshot) => snapshot.connection === connection && wanted(snapshot));
  const knows = (version: number) => (snapshot: JobFeedSnapshot) =>
    snapshot.jobs.some((job) => job.version === version);

  test("share one socket, and one that comes late is told the present by the others", async () => {
    const first = open();
    const line = await server.listener();
    line.frame(makeFrame(0, makeJob({ version: 1 })));
    await until(first, "live");

    const second = open();
    expect((await until(second, "live")).isLocked("manuscript")).toBe(true);
    line.frame(makeFrame(1, makeOver({ version: 2, asOf: at(1) })));
    await until(second, "live", knows(2));

    expect(second.getSnapshot().isLocked("manuscript")).toBe(false);
    expect(server.sockets).toBe(1);
  });

  test("when the one that holds the line goes, the next one takes its place", async () => {
    const first = open();
    (await server.listener()).frame(makeFrame(0, makeJob({})));
    await until(first, "live");
    const second = open();
    await until(second, "live");

    first.stop();
    (await server.listener()).frame(makeFrame(5, makeOver({ version: 7, asOf: at(5) })));

    await until(second, "live", knows(7));
  });

  test("one that holds the line and says nothing is given up", async () => {
    const asked = makeGate();
    const silence = new Promise<string>(() => {});
    open({
      getToken: () => {
        asked.open();
        return silence;
      },
    });
    await asked.opened;
    // It holds the place, and its answer to a hello is that it has heard nothing: from then on it owes a word.
    const second = open({ pace: { firstFrame: 20, silence: 20 } });

    (await server.listener()).frame(makeFrame(0, makeJob({ version: 3 })));

    await until(second, "live", knows(3));
  });

  test("of two authors tell each other nothing", async () => {
    const first = open();
    const other = open({ share: `another author ${author}` });
    const lines = [await server.listener(), await server.listener()];
    lines[0]?.frame(makeFrame(0, makeJob({ version: 1 })));
    lines[1]?.frame(makeFrame(0));

    await Promise.all([until(first, "live"), until(other, "live")]);

    expect(first.getSnapshot().jobs.length + other.getSnapshot().jobs.length).toBe(1);
  });

  test("a lock that was heard of from another tab ends as early as it does there", async () => {
    const first = open();
    const now = performance.now();
    (await server.listener()).frame(makeFrame(0, makeJob({ deadlineAt: at(0.5) })));
    await until(first, "live");
    await untilFeed(first, ({ jobs }) => jobs[0]?.isVoid === true);
    expect(performance.now() - now).toBeGreaterThan(490);

    const late = open();
    const { jobs } = await until(late, "live");

    expect(jobs[0]?.isVoid).toBe(true);
  });

  test("woken from any tab, the line is made anew", async () => {
    const first = open();
    (await server.listener()).frame(makeFrame(0));
    await until(first, "live");
    const second = open();
    await until(second, "live");

    second.wake();
    (await server.listener()).frame(makeFrame(1, makeJob({ version: 4 })));

    await until(second, "live", knows(4));
  });
});
