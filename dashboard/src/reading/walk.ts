// The walk through all places of a kind of finding, or of one finding of it, from chapter to chapter.
import type { Report } from "../manuscripts/manuscript.ts";
import type { ChapterRoute, Place, Route, WalkEnd } from "../route.ts";
import type { Kind } from "./kinds.ts";
import { isSamePlace, type Mark, order } from "./marks.ts";

export interface Walk {
  readonly kind: Kind;
  /** Of the kind the one finding; undefined: all of them. */
  readonly label: string | undefined;
  /** Its places in this chapter; undefined while they are on the way. */
  readonly here: readonly Mark[] | undefined;
  /** Its places in each chapter, in order; the kind's where those of the finding are not known. */
  readonly byChapter: readonly number[];
  readonly isCounted: boolean;
}

export function walkOf(
  report: Report,
  kind: Kind,
  label: string | undefined,
  marks: readonly Mark[] | undefined,
): Walk {
  const finding =
    label === undefined
      ? undefined
      : report.sections
          .find(({ key }) => key === kind.section)
          ?.findings.find((each) => each.label === label && each.kind === kind.key);
  const counts = label === undefined ? kind.byChapter : (finding?.byChapter ?? []);
  return {
    kind,
    label,
    here: label === undefined ? marks : marks?.filter((mark) => mark.label === label),
    byChapter: counts.length > 0 ? counts : kind.byChapter,
    isCounted: label === undefined || counts.length > 0,
  };
}

/** Where the walk goes from here; null where it ends. */
export function step(walk: Walk, route: ChapterRoute, forwards: boolean): Route | null {
  const { id, number, at } = route;
  const next = walk.here && nextOf(walk.here, at, forwards);
  if (next) return toMark(route, walk, next);
  const chapter = chapterAfter(walk, number, forwards);
  if (chapter === undefined) return null;
  return { page: "chapter", id, number: chapter, ...named(walk), end: forwards ? "first" : "last" };
}

/** The place that a walk into this chapter meant; null where there is none in it. */
export function entry(walk: Walk, route: ChapterRoute, end: WalkEnd): Route | null {
  const mark = walk.here?.at(end === "first" ? 0 : -1);
  return mark ? toMark(route, walk, mark) : step({ ...walk, here: [] }, route, end === "first");
}

/** Which of how many; null where that is not known. */
export function placeInWalk(
  walk: Walk,
  number: number,
  at: Place | undefined,
): { readonly of: number; readonly is: number | null } | null {
  if (!walk.isCounted) return null;
  const of = sum(walk.byChapter);
  const index = walk.here?.findIndex((mark) => isSamePlace(mark, at)) ?? -1;
  return { of, is: index < 0 ? null : sum(walk.byChapter.slice(0, number - 1)) + index + 1 };
}

function toMark(route: ChapterRoute, walk: Walk, { paragraph, start, end }: Mark): Route {
  return {
    page: "chapter",
    id: route.id,
    number: route.number,
    ...named(walk),
    at: { paragraph, start, end },
  };
}

function named({ kind, label }: Walk) {
  return { kind: kind.key, label };
}

function nextOf(here: readonly Mark[], at: Place | undefined, forwards: boolean): Mark | undefined {
  if (at === undefined) return here.at(forwards ? 0 : -1);
  return forwards ? here.find((mark) => order(mark, at) > 0) : here.findLast((mark) => order(mark, at) < 0);
}

function chapterAfter({ byChapter }: Walk, number: number, forwards: boolean): number | undefined {
  const numbers = byChapter.flatMap((count, index) => (count > 0 ? [index + 1] : []));
  return forwards ? numbers.find((each) => each > number) : numbers.findLast((each) => each < number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
