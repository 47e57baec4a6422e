// The job feed against a real local server that misbehaves on command.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Connection, JobFeedOptions, JobFeedSnapshot } from "../feed.ts";
import { JobFeed } from "../feed.ts";
import { at, makeFrame, makeJob, makeOver, makeSystem } from "./jobs.ts";
import { FakeServer } from "./server.ts";
import { untilFeed } from "./signals.ts";

const QUICK = { silence: 5_000, poll: 20, attemptsBeforePolling: 2 };

let server: FakeServer;
let feed: JobFeed;

beforeEach(async () => {
  server = await FakeServer.start();
});

afterEach(async () => {
  feed.stop();
  await server.stop();
  vi.useRealTimers();
});

function follow(options: Partial<JobFeedOptions> = {}): JobFeed {
  feed = new JobFeed({
    origin: server.origin,
    getToken: async () => "token",
    pace: QUICK,
    random: () => 0,
    ...options,
  });
  feed.start();
  return feed;
}

const until = (wanted: (snapshot: JobFeedSnapshot) => boolean) => untilFeed(feed, wanted);
const untilIs = (connection: Connection) => until((snapshot) => snapshot.connection === connection);
const untilVersion = (version: number) => until(({ jobs }) => jobs.some((job) => job.version === version));

describe("what it shows", () => {
  test("before the first frame it is connecting and locks nothing", async () => {
    follow();

    expect(feed.getSnapshot()).toMatchObject({ connection: "connecting", jobs: [], system: null });
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
  });

  test("the first frame is the present", async () => {
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({ id: "a" }), makeJob({ id: "b", queuedAt: at(5) })));

    const { jobs, system } = await untilIs("live");

    expect(jobs.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(system).toEqual(makeSystem(at(0)));
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(true);
  });

  test("the snapshot is the same object until something changes", async () => {
    follow();
    const before = feed.getSnapshot();
    expect(feed.getSnapshot()).toBe(before);

    (await server.listener()).frame(makeFrame(0));
    await untilIs("live");

    expect(feed.getSnapshot()).not.toBe(before);
  });

  test("an older version never replaces a newer one", async () => {
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeOver({ version: 7 })));
    listener.frame(makeFrame(1, makeJob({ version: 6 })));
    listener.frame(makeFrame(2, makeJob({ id: "other", version: 1 })));

    const { jobs } = await until((snapshot) => snapshot.jobs.length === 2);

    expect(jobs.find(({ id }) => id === "job")).toMatchObject({ version: 7, status: "COMPLETED" });
  });

  test("the same version read later shows what has changed around the job", async () => {
    follow();
    const listener = await server.listener();
    const waiting = (position: number) =>
      ({ reason: "WORKERS_BUSY", message: "It waits.", position, expectedStartAt: null }) as const;
    listener.frame(makeFrame(0, makeJob({ waiting: waiting(2) })));
    listener.frame(makeFrame(5, makeJob({ waiting: waiting(1), asOf: at(5) })));

    const { jobs } = await until(({ system }) => system?.asOf === at(5));

    expect(jobs[0]?.waiting?.position).toBe(1);
  });

  test("it goes on listening after the first job has ended", async () => {
    follow();
    const listener = await server.listener();
    const other = { id: "other", manuscript: { id: "other", title: "Persuasion" } };
    listener.frame(makeFrame(0, makeJob({}), makeJob(other)));
    listener.frame(makeFrame(1, makeOver({ version: 2, asOf: at(1) })));
    listener.frame(makeFrame(2, makeOver({ ...other, version: 9, asOf: at(2) })));

    const { jobs } = await untilVersion(9);

    expect(jobs.every(({ isTerminal }) => isTerminal)).toBe(true);
  });

  test("a job that went with its manuscript is gone", async () => {
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({})));
    listener.frame({ ...makeFrame(1), removed: ["job"] });

    const { jobs } = await until(({ system }) => system?.asOf === at(1));

    expect(jobs).toEqual([]);
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
  });

  test("a mutation's answer is shown at once, and not again when the feed knows newer", async () => {
    follow();
    const listener = await server.listener();
    feed.accept(makeJob({ version: 1 }));
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(true);

    listener.frame(makeFrame(0, makeOver({ version: 3 })));
    await untilVersion(3);
    feed.accept(makeJob({ version: 2 }));

    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
  });
});

