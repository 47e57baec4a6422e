import { act, useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { someJob } from "../fixtures.ts";
import { render } from "../testing/page.ts";
import { useTiming } from "./timing.ts";

type Timed = Parameters<typeof useTiming>[0];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let show: (job: Timed) => void;

function Page({ first }: { readonly first: Timed }) {
  const [job, setJob] = useState(first);
  show = setJob;
  return <p>{useTiming(job)}</p>;
}

const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));

const queuedAt = "2026-11-01T10:00:00Z";

test("the time goes on without any news, on the server's clock", async () => {
  // The browser's own clock plays no part: it may be a day off.
  const page = await render(<Page first={someJob({ queuedAt, asOf: "2026-11-01T10:00:10Z" })} />);
  expect(page.textContent).toBe("Waiting for 10 seconds.");

  await pass(5);

  expect(page.textContent).toBe("Waiting for 15 seconds.");
});

test("news sets the clock anew and never back", async () => {
  const page = await render(<Page first={someJob({ queuedAt, asOf: "2026-11-01T10:00:10Z" })} />);
  await pass(20);

  await act(async () => show(someJob({ queuedAt, asOf: "2026-11-01T10:00:40Z", version: 2 })));

  expect(page.textContent).toBe("Waiting for 40 seconds.");
});

test("a job that is over says nothing, and no clock ticks for it", async () => {
  const page = await render(<Page first={someJob({ queuedAt, asOf: "2026-11-01T10:00:10Z" })} />);
  const over = someJob({ status: "COMPLETED", isTerminal: true, queuedAt, asOf: "2026-11-01T10:00:20Z" });

  await act(async () => show(over));

  expect(page.textContent).toBe("");
  expect(vi.getTimerCount()).toBe(0);
});
