// Server-sent events, where sockets are blocked: against a local server that knows them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LineEvent } from "../events.ts";
import type { Connection } from "../feed.ts";
import { JobFeed } from "../feed.ts";
import { JobUpdatesDocument } from "../generated/operations.ts";
import { SubscriptionClient } from "../subscriptions.ts";
import { at, makeFrame, makeJob, makeOver } from "./jobs.ts";
import { FakeServer } from "./server.ts";
import { untilFeed } from "./signals.ts";

let server: FakeServer;
let events: LineEvent[];
let feed: JobFeed;

beforeEach(async () => {
  server = await FakeServer.start();
  server.blocksSockets = true;
  server.knowsStreams = true;
  events = [];
});

afterEach(async () => {
  feed?.stop();
  vi.unstubAllGlobals();
  await server.stop();
});

const options = () => ({
  origin: server.origin,
  getToken: async ({ refresh }: { refresh: boolean }) => (refresh ? "fresh" : "stale"),
  random: () => 0,
  onEvent: (event: LineEvent) => void events.push(event),
});
const until = (connection: Connection) => untilFeed(feed, (snapshot) => snapshot.connection === connection);
const roads = () => events.flatMap((event) => (event.type === "connecting" ? [event.road] : []));

describe("where sockets are blocked, the feed", () => {
  test("is told by a stream, and polls no more once it is", async () => {
    feed = new JobFeed(options());
    feed.start();
    const listener = await server.listener();
    listener.frame(makeFrame(0, makeJob({})));
    expect((await until("live")).isLocked("manuscript")).toBe(true);

    listener.frame(makeFrame(1, makeOver({ version: 2, asOf: at(1) })));
    await untilFeed(feed, ({ jobs }) => jobs[0]?.version === 2);

    expect(feed.getSnapshot().isLocked("manuscript")).toBe(false);
    expect(roads()).toEqual(["socket", "socket", "stream"]);
  });

  test("takes a stream at once where there are no sockets at all", async () => {
    vi.stubGlobal("WebSocket", undefined);
    feed = new JobFeed(options());
    feed.start();

    (await server.listener()).frame(makeFrame(0));
    await until("live");

    expect(roads()).toEqual(["stream"]);
  });

  test("comes back by a stream, and by a socket when the network may be another one", async () => {
    feed = new JobFeed(options());
    feed.start();
    const first = await server.listener();
    first.frame(makeFrame(0));
    await until("live");
    first.cut();
    (await server.listener()).frame(makeFrame(1));
    await untilFeed(feed, ({ system }) => system?.asOf === at(1));
    expect(roads()).toEqual(["socket", "socket", "stream", "stream"]);

    server.blocksSockets = false;
    feed.wake();
    (await server.listener()).frame(makeFrame(2));
    await untilFeed(feed, ({ system }) => system?.asOf === at(2));

    expect(roads().at(-1)).toBe("socket");
  });

  test("asks for a new token when a stream is answered 401", async () => {
    server.doorman = (token) => (token === "Bearer fresh" ? "welcome" : 4403);
    feed = new JobFeed(options());
    feed.start();

    const listener = await server.listener();
    listener.frame(makeFrame(0));
    await until("live");

    expect(listener.token).toBe("Bearer fresh");
  });

  test("polls where there are no streams either", async () => {
    server.knowsStreams = false;
    server.clerk = () => ({ status: 503 });
    feed = new JobFeed({ ...options(), pace: { attemptsBeforePolling: 1 } });
    const polls = new Promise<void>((resolve) => {
      server.clerk = () => {
        resolve();
        return { status: 503 };
      };
    });
    feed.start();

    await polls;
  });
});

describe("a subscription over a stream", () => {
  const subscribe = () => new SubscriptionClient(options()).subscribe(JobUpdatesDocument, {});

  test("gives its frames, is left with the loop, and ends when the server completes it", async () => {
    const frames = subscribe();
    const listener = await server.listener();
    listener.frame(makeFrame(3));
    expect((await frames.next()).value?.jobUpdates.asOf).toBe(at(3));
    listener.complete();
    expect((await frames.next()).done).toBe(true);

    const others = subscribe();
    const left = (await server.listener()).closed();
    await others.return?.();
    await left;
  });

  test("throws what the server refuses, with its code", async () => {
    const frames = subscribe();
    (await server.listener()).failure("There is no such job.", "NOT_FOUND");

    await expect(frames.next()).rejects.toMatchObject({ failure: "rejected", code: "NOT_FOUND" });
  });

  test("that ends without a word is made anew", async () => {
    const frames = subscribe();
    (await server.listener()).close(0);

    (await server.listener()).frame(makeFrame(4));

    expect((await frames.next()).value?.jobUpdates.asOf).toBe(at(4));
  });
});
