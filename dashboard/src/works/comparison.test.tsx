// What moved between two drafts, over a local server.
import { afterEach, beforeEach, expect, test } from "vitest";
import { ServiceContext } from "../service.ts";
import { press, render, until } from "../testing/page.ts";
import { type Asked, TestService } from "../testing/service.ts";
import ComparisonPage from "./comparison.tsx";

const PLACES = 45;

let service: TestService;
let page: HTMLElement;
let answered: (asked: Asked) => object | null;

const chapter = (number: number, words = 100) => ({
  number,
  title: `Chapter ${number}`,
  words,
  measured: { dialogueShare: null, meanSentenceWords: null },
});
const report = {
  id: "r",
  createdAt: "2026-11-24T12:00:00Z",
  summary: { words: 1000, divisions: "3 chapters", dialogueShare: 0.25, meanSentenceWords: 12 },
  sections: [{ kinds: [{ key: "adverb", title: "Adverbs" }] }],
};
const place = (number: number) => ({
  kind: "adverb",
  label: "softly",
  place: { chapter: 1, paragraph: number, start: 3, end: 9, quote: `she said softly, ${number}` },
});

function comparison({ variables }: Asked, changes: object = {}): object {
  const [places, afterPlace] = [Number(variables.places), Number(variables.afterPlace)];
  const all = Array.from({ length: PLACES }, (_, index) => place(index + 1));
  return {
    __typename: "DraftComparison",
    shared: 0.8,
    isSameBook: true,
    before: report,
    after: report,
    chapters: [
      { change: "SAME", isMoved: false, before: [chapter(1)], after: [chapter(1)] },
      { change: "SPLIT", isMoved: true, before: [chapter(2, 200)], after: [chapter(2), chapter(3, 150)] },
      { change: "TURNED_INSIDE_OUT", isMoved: false, before: [chapter(3)], after: [chapter(4)] },
      { change: "GONE", isMoved: false, before: [chapter(4)], after: [] },
    ],
    habits: [{ kind: "adverb", label: "immediately", before: 60, after: 31 }],
    mended: { total: PLACES, places: all.slice(afterPlace, afterPlace + places) },
    cameIn: { total: 0, places: [] },
    ...changes,
  };
}

beforeEach(async () => {
  answered = (asked) => ({ compareDrafts: comparison(asked) });
  service = await TestService.open();
  service.answer((asked) => answered(asked));
  service.service.feed.start();
});

afterEach(() => service.close());

async function open(): Promise<void> {
  page = await render(
    <ServiceContext value={service.service}>
      <ComparisonPage before="m1" after="m2" title="Emma" />
    </ServiceContext>,
  );
}

const says = (words: string) => page.textContent?.includes(words) === true;
const listed = () => page.querySelectorAll(".changed-places li").length;

test("what moved is told, and what stayed is counted", async () => {
  await open();
  await until(() => says("1 chapter did not change"));

  const rows = [...page.querySelectorAll(".changed-chapters tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(rows).toEqual([
    ["Split, and moved", "Chapter 2", "Chapter 2Chapter 3", "+50"],
    ["Changed", "Chapter 3", "Chapter 4", "0"],
    ["Gone", "Chapter 4", "–", "100"],
  ]);
  expect(page.querySelector(".habits")?.textContent).toContain("immediately Adverbs60");
});

test("a place leads into the draft that has it", async () => {
  await open();
  await until(() => listed() > 0);

  expect(page.querySelector(".changed-places a")?.getAttribute("href")).toBe(
    "#/manuscripts/m1/chapters/1?at=1.3-9&kind=adverb&label=softly",
  );
});

test("all places can be reached, a page at a time and each once", async () => {
  await open();
  await until(() => listed() === 20);

  await press(page, "Show more");
  await until(() => listed() === 40);
  await press(page, "Show more");
  await until(() => listed() === PLACES);

  expect(page.querySelector(".changed-places li:last-child")?.textContent).toContain(`softly, ${PLACES}`);
  expect(says("Show more")).toBe(false);
});

test("a comparison that cannot be read is asked for until it is there", async () => {
  answered = () => null;
  await open();
  await until(() => page.querySelector("[role=alert]") !== null);

  answered = (asked) => ({ compareDrafts: comparison(asked) });

  await until(() => says("1 chapter did not change"));
});

test("what cannot be compared is told in the server's sentence and not asked again", async () => {
  answered = () => ({
    compareDrafts: { __typename: "Refusal", code: "NOT_ALLOWED_NOW", message: "“Emma” has no report yet." },
  });
  await open();

  await until(() => page.querySelector("[role=alert]")?.textContent === "“Emma” has no report yet.");
});

test("another book is asked about first, and taken out or compared", async () => {
  answered = (asked) => {
    if (asked.operation === "SetDraftOf") return { setDraftOf: { __typename: "Manuscript", id: "m2" } };
    return { compareDrafts: comparison(asked, { isSameBook: false }) };
  };
  await open();
  await until(() => says("These share hardly a sentence"));
  expect(listed()).toBe(0);

  await press(page, "They are two books");
  await until(() => says("is now a book of its own"));
  await press(page, "Compare them all the same");

  await until(() => listed() === 20);
});
