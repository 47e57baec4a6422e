// How a chapter is cut, laid out and walked through.
import { expect, test } from "vitest";
import { heightOf, pagesOf, positionOf, scenesOf } from "./layout.ts";
import { type Mark, marksOf, segmentsOf } from "./marks.ts";
import { entry, placeInWalk, step, type Walk } from "./walk.ts";

const mark = (start: number, end: number, label = "so", paragraph = 1): Mark => ({
  kind: "adverb",
  label,
  paragraph,
  start,
  end,
});
const passage = (text: string, start = 0) => ({ position: 1, paragraph: 1, start, afterBreak: false, text });

test("a passage is cut where marks begin and end, and nothing of it is lost", () => {
  const segments = segmentsOf(passage("It was so very so."), [
    mark(7, 9),
    mark(7, 14, "so very"),
    mark(15, 17),
  ]);

  expect(segments.map(({ text }) => text)).toEqual(["It was ", "so", " very", " ", "so", "."]);
  expect(segments.map(({ marks }) => marks.length)).toEqual([0, 2, 1, 0, 1, 0]);
});

test("places count characters, also behind one that takes two units", () => {
  const segments = segmentsOf(passage("😀 so 😀 so"), [mark(2, 4), mark(7, 9)]);

  expect(segments.filter(({ marks }) => marks.length > 0).map(({ text }) => text)).toEqual(["so", "so"]);
  expect(segments.map(({ text }) => text).join("")).toBe("😀 so 😀 so");
});

test("a later piece of a paragraph shows its own marks, and the end of one that began before it", () => {
  const segments = segmentsOf(passage("end, so.", 100), [mark(20, 22), mark(95, 103), mark(105, 107)]);

  expect(segments.map(({ text, marks }) => [text, marks.length])).toEqual([
    ["end", 1],
    [", ", 0],
    ["so", 1],
    [".", 0],
  ]);
});

test("series become marks", () => {
  const series = {
    kind: "echo",
    labels: ["a", "b"],
    label: [1, 0],
    paragraph: [1, 2],
    start: [3, 4],
    end: [5, 6],
  };

  expect(marksOf(series)).toEqual([
    { kind: "echo", label: "b", paragraph: 1, start: 3, end: 5 },
    { kind: "echo", label: "a", paragraph: 2, start: 4, end: 6 },
  ]);
});

const outlineOf = (lengths: number[], paragraphs = lengths.map((_length, index) => index + 1)) => ({
  lengths,
  paragraphs,
  scenes: [],
});

test.each([
  ["a chapter of 200,000 words in one paragraph", Array(200).fill(6000)],
  ["one of a thousand lines of dialogue", Array(1000).fill(20)],
  ["one of 50 words", [280]],
])("%s is cut into pages that hold every passage once", (_name, lengths) => {
  const pages = pagesOf(outlineOf(lengths));

  expect(
    pages.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_n, at) => first + at)),
  ).toEqual(lengths.map((_length: number, index: number) => index + 1));
  expect(Math.max(...pages.map(({ first, last }) => last - first + 1))).toBeLessThanOrEqual(40);
});

test("a chapter without text has no page", () => {
  expect(pagesOf(outlineOf([]))).toEqual([]);
});

test("a place is found in the piece of its paragraph that holds it", () => {
  const outline = outlineOf([100, 6000, 6000, 50], [1, 2, 2, 3]);
  const at = (paragraph: number, start: number) => positionOf(outline, { paragraph, start, end: start + 1 });

  expect([at(1, 0), at(2, 5999), at(2, 6000), at(3, 1), at(9, 0)]).toEqual([1, 2, 3, 4, undefined]);
});

test("a page has about the height of its lines", () => {
  const measure = { characters: 60, line: 30 };

  expect(heightOf({ first: 1, last: 2 }, outlineOf([10, 121, 500]), measure)).toBe(4 * 30);
});

test("scenes share the words of a chapter by their characters", () => {
  const scenes = scenesOf({ ...outlineOf([300, 100, 400]), scenes: [3] }, 160);

  expect(scenes).toEqual([
    { number: 1, first: 1, words: 80 },
    { number: 2, first: 3, words: 80 },
  ]);
});

const kind = {
  key: "adverb",
  title: "Adverbs",
  section: "style",
  why: "",
  leave: "",
  count: 5,
  byChapter: [2, 0, 3],
  style: 0,
};
const walk: Walk = {
  kind,
  label: undefined,
  here: [mark(1, 3), mark(9, 11)],
  byChapter: [2, 0, 3],
  isCounted: true,
};
const route = { page: "chapter", id: "m", number: 1 } as const;
const at = (start: number, end: number) => ({ paragraph: 1, start, end });

test("a walk goes from place to place and on into the next chapter that has one", () => {
  expect(step(walk, route, true)).toMatchObject({ number: 1, at: at(1, 3) });
  expect(step(walk, { ...route, at: at(1, 3) }, true)).toMatchObject({ number: 1, at: at(9, 11) });
  expect(step(walk, { ...route, at: at(9, 11) }, true)).toMatchObject({ number: 3, end: "first" });
  expect(step(walk, { ...route, number: 3, at: at(1, 3) }, false)).toMatchObject({ number: 1, end: "last" });
  expect(step(walk, { ...route, at: at(1, 3) }, false)).toBeNull();
});

test("a walk from a place between goes to its neighbours", () => {
  expect(step(walk, { ...route, at: at(5, 6) }, true)).toMatchObject({ at: at(9, 11) });
  expect(step(walk, { ...route, at: at(5, 6) }, false)).toMatchObject({ at: at(1, 3) });
});

test("a walk enters a chapter at the end it came from, and passes through one that has none of it", () => {
  expect(entry(walk, route, "first")).toMatchObject({ at: at(1, 3) });
  expect(entry(walk, route, "last")).toMatchObject({ at: at(9, 11) });
  expect(entry({ ...walk, here: [] }, route, "first")).toMatchObject({ number: 3, end: "first" });
  expect(entry({ ...walk, here: [] }, { ...route, number: 3 }, "first")).toBeNull();
});

test("a walk says which of how many", () => {
  expect(placeInWalk(walk, 1, at(9, 11))).toEqual({ is: 2, of: 5 });
  expect(placeInWalk(walk, 3, at(1, 3))).toEqual({ is: 3, of: 5 });
  expect(placeInWalk(walk, 1, undefined)).toEqual({ is: null, of: 5 });
  expect(placeInWalk({ ...walk, isCounted: false }, 1, at(1, 3))).toBeNull();
});
