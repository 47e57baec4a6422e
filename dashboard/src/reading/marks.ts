// Findings marked in the text: where each stands, and how a passage is cut into what is marked and what is not.
import type { MarksFieldsFragment, PassageFieldsFragment } from "@novelfoundry/client";
import type { Place } from "../route.ts";

export type Passage = PassageFieldsFragment;

/** A finding at its place; `start` and `end` count code points of the paragraph. */
export interface Mark extends Place {
  readonly kind: string;
  readonly label: string;
}

/** A piece of a passage under the same marks, none of them where it is plain. */
export interface Segment {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Code points of the paragraph before it. */
  readonly start: number;
}

/** The marks of a kind in a chapter, in the order of the text. */
export function marksOf({ kind, labels, label, paragraph, start, end }: MarksFieldsFragment): Mark[] {
  return paragraph.map((number, index) => ({
    kind,
    label: labels[label[index] ?? 0] ?? "",
    paragraph: number,
    start: start[index] ?? 0,
    end: end[index] ?? 0,
  }));
}

export function isSamePlace(one: Place | undefined, other: Place | undefined): boolean {
  return one?.paragraph === other?.paragraph && one?.start === other?.start && one?.end === other?.end;
}

/** Where a place comes in the text, before or after another. */
export function order(one: Place, other: Place): number {
  return one.paragraph - other.paragraph || one.start - other.start || one.end - other.end;
}

/** The passage cut wherever a mark begins or ends. The marks are those of its paragraph, of whatever piece. */
export function segmentsOf({ text, start }: Passage, marks: readonly Mark[]): Segment[] {
  const unitOf = unitsOf(text);
  const length = unitOf(Number.POSITIVE_INFINITY).points;
  const inside = marks.filter((mark) => mark.start < start + length && mark.end > start);
  const cuts = new Set([start, start + length]);
  for (const mark of inside) {
    cuts.add(Math.max(start, mark.start));
    cuts.add(Math.min(start + length, mark.end));
  }
  const sorted = [...cuts].sort((one, other) => one - other);
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1] ?? from;
    return {
      text: text.slice(unitOf(from - start).units, unitOf(to - start).units),
      marks: inside.filter((mark) => mark.start <= from && mark.end >= to),
      start: from,
    };
  });
}

interface Offset {
  readonly units: number;
  readonly points: number;
}

/** From code points to the units of a string: the same but where a character takes two. */
function unitsOf(text: string): (points: number) => Offset {
  if (!/[\ud800-\udbff]/.test(text)) {
    return (points) => ({ units: Math.min(points, text.length), points: Math.min(points, text.length) });
  }
  const starts = [0];
  for (const character of text) starts.push((starts.at(-1) ?? 0) + character.length);
  return (points) => {
    const at = Math.min(points, starts.length - 1);
    return { units: starts[at] ?? text.length, points: at };
  };
}
