import { parse } from "graphql";
import { expect, test } from "vitest";
import { examplesFrom } from "./examples.ts";

const sources = [
  "subscription Watch { jobUpdates { jobs { ...Line } } }",
  "fragment Line on Job { id ...More } fragment More on Job { status }",
  "mutation Start($id: ID!) { startAnalysis(manuscriptId: $id) { __typename } }",
  "query List($first: Int = 20, $after: String) { manuscripts(first: $first, after: $after) { totalCount } }",
];

const [list, start, watch] = examplesFrom(sources, ["List", "Start", "Watch", "Gone"]);

test("examples come in the order of their names, without those that are not there", () => {
  expect(
    examplesFrom(sources, ["Watch", "Gone", "List"]).map(({ query }) => / (\w+)/.exec(query)?.[1]),
  ).toEqual(["Watch", "List"]);
});

test("an example holds the fragments that it needs, and those that they need", () => {
  expect(parse(watch?.query ?? "").definitions).toHaveLength(3);
});

test("required variables have a value to write over, the others are left out", () => {
  expect(list?.variables).toBe("");
  expect(JSON.parse(start?.variables ?? "")).toHaveProperty("id");
});
