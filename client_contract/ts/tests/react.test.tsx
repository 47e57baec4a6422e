// The hooks in a page, over a real feed and a local server that does as the test tells it.
import "./page.ts";
import { act, type ReactNode, StrictMode, useEffect } from "react";
import { createRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Job } from "../board.ts";
import type { JobFeedSnapshot } from "../feed.ts";
import { JobFeed } from "../feed.ts";
import { useJobs, useManuscriptLock } from "../react.ts";
import { at, makeFrame, makeJob, makeOver } from "./jobs.ts";
import { FakeServer, type Listener } from "./server.ts";
import { untilFeed } from "./signals.ts";

let server: FakeServer;
let feed: JobFeed;
let root: Root;
let page: HTMLElement;

beforeEach(async () => {
  server = await FakeServer.start();
  feed = makeFeed();
  page = document.createElement("main");
  root = createRoot(page);
});

afterEach(async () => {
  await act(async () => root.unmount());
  feed.stop();
  await server.stop();
  vi.useRealTimers();
});

function makeFeed(): JobFeed {
  return new JobFeed({
    origin: server.origin,
    getToken: async () => "token",
    pace: { silence: 32_000, poll: 20, attemptsBeforePolling: 2 },
    random: () => 0,
  });
}

const Jobs = ({ of = feed }: { of?: JobFeed }) => {
  const { connection, jobs } = useJobs(of);
  return <p>{[connection, ...jobs.map(asText)].join(" · ")}</p>;
};

const asText = ({ id, status, version, isVoid }: JobFeedSnapshot["jobs"][number]) =>
  `${id} ${isVoid ? "void" : status} ${version}`;

const Lock = ({ on, rendered }: { on: string; rendered?: () => void }) => {
  const isLocked = useManuscriptLock(feed, on);
  rendered?.();
  return <p>{isLocked ? `${on} locked` : `${on} free`}</p>;
};

/** A page that follows as long as it is shown. */
const Following = () => {
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, []);
  return <Jobs />;
};

const show = (page: ReactNode) => act(async () => root.render(page));

/** Sends a frame, and waits until the page has heard and drawn it. */
function tell(listener: Listener, second: number, ...jobs: Job[]): Promise<void> {
  return act(async () => {
    listener.frame(makeFrame(second, ...jobs));
    await untilFeed(feed, ({ system }) => system?.asOf === at(second));
  });
}

/** Breaks the line, and lets no other one through. */
function cut(listener: Listener): Promise<void> {
  return act(async () => {
    server.blocksSockets = true;
    listener.cut();
    await untilFeed(feed, ({ connection }) => connection === "silent");
  });
}

/** How many listen to the feed from here on. */
function countListeners(): () => number {
  let listening = 0;
  const subscribe = feed.subscribe;
  vi.spyOn(feed, "subscribe").mockImplementation((listener) => {
    listening += 1;
    const stop = subscribe(listener);
    return () => {
      listening -= 1;
      stop();
    };
  });
  return () => listening;
}

describe("useJobs", () => {
  test("the first frame gives the jobs; before it, the page is connecting", async () => {
    feed.start();
    await show(<Jobs />);
    expect(page.textContent).toBe("connecting");

    await tell(await server.listener(), 0, makeJob({ id: "a" }), makeJob({ id: "b", queuedAt: at(5) }));

    expect(page.textContent).toBe("live · b QUEUED 1 · a QUEUED 1");
  });

  test("a newer version takes the place of an older one, and an older one that of none", async () => {
    feed.start();
    await show(<Jobs />);
    const listener = await server.listener();

    await tell(listener, 0, makeJob({ version: 2 }));
    await tell(listener, 1, makeOver({ version: 7, asOf: at(1) }));
    expect(page.textContent).toBe("live · job COMPLETED 7");
    await tell(listener, 2, makeJob({ version: 6, asOf: at(2) }));
    expect(page.textContent).toBe("live · job COMPLETED 7");
  });

  test("a page that comes late is told at once what the feed knows", async () => {
    feed.start();
    await tell(await server.listener(), 0, makeJob({}));

    await show(<Jobs />);

    expect(page.textContent).toBe("live · job QUEUED 1");
  });

  test("a line that is lost is told as silent, with what was known before", async () => {
    feed.start();
    await show(<Jobs />);
    const listener = await server.listener();
    await tell(listener, 0, makeJob({}));

    await cut(listener);

    expect(page.textContent).toBe("silent · job QUEUED 1");
  });

  test("a token that is refused twice is told as signed out", async () => {
    server.doorman = () => 4403;
    await show(<Jobs />);

    await act(async () => {
      feed.start();
      await untilFeed(feed, ({ connection }) => connection === "signedOut");
    });

    expect(page.textContent).toBe("signedOut");
  });

  test("components with one feed share its connection", async () => {
    const doorman = vi.fn(() => "welcome" as const);
    server.doorman = doorman;
    feed.start();
    await show([<Jobs key={1} />, <Jobs key={2} />]);

    await tell(await server.listener(), 0, makeJob({}));

    expect([...page.children].map((each) => each.textContent)).toEqual(Array(2).fill("live · job QUEUED 1"));
    expect(doorman).toHaveBeenCalledTimes(1);
  });

  test("components with two feeds share nothing, and one that is given another feed follows that", async () => {
    const other = makeFeed();
    feed.start();
    await tell(await server.listener(), 0, makeJob({}));
    await show([<Jobs key={1} />, <Jobs key={2} of={other} />]);
    expect([...page.children].map((each) => each.textContent)).toEqual(["live · job QUEUED 1", "stopped"]);

    await show([<Jobs key={1} of={other} />, <Jobs key={2} of={other} />]);
    await act(async () => other.accept(makeOver({})));

    expect([...page.children].map((each) => each.textContent)).toEqual(
      Array(2).fill("stopped · job COMPLETED 1"),
    );
  });

  test("a component that leaves listens no more, and the feed goes on for the others", async () => {
    const listening = countListeners();
    feed.start();
    await show([<Jobs key={1} />, <Jobs key={2} />]);
    const listener = await server.listener();
    await tell(listener, 0, makeJob({}));
    expect(listening()).toBe(2);

    await show([<Jobs key={1} />]);

    expect(listening()).toBe(1);
    await tell(listener, 1, makeOver({ version: 2 }));
    expect(page.textContent).toBe("live · job COMPLETED 2");
  });

  test("rendered on a server, it shows what the feed knows and listens to nothing", () => {
    const listening = countListeners();
    feed.accept(makeJob({}));

    expect(renderToString(<Jobs />)).toBe("<p>stopped · job QUEUED 1</p>");
    expect(listening()).toBe(0);
  });
});

