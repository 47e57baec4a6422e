// Any subscription as an async iterable, against a local server that misbehaves on command.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LineEvent } from "../events.ts";
import { JobUpdatesDocument } from "../generated/operations.ts";
import { RequestFailed } from "../http.ts";
import { SubscriptionClient } from "../subscriptions.ts";
import { at, makeFrame, makeJob } from "./jobs.ts";
import { FakeServer } from "./server.ts";

let server: FakeServer;
let client: SubscriptionClient;
let events: LineEvent[];

beforeEach(async () => {
  server = await FakeServer.start();
  events = [];
  const getToken = vi.fn(async ({ refresh }: { refresh: boolean }) => (refresh ? "fresh" : "stale"));
  const onEvent = (event: LineEvent) => void events.push(event);
  client = new SubscriptionClient({ origin: server.origin, getToken, random: () => 0, onEvent });
});

afterEach(() => server.stop());

const subscribe = (signal?: AbortSignal) => client.subscribe(JobUpdatesDocument, {}, signal);

test("each frame is a value, and leaving the loop ends it on the server", async () => {
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { jobUpdates } of subscribe()) {
      seen.push(jobUpdates.asOf);
      if (seen.length === 2) break;
    }
  })();
  const listener = await server.listener();
  const closed = listener.closed();

  listener.frame(makeFrame(0, makeJob({})));
  listener.frame(makeFrame(1));
  await reading;

  expect(seen).toEqual([at(0), at(1)]);
  await closed;
});

test("return() ends a read that waits", async () => {
  const frames = subscribe();
  await server.listener();
  const waiting = frames.next();

  await frames.return?.();

  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("it ends with its signal, and so does a read that waits", async () => {
  const stop = new AbortController();
  const waiting = subscribe(stop.signal).next();
  await server.listener();

  stop.abort();

  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("it ends when the server completes it", async () => {
  const frames = subscribe();
  const listener = await server.listener();
  listener.frame(makeFrame(0));
  listener.complete();

  expect((await frames.next()).done).toBe(false);
  expect((await frames.next()).done).toBe(true);
});

test("what the server refuses is thrown once, with its code", async () => {
  const frames = subscribe();
  (await server.listener()).failure("There is no such job.", "NOT_FOUND");

  const failure = await frames.next().catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(RequestFailed);
  expect(failure).toMatchObject({ failure: "rejected", code: "NOT_FOUND", message: "There is no such job." });
  expect((await frames.next()).done).toBe(true);
});

test("a token that is refused twice is thrown as signed out", async () => {
  server.doorman = () => 4403;

  await expect(subscribe().next()).rejects.toMatchObject({ failure: "unauthenticated" });
});

test("a line that breaks is made anew, with a fresh token where that is why, and it says what it does", async () => {
  const frames = subscribe();
  (await server.listener()).frame(makeFrame(0));
  await frames.next();
  server.doorman = (token) => (token === "Bearer fresh" ? "welcome" : 4403);

  const next = frames.next();
  server.cutAll();
  const again = await server.listener();
  again.frame(makeFrame(9));

  expect((await next).value?.jobUpdates.asOf).toBe(at(9));
  expect(again.token).toBe("Bearer fresh");
  expect(events.map(({ type }) => type)).toEqual(
    // The line, the break, the old token that is refused, the new one.
    ["connecting", "open", "closed", "waiting", "connecting", "closed", "waiting", "connecting", "open"],
  );
  expect(events).toContainEqual({ type: "closed", code: 4403, reason: "", action: "refresh" });
});

test("a frame with errors is left out, and told as an event", async () => {
  const frames = subscribe();
  const listener = await server.listener();
  listener.failedFrame();
  listener.frame(makeFrame(3));

  expect((await frames.next()).value?.jobUpdates.asOf).toBe(at(3));
  expect(events).toContainEqual({
    type: "frameFailed",
    errors: [expect.objectContaining({ message: "The database does not answer." })],
  });
});

test("a reader that lags far behind is given the present, not a pile", async () => {
  const frames = subscribe();
  const listener = await server.listener();
  for (let second = 0; second <= 1_001; second += 1) listener.frame(makeFrame(second));

  (await server.listener()).frame(makeFrame(5_000));

  expect((await frames.next()).value?.jobUpdates.asOf).toBe(at(5_000));
});

test("the subscriptions of one client share a socket, and one that is left leaves it to the others", async () => {
  const first = subscribe();
  const second = subscribe();
  const listeners = [await server.listener(), await server.listener()];
  expect(server.sockets).toBe(1);

  await first.return?.();
  listeners[1]?.frame(makeFrame(2));

  expect((await second.next()).value?.jobUpdates.asOf).toBe(at(2));
});
