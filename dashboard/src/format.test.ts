import { expect, test } from "vitest";
import { ago, count, counted, decimal, lasted, megabytes, percent, readingTime, roughly } from "./format.ts";

test("numbers read as in print", () => {
  expect(count(120345)).toBe("120,345");
  expect(decimal(17)).toBe("17.0");
  expect(percent(0.345)).toBe("35%");
  expect(counted(1, "word")).toBe("1 word");
  expect(counted(0, "word")).toBe("0 words");
});

test.each([
  [0.2, "1 min"],
  [59.6, "1 h"],
  [294, "4 h 54 min"],
  [61, "1 h 1 min"],
])("%d minutes read as %s", (minutes, text) => {
  expect(readingTime(minutes)).toBe(text);
});

test("a time is as near as it helps", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  expect(ago("2026-11-20T11:59:30Z", now)).toBe("just now");
  expect(ago("2026-11-20T11:57:00Z", now)).toBe("3 minutes ago");
  expect(ago("2026-11-20T08:00:00Z", now)).toBe("4 hours ago");
  expect(ago("2026-11-19T08:00:00Z", now)).toBe("yesterday");
  expect(ago("2026-10-01T12:00:00Z", now)).toBe("1 Oct 2026");
});

test("a time in the future, from a clock that is off, is now", () => {
  expect(ago("2026-11-20T12:00:09Z", Date.parse("2026-11-20T12:00:00Z"))).toBe("just now");
});

test.each([
  [40, "0.1 seconds"],
  [2_100, "2.1 seconds"],
  [48_300, "48 seconds"],
  [190_000, "3 minutes"],
])("%s ms lasted %s", (milliseconds, words) => {
  expect(lasted(milliseconds)).toBe(words);
});

test.each([
  [300, "1 second"],
  [12_400, "12 seconds"],
  [63_000, "65 seconds"],
  [200_000, "3 minutes"],
])("%s ms are roughly %s", (milliseconds, words) => {
  expect(roughly(milliseconds)).toBe(words);
});

test("bytes are told as megabytes of a million", () => {
  expect(megabytes(26_214_400)).toBe("26.2");
  expect(megabytes(300_000)).toBe("0.3");
});
