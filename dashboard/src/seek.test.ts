import "./testing/page.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Line, Seeker } from "./seek.ts";
import { happen } from "./testing/page.ts";

/** As much of a feed as a seeker hears: what its line does, and that something came. */
class Fake implements Line {
  connection = "connecting";
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = () => ({ connection: this.connection });

  tell(connection = this.connection): void {
    this.connection = connection;
    for (const listener of [...this.#listeners]) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

let line: Fake;
let missing: string;
/** What the next answers bring: the name of what is missing then. */
let answers: string[];
let asked: number;
let seeker: Seeker;

beforeEach(() => {
  vi.useFakeTimers();
  line = new Fake();
  missing = "the report";
  answers = [];
  asked = 0;
  seeker = new Seeker(line, {
    missing: () => missing,
    ask: async () => {
      asked += 1;
      missing = answers.shift() ?? missing;
    },
  });
});

afterEach(() => {
  seeker.stop();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test("nothing is asked for before the start, and nothing where nothing is missing", async () => {
  seeker.look();
  missing = "";
  seeker.start();
  line.tell();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(asked).toBe(0);
});

test("what one answer did not bring is asked for again, with growing pauses, until it is there", async () => {
  seeker.start();
  await settle();
  expect(asked).toBe(1);

  await vi.advanceTimersByTimeAsync(60_000);
  const inAMinute = asked;
  expect(inAMinute).toBeGreaterThan(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked - inAMinute).toBeLessThan(inAMinute);

  answers = [""];
  await vi.advanceTimersByTimeAsync(60_000);
  const whenThere = asked;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toBe(whenThere);
});

test("another thing that is missing is asked for at once, without a pause", async () => {
  answers = ["the next page", "the last page", ""];

  seeker.start();
  await settle();

  expect(asked).toBe(3);
});

test("what goes missing later is looked for when the line says anything", async () => {
  missing = "";
  seeker.start();
  missing = "a report";
  answers = [""];

  line.tell();
  await settle();

  expect(asked).toBe(1);
});

test.each(["live", "polling"])("a line that is %s again cuts the pause short, once", async (connection) => {
  seeker.start();
  await settle();

  line.tell(connection);
  await settle();
  expect(asked).toBe(2);

  line.tell(connection);
  await settle();
  expect(asked).toBe(2);
});

test("a line that goes away cuts no pause short", async () => {
  seeker.start();
  await settle();

  line.tell("reconnecting");
  await settle();

  expect(asked).toBe(1);
});

test("a browser that is online again cuts the pause short", async () => {
  seeker.start();
  await settle();

  happen("online");
  await settle();

  expect(asked).toBe(2);
});

test("after its stop it asks for nothing and listens to nothing; started again, it goes on", async () => {
  seeker.start();
  await settle();
  seeker.stop();
  expect(line.listeners).toBe(0);
  happen("online");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);

  seeker.start();
  await settle();

  expect(asked).toBe(2);
  expect(line.listeners).toBe(1);
});

test("two starts ask once", async () => {
  answers = [""];

  seeker.start();
  seeker.start();
  await settle();

  expect(asked).toBe(1);
});
