import { expect, test } from "vitest";
import { someJob, someManuscript } from "../fixtures.ts";
import { outdated, refreshed, unheardOf } from "./shelf_state.ts";

function shelf(ids: string, next: string | null, total = 9) {
  return { manuscripts: [...ids].map(someManuscript), next, total };
}

function idsOf({ manuscripts }: ReturnType<typeof refreshed>): string {
  return manuscripts.map(({ id }) => id).join("");
}

test("the first page, read again, keeps what was loaded beyond it", () => {
  const again = refreshed(shelf("dcb", "b"), shelf("cba987", "7"));

  expect(idsOf(again)).toBe("dcba987");
  expect(again.next).toBe("7");
});

test("a manuscript that is gone from the first page is gone", () => {
  expect(idsOf(refreshed(shelf("ca9", "9"), shelf("cba987", "7")))).toBe("ca987");
});

test("when the first page is all there is, nothing older is kept", () => {
  expect(idsOf(refreshed(shelf("c", null), shelf("cba", null)))).toBe("c");
});

test("when the first page does not reach what is held, reading goes on from its end", () => {
  const again = refreshed(shelf("xyz", "z"), shelf("cba", null));

  expect(idsOf(again)).toBe("xyz");
  expect(again.next).toBe("z");
});

const running = someJob({ status: "RUNNING", version: 3 });
const completed = someJob({ status: "COMPLETED", isTerminal: true, version: 4 });
const held = {
  manuscripts: [{ ...someManuscript("manuscript-1"), latestJob: running }],
  next: null,
  total: 1,
};

const none = new Set<string>();

test("a job of a manuscript that the list does not show is news, until the list was read with it in mind", () => {
  expect(unheardOf(shelf("abc", null), [running], none)).toEqual([running]);
  expect(unheardOf(shelf("abc", "c"), [running], new Set(["job-1"]))).toEqual([]);
  expect(unheardOf(held, [running], none)).toEqual([]);
});

test("the end of an analysis is news, its way is not", () => {
  expect(outdated(held, [{ ...running, version: 9 }]).size).toBe(0);
  expect(outdated(held, [completed]).get("manuscript-1")).toEqual(completed);
});

test("an end that the list shows already is no news", () => {
  const shown = { ...held, manuscripts: [{ ...someManuscript("manuscript-1"), latestJob: completed }] };

  expect(outdated(shown, [completed]).size).toBe(0);
});