describe("the lock with a dead connection", () => {
  test("ends at the deadline by the client's own timer, and says so to the listeners", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({ deadlineAt: at(300) })));
    await untilIs("live");
    server.blocksSockets = true;
    listener.cut();
    await untilIs("silent");
    const changes = vi.fn();
    feed.subscribe(changes);

    vi.advanceTimersByTime(299_000);
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(true);
    changes.mockClear();
    vi.advanceTimersByTime(1_000);

    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
    expect(feed.getSnapshot().jobs[0]).toMatchObject({ status: "QUEUED", isVoid: true });
    expect(changes).toHaveBeenCalled();
  });

  test("a silent line is given up and sought again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    follow();
    const first = await server.listener();
    const closed = first.closed();
    first.frame(makeFrame(0, makeJob({})));
    await untilIs("live");

    vi.advanceTimersByTime(QUICK.silence);
    await untilIs("silent");
    feed.wake();

    (await server.listener()).frame(makeFrame(9, makeOver({ version: 4, asOf: at(9) })));
    await untilVersion(4);
    await closed;
  });

  test("frames without jobs are signs of life", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    follow({ pace: { silence: 32_000 } });
    const listener = await server.listener();
    for (const second of [0, 15, 30, 45]) {
      listener.frame(makeFrame(second));
      await until(({ system }) => system?.asOf === at(second));
      vi.advanceTimersByTime(15_000);
    }

    expect(feed.getSnapshot().connection).toBe("live");
    vi.advanceTimersByTime(17_000);
    await untilIs("silent");
  });
});

describe("how it comes back", () => {
  test("a reconnect's first frame is the present: what it does not name is gone", async () => {
    follow();
    const first = await server.listener();
    first.frame(makeFrame(0, makeJob({ id: "gone" }), makeJob({ id: "stays" })));
    await untilIs("live");
    first.cut();

    const second = await server.listener();
    second.frame(makeFrame(10, makeJob({ id: "stays", version: 2, asOf: at(10) })));
    const { jobs } = await untilVersion(2);

    expect(jobs.map(({ id }) => id)).toEqual(["stays"]);
  });

  test.each([1012, 1001, 1011, 4408])("close code %i: it comes back by itself", async (code) => {
    follow();
    const first = await server.listener();
    first.frame(makeFrame(0));
    await untilIs("live");
    first.close(code);
    await untilIs("silent");

    (await server.listener()).frame(makeFrame(1));

    await untilIs("live");
  });

  test("a subscription that the server completes or fails is taken up again", async () => {
    follow();
    (await server.listener()).complete();
    (await server.listener()).failure("Too many subscriptions.");

    (await server.listener()).frame(makeFrame(0));

    await untilIs("live");
  });

  test("4403: it asks for a new token and comes back with it", async () => {
    server.doorman = (token) => (token === "Bearer fresh" ? "welcome" : 4403);
    follow({ getToken: async ({ refresh }) => (refresh ? "fresh" : "stale") });

    const listener = await server.listener();

    expect(listener.token).toBe("Bearer fresh");
  });

  test("4403 for the renewed token too: the author is signed out, and it stops", async () => {
    const doorman = vi.fn(() => 4403);
    server.doorman = doorman;
    follow();

    await untilIs("signedOut");

    expect(doorman).toHaveBeenCalledTimes(2);
  });

  test("signed out, it starts again with start()", async () => {
    server.doorman = () => 4403;
    follow();
    await untilIs("signedOut");
    server.doorman = () => "welcome";
    feed.start();

    (await server.listener()).frame(makeFrame(0));

    await untilIs("live");
  });

  test("4429: it stays away for half a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    follow();
    const first = await server.listener();
    first.frame(makeFrame(0));
    await untilIs("live");
    const arrival = vi.fn();
    first.close(4429);
    await untilIs("silent");
    const second = server.listener().then((listener) => {
      arrival();
      return listener;
    });

    vi.advanceTimersByTime(29_000);
    await turn();
    expect(arrival).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);

    (await second).frame(makeFrame(31));
    await untilIs("live");
  });

  test("wake() cuts a pause short", async () => {
    follow({ random: () => 1 });
    const first = await server.listener();
    first.frame(makeFrame(0));
    await untilIs("live");
    first.close(4429);
    await untilIs("silent");
    feed.wake();

    await server.listener();
  });

  test("stop() closes the line, says so, and hears nothing more", async () => {
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0));
    await untilIs("live");
    const closed = listener.closed();
    feed.stop();

    await closed;
    expect(feed.getSnapshot().connection).toBe("stopped");
  });
});

/** The answer to a poll. */
const page = (second: number, latestJob: object | null, next: string | null = null) => ({
  data: {
    system: makeSystem(at(second)),
    manuscripts: {
      pageInfo: { hasNextPage: next !== null, endCursor: next },
      edges: [{ node: { latestJob } }],
    },
  },
});

