import { expect, test } from "vitest";
import { someJob, someManuscript } from "../fixtures.ts";
import { isPlain, PLAIN_VIEW, type ShelfView, viewed } from "./shelf_view.ts";

const ended = { isTerminal: true, deadlineAt: null, locksManuscript: false } as const;

function line(
  id: string,
  title: string,
  job: ReturnType<typeof someJob> | null,
  wordCount: number | null = null,
) {
  return { manuscript: { ...someManuscript(id), title, wordCount, filename: `${id}.docx` }, job };
}

const lines = [
  line("a", "Émilie, volume 10", someJob({ status: "RUNNING" })),
  line("b", "Émilie, volume 9", someJob({ status: "COMPLETED", ...ended }), 90_000),
  line("c", "Persuasion", someJob({ status: "FAILED", ...ended }), 84_000),
  line("d", "Sanditon", null, 24_000),
  line("e", "Emma", someJob({ status: "RUNNING", isVoid: true }), 160_000),
];

function ids(view: Partial<ShelfView>): string {
  return viewed(lines, { ...PLAIN_VIEW, ...view })
    .map(({ manuscript }) => manuscript.id)
    .join("");
}

test("nothing asked, all is shown as it came", () => {
  expect(ids({})).toBe("abcde");
  expect(isPlain({ ...PLAIN_VIEW, query: "  " })).toBe(true);
  expect(isPlain({ ...PLAIN_VIEW, kind: "open" })).toBe(false);
});

test("every word is looked for in title and file name, without case and accents", () => {
  expect(ids({ query: "volume EMILIE" })).toBe("ab");
  expect(ids({ query: "c.docx" })).toBe("c");
  expect(ids({ query: "emma sanditon" })).toBe("");
});

test("titles are sorted as a person sorts them, numbers as numbers", () => {
  expect(ids({ order: "title" })).toBe("baecd");
});

test("the longest come first, those that nobody has counted last", () => {
  expect(ids({ order: "longest" })).toBe("ebcda");
});

test("each manuscript is ready, under way or open", () => {
  expect(ids({ kind: "ready" })).toBe("b");
  expect(ids({ kind: "underway" })).toBe("a");
  expect(ids({ kind: "open" })).toBe("cde");
});
