import type { ComponentState } from "@novelfoundry/client";
import { expect, test } from "vitest";
import { someSystem } from "../fixtures.ts";
import { noticeFor } from "./notice.ts";

function inState(state: ComponentState) {
  return { state, live: state === "HEALTHY" ? 1 : 0, lastSeenAt: null };
}

test("a healthy service says nothing", () => {
  expect(noticeFor("live", someSystem())).toBeNull();
  expect(noticeFor("connecting", null)).toBeNull();
});

test.each(["silent", "polling", "signedOut"] as const)("a connection that is %s is told", (connection) => {
  expect(noticeFor(connection, someSystem())).not.toBeNull();
});

test.each(["LATE", "ABSENT", "NEVER_SEEN"] as const)("workers that are %s are told", (state) => {
  expect(noticeFor("live", someSystem({ workers: inState(state) }))).not.toBeNull();
});

test.each(["LATE", "ABSENT", "NEVER_SEEN"] as const)("a sweeper that is %s is told", (state) => {
  expect(noticeFor("live", someSystem({ sweeper: inState(state) }))).not.toBeNull();
});

test("a broken push path is told", () => {
  expect(noticeFor("live", someSystem({ push: inState("ABSENT") }))).not.toBeNull();
});

test("a lost line hides what the server said last, which may no longer be so", () => {
  expect(noticeFor("silent", someSystem({ workers: inState("ABSENT") }))?.title).toContain("connection");
});

test("a state of a later contract is told in the server's own sentence, if it has one", () => {
  const resting = JSON.parse('{ "state": "RESTING", "live": 1, "lastSeenAt": null }');
  const system = someSystem({ workers: resting, sweeper: resting, push: resting });

  expect(noticeFor("live", system)).toBeNull();
  expect(noticeFor("live", { ...system, message: "The workers rest until six." })?.title).toContain(
    "until six",
  );
});
