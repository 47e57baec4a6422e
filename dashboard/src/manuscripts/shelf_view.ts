// Which manuscripts of the shelf are shown, and in what order: what the author searches, sorts and filters.
import { type FollowedJob, unforeseen } from "@novelfoundry/client";
import type { ShelfManuscript } from "./shelf_state.ts";

export const ORDERS = ["newest", "title", "longest"] as const;
export type Order = (typeof ORDERS)[number];
/** all · ready: the last analysis gave a report · underway · open: there is none, or the last one gave no report. */
export const KINDS = ["all", "ready", "underway", "open"] as const;
export type Kind = (typeof KINDS)[number];

export interface ShelfView {
  readonly query: string;
  readonly order: Order;
  readonly kind: Kind;
}

export const PLAIN_VIEW: ShelfView = { query: "", order: "newest", kind: "all" };

export interface ShelfLine {
  readonly manuscript: ShelfManuscript;
  readonly job: FollowedJob | null;
}

export function isPlain({ query, order, kind }: ShelfView): boolean {
  return query.trim() === "" && order === "newest" && kind === "all";
}

/** The lines that the view asks for; they come newest first. */
export function viewed(lines: readonly ShelfLine[], { query, order, kind }: ShelfView): readonly ShelfLine[] {
  const words = folded(query).split(/\s+/);
  const wanted = lines.filter((line) => isOfKind(line, kind) && holdsAll(line, words));
  return order === "newest" ? wanted : wanted.toSorted(order === "title" ? byTitle : byLength);
}

function holdsAll({ manuscript: { title, filename } }: ShelfLine, words: readonly string[]): boolean {
  const text = folded(`${title} ${filename ?? ""}`);
  return words.every((word) => text.includes(word));
}

function isOfKind({ job }: ShelfLine, kind: Kind): boolean {
  switch (kind) {
    case "all":
      return true;
    case "ready":
      return job?.status === "COMPLETED";
    case "underway":
      return isUnderWay(job);
    case "open":
      return job?.status !== "COMPLETED" && !isUnderWay(job);
    default:
      return unforeseen(kind, true);
  }
}

function isUnderWay(job: FollowedJob | null): boolean {
  return job !== null && !job.isTerminal && !job.isVoid;
}

/** Without case and accents: who types "emilie" looks for Émilie too. */
function folded(text: string): string {
  return text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

const titles = new Intl.Collator("en-GB", { numeric: true });

function byTitle(one: ShelfLine, other: ShelfLine): number {
  return titles.compare(one.manuscript.title, other.manuscript.title);
}

function byLength(one: ShelfLine, other: ShelfLine): number {
  return (other.manuscript.wordCount ?? -1) - (one.manuscript.wordCount ?? -1);
}
