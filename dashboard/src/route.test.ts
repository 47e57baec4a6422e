import { expect, test } from "vitest";
import { hrefOf, readRoute } from "./route.ts";

test("a link to a manuscript leads back to it, whatever its id holds", () => {
  for (const id of ["TWFudXNjcmlwdDox", "a/b?c#d", "ü =="]) {
    expect(readRoute(hrefOf({ page: "manuscript", id }))).toEqual({ page: "manuscript", id });
  }
});

test.each(["", "#", "#/", "#/manuscripts/", "#/manuscripts/a/b", "#/elsewhere", "#/manuscripts/%E0%A4%A"])(
  "the address %j is the first page",
  (hash) => {
    expect(readRoute(hash)).toEqual({ page: "add" });
  },
);