describe("a frame that came with errors", () => {
  test("is read over HTTP, and the same line goes on", async () => {
    server.clerk = () => ({ status: 200, body: page(5, makeOver({ version: 2, asOf: at(5) })) });
    follow();
    const listener = await server.listener();
    const other = { id: "other", manuscript: { id: "other", title: "Persuasion" } };
    listener.frame(makeFrame(0, makeJob({}), makeJob(other)));
    await untilIs("live");
    listener.failedFrame();

    const { jobs, connection } = await untilVersion(2);

    expect(connection).toBe("live");
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
    // What the reading does not name may be younger than it.
    expect(jobs.map(({ id }) => id).sort()).toEqual(["job", "other"]);
    listener.frame(makeFrame(6, makeOver({ ...other, version: 3, asOf: at(6) })));
    await untilVersion(3);
  });

  test("is told again where HTTP fails too", async () => {
    const clerk = vi.fn(() => ({ status: 503 }));
    server.clerk = clerk;
    follow();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({})));
    await untilIs("live");
    listener.failedFrame();
    await vi.waitUntil(() => clerk.mock.calls.length > 0);
    listener.failedFrame();
    listener.frame(makeFrame(9, makeOver({ version: 2, asOf: at(9) })));

    const { connection } = await untilVersion(2);

    expect(connection).toBe("live");
  });

  test("as the first one leaves the next to be the present", async () => {
    server.clerk = () => ({ status: 200, body: page(1, makeJob({ id: "gone", asOf: at(1) })) });
    follow();
    const listener = await server.listener();
    listener.failedFrame();
    await until(({ jobs }) => jobs.length === 1);
    listener.frame(makeFrame(5, makeJob({ id: "stays", asOf: at(5) })));

    const { jobs } = await untilIs("live");

    expect(jobs.map(({ id }) => id)).toEqual(["stays"]);
  });
});

describe("where sockets are blocked", () => {
  test("it reads over HTTP, every page, and goes back to the socket when that works", async () => {
    server.blocksSockets = true;
    server.clerk = ({ body }) => {
      const { after } = JSON.parse(body).variables;
      return {
        status: 200,
        body: after === "p2" ? page(5, makeJob({ id: "b" })) : page(5, makeJob({ id: "a" }), "p2"),
      };
    };
    follow();

    const { jobs } = await untilIs("polling");
    expect(jobs.map(({ id }) => id).sort()).toEqual(["a", "b"]);

    server.blocksSockets = false;
    feed.wake();
    (await server.listener()).frame(makeFrame(9, makeOver({ id: "a", version: 2, asOf: at(9) })));
    await untilIs("live");
    expect(feed.getSnapshot().jobs.map(({ id }) => id)).toEqual(["a"]);
  });

  test("a socket that is swallowed is polled beside at once", async () => {
    server.clerk = () => ({ status: 200, body: page(5, makeJob({ id: "a" })) });
    follow({ pace: { ...QUICK, firstFrame: 10 } });

    const { jobs } = await untilIs("polling");
    expect(jobs.map(({ id }) => id)).toEqual(["a"]);

    (await server.listener()).frame(makeFrame(9, makeJob({ id: "a" })));
    await untilIs("live");
  });

  test("woken, it does not wait for the silence of a line that may be dead", async () => {
    follow();
    await server.listener();

    feed.wake();
    (await server.listener()).frame(makeFrame(0, makeJob({ id: "a" })));

    await untilIs("live");
  });

  test("once the socket works, it polls no more", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    server.blocksSockets = true;
    const clerk = vi.fn(() => ({ status: 200, body: page(5, null) }));
    server.clerk = clerk;
    follow({ pace: { ...QUICK, attemptsBeforePolling: 1 } });
    await untilIs("polling");
    server.blocksSockets = false;
    feed.wake();
    (await server.listener()).frame(makeFrame(9));
    await untilIs("live");
    clerk.mockClear();

    await vi.advanceTimersByTimeAsync(QUICK.poll * 10);
    // A request that is sent now is answered after any poll.
    await fetch(server.origin);

    expect(clerk).toHaveBeenCalledTimes(1);
    expect(feed.getSnapshot().connection).toBe("live");
  });

  test("a poll sees the end of a job", async () => {
    server.blocksSockets = true;
    let latest = makeJob({});
    server.clerk = () => ({ status: 200, body: page(5, latest) });
    follow();
    await untilIs("polling");
    expect(feed.getSnapshot().isLocked("manuscript")).toBe(true);

    latest = makeOver({ version: 5, asOf: at(6) });

    await until((snapshot) => !snapshot.isLocked("manuscript"));
  });

  test("a poll that fails says that the line is silent, and the next one mends it", async () => {
    server.blocksSockets = true;
    server.clerk = () => ({ status: 200, body: page(5, null) });
    follow();
    await untilIs("polling");
    server.clerk = () => ({ status: 503 });
    await untilIs("silent");
    server.clerk = () => ({ status: 200, body: page(6, null) });

    await untilIs("polling");
  });

  test("401 with the renewed token too: the author is signed out", async () => {
    server.blocksSockets = true;
    server.clerk = () => ({ status: 401 });
    follow();

    await untilIs("signedOut");
  });
});

/** One turn of the event loop and the sockets in it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("it tells what was done to manuscripts, and with each line that begins that some of it may have been missed", async () => {
  const told: unknown[] = [];
  follow();
  const stop = feed.subscribeManuscripts((changes) => told.push(changes));
  const listener = await server.listener();
  const change = { id: "manuscript", manuscript: null };
  listener.frame(makeFrame(0));
  listener.frame({ ...makeFrame(1, makeJob({ version: 2 })), manuscripts: [change] });
  await untilVersion(2);
  stop();
  listener.frame({ ...makeFrame(2, makeJob({ version: 3 })), manuscripts: [change] });
  await untilVersion(3);

  expect(told).toEqual([null, [change]]);
});
