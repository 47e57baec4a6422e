import { expect, test } from "vitest";
import { ago, count, counted, decimal, percent, readingTime } from "./format.ts";

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
