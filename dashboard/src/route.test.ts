import { expect, test } from "vitest";
import { hrefOf, type Route, readRoute } from "./route.ts";

const ids = ["TWFudXNjcmlwdDox", "a/b?c#d", "ü =="];

test.each(ids)("a link to the manuscript %j leads back to it", (id) => {
  expect(readRoute(hrefOf({ page: "manuscript", id }))).toEqual({ page: "manuscript", id });
});

test.each(ids)("a link to a place in the manuscript %j leads back to it, whatever was found there", (id) => {
  const at = { paragraph: 14, start: 120, end: 131 };
  const routes: Route[] = [
    { page: "chapter", id, number: 3 },
    { page: "chapter", id, number: 3, at, kind: "adverb", label: "as if & so? 50 %=#" },
    { page: "chapter", id, number: 2000, kind: "adverb", end: "last" },
  ];
  for (const route of routes) expect(readRoute(hrefOf(route))).toEqual(route);
});

test.each([
  "",
  "#",
  "#/",
  "#/manuscripts/",
  "#/manuscripts/a/b",
  "#/elsewhere",
  "#/manuscripts/%E0%A4%A",
  "#/manuscripts/a/chapters/",
  "#/manuscripts/a/chapters/one",
])("the address %j is the first page", (hash) => {
  expect(readRoute(hash)).toEqual({ page: "add" });
});

test("of an address that was cut, what is whole is kept", () => {
  const route = readRoute("#/manuscripts/a/chapters/3?at=14.120&kind=adverb");

  expect(route).toEqual({ page: "chapter", id: "a", number: 3, kind: "adverb" });
});

test("a comparison is kept in the address", () => {
  const route = { page: "comparison", id: "a/b", before: "c d" } as const;

  expect(readRoute(hrefOf(route))).toEqual(route);
});
