import { expect, test } from "vitest";
import { someJob } from "../fixtures.ts";
import { newestJob } from "./newest.ts";

const elsewhere = someJob({ id: "job-9", manuscript: { id: "manuscript-9", title: "Another" } });

test("a manuscript that nobody had analysed has no job", () => {
  expect(newestJob("manuscript-1", [elsewhere], null)).toBeNull();
});

test("the higher version of a job wins, wherever it came from", () => {
  const older = someJob({ version: 3, status: "RUNNING" });
  const newer = someJob({ version: 4, status: "COMPLETED", isTerminal: true });

  expect(newestJob("manuscript-1", [elsewhere, older], newer)?.status).toBe("COMPLETED");
  expect(newestJob("manuscript-1", [newer], older)?.status).toBe("COMPLETED");
});

test("a later job replaces an earlier one, though its version is lower", () => {
  const failed = someJob({ version: 9, status: "FAILED", isTerminal: true });
  const retry = someJob({ id: "job-2", version: 1, queuedAt: "2026-11-01T10:01:00Z" });

  expect(newestJob("manuscript-1", [failed], retry)?.id).toBe("job-2");
  expect(newestJob("manuscript-1", [retry], failed)?.id).toBe("job-2");
});

test("what a query read past its deadline is not taken for alive", () => {
  const overdue = someJob({ asOf: "2026-11-01T10:05:00Z" });

  expect(newestJob("manuscript-1", [], overdue)?.isVoid).toBe(true);
});
