import { parse } from "graphql";
import { expect, test } from "vitest";
import { examplesFrom } from "./examples.ts";

const sources = [
  "subscription Watch { jobUpdates { jobs { ...Line } } }",
  "fragment Line on Job { id ...More } fragment More on Job { status }",
  "mutation Start($id: ID!) { startAnalysis(manuscriptId: $id) { __typename } }",
  "query List($first: Int = 20, $after: String) { manuscripts(first: $first, after: $after) { totalCount } }",
];

test("queries come first, subscriptions last", () => {
  const kinds = examplesFrom(sources).map(({ query }) => query.split(" ")[0]);

  expect(kinds).toEqual(["query", "mutation", "subscription"]);
});

test("an example holds the fragments that it needs, and those that they need", () => {
  const watch = examplesFrom(sources).at(-1);

  expect(parse(watch?.query ?? "").definitions).toHaveLength(3);
});

test("required variables have a value to write over, the others are left out", () => {
  const [list, start] = examplesFrom(sources);

  expect(list?.variables).toBe("");
  expect(JSON.parse(start?.variables ?? "")).toHaveProperty("id");
});
