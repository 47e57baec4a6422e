import { afterEach, beforeEach, expect, test } from "vitest";
import { makeJob, makeOver } from "../../../client_contract/ts/tests/jobs.ts";
import type { Listener } from "../../../client_contract/ts/tests/server.ts";
import { someManuscript } from "../fixtures.ts";
import { render, until } from "../testing/page.ts";
import { makeFrame, TestService } from "../testing/service.ts";
import { useManuscript } from "./manuscript.ts";

let test_: TestService;
let listener: Listener;
let page: HTMLElement;
/** What the server says of the manuscript; null: nothing. */
let report: object | null;
let isAway: boolean;

const running = makeJob({ id: "job", status: "RUNNING", version: 2, manuscript: { id: "m", title: "Emma" } });
const completed = makeOver({
  ...running,
  status: "COMPLETED",
  version: 3,
  isTerminal: true,
  deadlineAt: null,
});

function Page() {
  const { http, feed } = test_.service;
  const { loaded } = useManuscript(http, feed, "m");
  const has = loaded.state === "ready" && loaded.manuscript.latestReport !== null;
  return <p>{has ? "report" : loaded.state}</p>;
}

beforeEach(async () => {
  isAway = false;
  report = null;
  test_ = await TestService.open();
  test_.answer(() => {
    if (isAway) return null;
    const latestJob = report === null ? running : completed;
    return { manuscript: { ...someManuscript("m"), latestJob, latestReport: report, jobs: [] } };
  });
  test_.service.feed.start();
  listener = await test_.server.listener();
  listener.frame(makeFrame(1, running));
});

afterEach(() => test_.close());

test("the report of an analysis that has ended is asked for until it is there", async () => {
  page = await render(<Page />);
  await until(() => page.textContent === "ready");
  isAway = true;
  report = { id: "r" };
  listener.frame(makeFrame(2, completed));
  const before = test_.times("Manuscript");
  await until(() => test_.times("Manuscript") >= before + 2);

  isAway = false;

  await until(() => page.textContent === "report");
});

test("a manuscript that could not be opened is opened once there is a sign of life", async () => {
  isAway = true;
  page = await render(<Page />);
  await until(() => page.textContent === "failed");

  isAway = false;

  await until(() => page.textContent === "ready");
});

test("nothing is asked for while nothing is missing", async () => {
  page = await render(<Page />);
  await until(() => page.textContent === "ready");
  const before = test_.times("Manuscript");

  listener.frame(makeFrame(2, { ...running, version: 3, progress: 0.5 }));
  await until(() => test_.service.feed.getSnapshot().jobs[0]?.progress === 0.5);

  expect(test_.times("Manuscript")).toBe(before);
});
