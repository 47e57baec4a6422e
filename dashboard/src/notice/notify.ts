// A word from the browser when an analysis has ended and its author looks at something else: only if she asked for it.
import type { FollowedJob } from "@novelfoundry/client";
import { useEffect, useRef, useState } from "react";
import { describe } from "../jobs/describe.ts";
import { hrefOf } from "../route.ts";

const WISH = "novelfoundry.notify";

/** unknown: not asked yet · on, off: her wish · refused: the browser will not, whatever she wishes. */
export type Wish = "unknown" | "on" | "off" | "refused";

export function useWish(): [Wish, (isOn: boolean) => Promise<void>] {
  const [wish, setWish] = useState(readWish);
  const choose = async (isOn: boolean) => {
    // Asked by her click alone: browsers ignore a page that asks by itself.
    if (isOn && Notification.permission === "default") await Notification.requestPermission();
    localStorage.setItem(WISH, isOn ? "on" : "off");
    setWish(readWish());
  };
  return [wish, choose];
}

function readWish(): Wish {
  if (typeof Notification === "undefined" || Notification.permission === "denied") return "refused";
  const wish = localStorage.getItem(WISH);
  if (wish === "on") return Notification.permission === "granted" ? "on" : "unknown";
  return wish === "off" ? "off" : "unknown";
}

/** Tells of each job that was under way while this page looked on and is over now. */
export function useNotifications(jobs: readonly FollowedJob[]): void {
  const underWay = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const ended = jobs.filter(({ id, isTerminal }) => isTerminal && underWay.current.has(id));
    underWay.current = new Set(jobs.flatMap(({ id, isTerminal }) => (isTerminal ? [] : [id])));
    if (document.visibilityState === "hidden" && readWish() === "on") for (const job of ended) notify(job);
  }, [jobs]);
}

function notify(job: FollowedJob): void {
  // The tag: of several windows that tell the same, the browser shows one.
  const shown = new Notification(job.manuscript.title, { body: describe(job).headline, tag: job.id });
  shown.onclick = () => {
    window.focus();
    location.assign(hrefOf({ page: "manuscript", id: job.manuscript.id }));
    shown.close();
  };
}
