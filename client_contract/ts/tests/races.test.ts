// The job feed where two things happen at once, or where what it leans on fails.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Connection, JobFeedOptions } from "../feed.ts";
import { JobFeed } from "../feed.ts";
import { at, makeFrame, makeJob, makeOver, makeSystem } from "./jobs.ts";
import { FakeServer } from "./server.ts";
import { makeGate, untilFeed } from "./signals.ts";

let server: FakeServer;
let feed: JobFeed;

beforeEach(async () => {
  server = await FakeServer.start();
});

afterEach(async () => {
  feed.stop();
  await server.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function follow(options: Partial<JobFeedOptions> = {}): void {
  feed = new JobFeed({
    origin: server.origin,
    getToken: async () => "token",
    pace: { silence: 5_000, poll: 20, attemptsBeforePolling: 2 },
    random: () => 0,
    ...options,
  });
  feed.start();
}

const untilIs = (connection: Connection) => untilFeed(feed, (snapshot) => snapshot.connection === connection);

/** What a poll answers. */
const page = (second: number, ...jobs: object[]) => ({
  data: {
    system: makeSystem(at(second)),
    manuscripts: {
      pageInfo: { hasNextPage: false, endCursor: null },
      edges: jobs.map((latestJob) => ({ node: { latestJob } })),
    },
  },
});

describe("a socket that is closed with 1000, as by a proxy that tidies up", () => {
  test("is a line that ended: the next one's first frame is the present", async () => {
    follow();
    const first = await server.listener();
    first.frame(makeFrame(0, makeJob({ id: "gone" }), makeJob({ id: "stays" })));
    await untilIs("live");
    first.close(1000);
    await untilIs("silent");

    (await server.listener()).frame(makeFrame(9, makeJob({ id: "stays", version: 2, asOf: at(9) })));
    const { jobs } = await untilFeed(feed, ({ jobs }) => jobs.some(({ version }) => version === 2));

    expect(jobs.map(({ id }) => id)).toEqual(["stays"]);
  });

  test("before any frame is a failed attempt, and after some of them it polls", async () => {
    server.doorman = () => 1000;
    server.clerk = () => ({ status: 200, body: page(5, makeJob({})) });
    follow();

    await untilIs("polling");

    expect(feed.getSnapshot().isLocked("manuscript")).toBe(true);
  });
});

describe("stopped while it connects", () => {
  test("it sends nothing when the token comes at last", async () => {
    const doorman = vi.fn(() => "welcome" as const);
    server.doorman = doorman;
    const asked = makeGate();
    const signedIn = makeGate();
    const getToken = vi.fn(async () => "second");
    getToken.mockImplementationOnce(async () => {
      asked.open();
      await signedIn.opened;
      return "first";
    });
    follow({ getToken });
    await asked.opened;
    feed.stop();
    signedIn.open();
    feed.start();

    const listener = await server.listener();

    expect(listener.token).toBe("Bearer second");
    expect(doorman).toHaveBeenCalledTimes(1);
  });
});

describe("a token that cannot be had", () => {
  test("is a failed attempt, not a sign-out, and it comes back when the token does", async () => {
    const getToken = vi.fn(async () => "token");
    getToken.mockRejectedValueOnce(new Error("Offline."));
    follow({ getToken });

    (await server.listener()).frame(makeFrame(0));

    await untilIs("live");
  });

  test("makes a poll fail, not the feed", async () => {
    server.blocksSockets = true;
    server.clerk = () => ({ status: 200, body: page(5, makeJob({})) });
    const getToken = vi.fn(async () => "token");
    getToken.mockRejectedValueOnce(new Error("Offline."));
    follow({ getToken });

    await untilIs("polling");
  });
});

describe("a poll and a socket at once", () => {
  test("a poll's answer that comes after the first frame changes nothing", async () => {
    server.blocksSockets = true;
    const asked = makeGate();
    const late = makeGate();
    server.clerk = async () => {
      asked.open();
      await late.opened;
      return { status: 200, body: page(99, makeJob({ id: "late", asOf: at(99) })) };
    };
    follow({ pace: { silence: 5_000, poll: 20, attemptsBeforePolling: 1 } });
    await asked.opened;
    server.blocksSockets = false;
    feed.wake();
    const listener = await server.listener();
    listener.frame(makeFrame(9, makeOver({ version: 4 })));
    await untilIs("live");
    late.open();
    // What is sent now is answered after the poll.
    await fetch(server.origin);
    listener.frame(makeFrame(10));
    const { jobs, connection } = await untilFeed(feed, ({ system }) => system?.asOf === at(10));

    expect(jobs.map(({ id }) => id)).toEqual(["job"]);
    expect(connection).toBe("live");
  });

  test("while polls succeed, a socket that fails is not told as silence", async () => {
    server.blocksSockets = true;
    server.clerk = () => ({ status: 200, body: page(5, makeJob({})) });
    let failures = 0;
    let heard = () => {};
    // Asked for the pause after each attempt, when its failure has been told.
    const random = () => {
      failures += 1;
      heard();
      return 0;
    };
    follow({ random, pace: { silence: 5_000, poll: 60_000, attemptsBeforePolling: 1 } });
    await untilIs("polling");
    const told = new Set<Connection>();
    feed.subscribe(() => told.add(feed.getSnapshot().connection));
    const before = failures;

    await new Promise<void>((resolve) => {
      heard = () => failures >= before + 2 && resolve();
    });

    expect([...told]).toEqual([]);
    expect(feed.getSnapshot().connection).toBe("polling");
  });
});

describe("a listener that throws", () => {
  test("does not keep the others from hearing, nor the feed from following", async () => {
    const thrown: unknown[] = [];
    vi.stubGlobal("queueMicrotask", (task: () => void) => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
    follow();
    feed.subscribe(() => {
      throw new Error("A page that fails.");
    });
    const heard = vi.fn();
    feed.subscribe(heard);
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({})));
    await untilIs("live");
    listener.frame(makeFrame(1, makeOver({ version: 2 })));

    const { jobs } = await untilFeed(feed, ({ system }) => system?.asOf === at(1));

    expect(jobs[0]?.version).toBe(2);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(thrown).toEqual(Array(2).fill(new Error("A page that fails.")));
  });
});

describe("where sockets open and carry nothing", () => {
  test("it polls after ten seconds, not after the silence of a line that lived", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    server.clerk = () => ({ status: 200, body: page(5, makeJob({})) });
    follow({ pace: { silence: 32_000, poll: 20, attemptsBeforePolling: 1 } });
    await server.listener();

    vi.advanceTimersByTime(10_000);

    await untilIs("polling");
  });
});

describe("where there are no sockets at all", () => {
  test("it polls at once", async () => {
    vi.stubGlobal("WebSocket", undefined);
    server.clerk = () => ({ status: 200, body: page(5, makeJob({})) });
    follow();

    await untilIs("polling");
  });
});
