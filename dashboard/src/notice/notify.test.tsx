// A word from the browser: asked for by a click, given once a job has ended out of sight.
import { act, useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { someJob } from "../fixtures.ts";
import { press, render, until } from "../testing/page.ts";
import { useNotifications } from "./notify.ts";
import { NotifyButton } from "./notify_button.tsx";

const shown: { title: string; body: string | undefined }[] = [];
let permission: NotificationPermission;

class FakeNotification {
  onclick: (() => void) | null = null;

  constructor(title: string, options: { body?: string } = {}) {
    shown.push({ title, body: options.body });
  }

  static get permission(): NotificationPermission {
    return permission;
  }

  static requestPermission = vi.fn(async () => {
    permission = "granted";
    return permission;
  });

  close(): void {}
}

beforeEach(() => {
  shown.length = 0;
  permission = "default";
  FakeNotification.requestPermission.mockClear();
  vi.stubGlobal("Notification", FakeNotification);
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  localStorage.clear();
});

const running = someJob({ status: "RUNNING" });
const over = someJob({ status: "COMPLETED", isTerminal: true, locksManuscript: false, version: 2 });

function Page({ jobs }: { readonly jobs: readonly (typeof running)[] }) {
  useNotifications(jobs);
  return <NotifyButton />;
}

async function asked(): Promise<HTMLElement> {
  const page = await render(<Page jobs={[]} />);
  await press(page, "Tell me when it ends");
  await until(() => page.textContent?.includes("You are told") === true);
  return page;
}

test("nothing is asked before the author's click, and then the browser is asked once", async () => {
  await render(<Page jobs={[running]} />);
  expect(FakeNotification.requestPermission).not.toHaveBeenCalled();

  await asked();

  expect(FakeNotification.requestPermission).toHaveBeenCalledOnce();
});

test("a job that ends out of sight is told of once, one that was over before is not", async () => {
  await asked();
  const { rerender } = await shownJobs([running, { ...over, id: "old" }]);
  await rerender([over, { ...over, id: "old" }]);
  await rerender([{ ...over }]);

  expect(shown.map(({ title }) => title)).toEqual(["The Lamp"]);
});

test("while she looks at the page, or where she did not ask, nothing is shown", async () => {
  const first = await shownJobs([running]);
  await first.rerender([over]);
  await asked();
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  const second = await shownJobs([running]);
  await second.rerender([over]);

  expect(shown).toEqual([]);
});

test("a browser that refuses has no button", async () => {
  permission = "denied";
  const page = await render(<Page jobs={[]} />);

  expect(page.querySelector("button")).toBeNull();
});

type Jobs = readonly (typeof running)[];

async function shownJobs(first: Jobs): Promise<{ rerender: (jobs: Jobs) => Promise<void> }> {
  let show: (jobs: Jobs) => void = () => {};
  function Changing() {
    const [jobs, setJobs] = useState(first);
    show = setJobs;
    return <Page jobs={jobs} />;
  }
  await render(<Changing />);
  return { rerender: (jobs) => act(async () => show(jobs)) };
}