describe("useManuscriptLock", () => {
  test("is true while a job holds that manuscript, and for no other", async () => {
    feed.start();
    await show([<Lock key={1} on="manuscript" />, <Lock key={2} on="another" />]);
    const listener = await server.listener();

    await tell(listener, 0, makeJob({}));
    expect(page.textContent).toBe("manuscript lockedanother free");
    await tell(listener, 1, makeOver({ version: 2 }));

    expect(page.textContent).toBe("manuscript freeanother free");
  });

  test("asked of another manuscript, it answers for that one at once", async () => {
    feed.accept(makeJob({}));
    await show(<Lock on="another" />);
    await show(<Lock on="manuscript" />);

    expect(page.textContent).toBe("manuscript locked");
  });

  test("renders again only when its answer changes", async () => {
    const rendered = vi.fn();
    feed.start();
    await show(<Lock on="manuscript" rendered={rendered} />);
    const listener = await server.listener();
    await tell(listener, 0, makeJob({}));
    rendered.mockClear();

    await tell(listener, 1);
    await tell(listener, 2, makeJob({ version: 2, asOf: at(2) }));
    expect(rendered).not.toHaveBeenCalled();
    await tell(listener, 3, makeOver({ version: 3 }));

    expect(rendered).toHaveBeenCalledTimes(1);
  });

  test("lets go at the deadline, with no server to say so", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    feed.start();
    await show([<Lock key={1} on="manuscript" />, <Jobs key={2} />]);
    const listener = await server.listener();
    await tell(listener, 0, makeJob({ deadlineAt: at(300) }));
    await cut(listener);

    act(() => vi.advanceTimersByTime(299_999));
    expect(page.textContent).toBe("manuscript lockedsilent · job QUEUED 1");
    act(() => vi.advanceTimersByTime(1));

    expect(page.textContent).toBe("manuscript freesilent · job void 1");
  });
});

describe("a page that starts the feed and stops it", () => {
  test.each([
    ["", <Following key="page" />],
    [
      "in StrictMode, which mounts it twice, ",
      <StrictMode key="page">
        <Following />
      </StrictMode>,
    ],
  ])("%sholds one line, and leaves neither line nor listener nor timer", async (_mode, following) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const doorman = vi.fn(() => "welcome" as const);
    server.doorman = doorman;
    const listening = countListeners();
    await show(following);
    const listener = await server.listener();
    await tell(listener, 0, makeOver({}));
    expect(page.textContent).toBe("live · job COMPLETED 1");
    expect(doorman).toHaveBeenCalledTimes(1);
    expect(listening()).toBe(1);

    const closed = listener.closed();
    await act(async () => root.unmount());

    await closed;
    expect(listening()).toBe(0);
    expect(feed.getSnapshot().connection).toBe("stopped");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves one timer while a lock holds, which ends with the lock", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    await show(<Following />);
    const listener = await server.listener();
    await tell(listener, 0, makeJob({ deadlineAt: at(300) }));
    const closed = listener.closed();
    await act(async () => root.unmount());
    await closed;
    expect(vi.getTimerCount()).toBe(1);

    vi.advanceTimersByTime(300_000);

    expect(vi.getTimerCount()).toBe(0);
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
  });
});
