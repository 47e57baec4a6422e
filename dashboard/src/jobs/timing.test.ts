import { expect, test } from "vitest";
import { someJob } from "../fixtures.ts";
import { timing } from "./timing.ts";

const queuedAt = "2026-11-01T10:00:00Z";
const after = (seconds: number) => Date.parse(queuedAt) + seconds * 1000;
const running = someJob({ status: "RUNNING", queuedAt, startedAt: queuedAt });

test.each([
  ["too short to speak of", 2, 0.5, ""],
  ["too early to tell the rest", 40, 0.1, "40 seconds so far."],
  ["halfway", 30, 0.5, "30 seconds so far, about 30 seconds to go."],
  ["nearly there", 40, 0.95, "40 seconds so far, a few seconds to go."],
  ["a long book", 120, 0.25, "2 minutes so far, about 6 minutes to go."],
])("an analysis under way: %s", (_name, seconds, progress, sentence) => {
  expect(timing({ ...running, progress }, after(seconds))).toBe(sentence);
});

test("one that waits says for how long", () => {
  expect(timing(someJob({ queuedAt }), after(12))).toBe("Waiting for 12 seconds.");
});

test("one that is over, or of which nobody has heard, says nothing", () => {
  expect(timing({ ...running, status: "COMPLETED" }, after(60))).toBe("");
  expect(timing({ ...running, isVoid: true }, after(60))).toBe("");
});
