import { parse } from "graphql";
import { expect, test } from "vitest";
import { examplesFrom } from "./examples.ts";

const sources = [
  "subscription Watch { jobUpdates { jobs { ...Line } } }",
  "fragment Line on Job { id ...More } fragment More on Job { status }",
  "mutation Start($id: ID!) { startAnalysis(manuscriptId: $id) { __typename } }",
  "query List($first: Int = 20, $after: String) { manuscripts(first: $first, after: $after) { totalCount } }",
];

const [list, start, watch] = examplesFrom(sources, [
  ["List", "See what is there."],
  ["Start", "Start it."],
  ["Watch", "Watch it."],
  ["Gone", "There is no such operation."],
]);

test("examples come in the order of the steps, each with its number and a line of what to do", () => {
  const shown = [list, start, watch].map((example) => example?.query.split("\n")[0]);

  expect(shown).toEqual(["# 1 of 3. See what is there.", "# 2 of 3. Start it.", "# 3 of 3. Watch it."]);
});

test("an example holds the fragments that it needs, and those that they need", () => {
  expect(parse(watch?.query ?? "").definitions).toHaveLength(3);
});

test("required variables have a value to write over, the others are left out", () => {
  expect(list?.variables).toBe("");
  expect(JSON.parse(start?.variables ?? "")).toEqual({
    id: expect.stringContaining("the id of a manuscript"),
  });
});
