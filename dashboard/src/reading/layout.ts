// How a chapter is laid out before its text is there: pages of a few screens, each with a height to expect.
import type { ChapterQuery } from "@novelfoundry/client";
import type { Place } from "../route.ts";

type Chapter = NonNullable<NonNullable<ChapterQuery["manuscript"]>["chapter"]>;
export type Outline = Chapter["outline"];

/** Passages that come into the page and go out of it together; positions as in the API, from 1. */
export interface Page {
  readonly first: number;
  readonly last: number;
}

/** Enough for two screens, and drawn within a few milliseconds however much is marked. */
const CHARACTERS = 9000;
const PASSAGES = 40;

export function pagesOf({ lengths }: Outline): Page[] {
  const pages: { first: number; last: number }[] = [];
  let characters = Number.POSITIVE_INFINITY;
  lengths.forEach((length, index) => {
    const page = pages.at(-1);
    const isFull =
      page === undefined || characters + length > CHARACTERS || index + 1 - page.first >= PASSAGES;
    if (isFull) pages.push({ first: index + 1, last: index + 1 });
    else page.last = index + 1;
    characters = isFull ? length : characters + length;
  });
  return pages;
}

/** The position of the passage that holds the place; undefined where the chapter has no such paragraph. */
export function positionOf(
  { paragraphs, lengths }: Outline,
  { paragraph, start }: Place,
): number | undefined {
  let at = paragraphs.indexOf(paragraph);
  if (at < 0) return undefined;
  let end = lengths[at] ?? 0;
  while (start >= end && paragraphs[at + 1] === paragraph) {
    at += 1;
    end += lengths[at] ?? 0;
  }
  return at + 1;
}

export interface Measure {
  /** Characters on a line, on average. */
  readonly characters: number;
  /** Pixels of a line. */
  readonly line: number;
}

/** Pixels that a page will take, about. */
export function heightOf({ first, last }: Page, { lengths }: Outline, { characters, line }: Measure): number {
  const lines = lengths
    .slice(first - 1, last)
    .reduce((sum, length) => sum + Math.max(1, Math.ceil(length / characters)), 0);
  return Math.round(lines * line);
}

export interface Scene {
  readonly number: number;
  /** The position of its first passage. */
  readonly first: number;
  /** About how many words. */
  readonly words: number;
}

/** The scenes of a chapter, by their share of its characters. */
export function scenesOf({ lengths, scenes }: Outline, words: number): Scene[] {
  const starts = [1, ...scenes];
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return starts.map((first, index) => {
    const after = starts[index + 1] ?? lengths.length + 1;
    const characters = lengths.slice(first - 1, after - 1).reduce((sum, length) => sum + length, 0);
    return { number: index + 1, first, words: Math.round((words * characters) / Math.max(1, whole)) };
  });
}
