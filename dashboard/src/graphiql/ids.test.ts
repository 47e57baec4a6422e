import { expect, test } from "vitest";
import { Ids, kindOf, placeholderOf } from "./ids.ts";

const MANUSCRIPT = btoa("Manuscript:6f0c1d5e");
const OLDER = btoa("Manuscript:00000000");
const JOB = btoa("Job:9a572f6a");

test.each([
  ["startAnalysis", "manuscriptId", "Manuscript"],
  ["manuscript", "id", "Manuscript"],
  ["cancelJob", "id", "Job"],
  ["jobProgress", "id", "Job"],
  ["manuscripts", "first", null],
] as const)("%s(%s) asks for the id of a %s", (field, argument, kind) => {
  expect(kindOf(field, argument)).toBe(kind);
});

test("an id of the last answer takes the place of its placeholder, and of no other", () => {
  const ids = new Ids();
  const variables = JSON.stringify({ id: placeholderOf("Manuscript"), other: placeholderOf("Job") });
  expect(ids.filled(variables)).toBe(variables);

  ids.note({ data: { manuscripts: { edges: [{ node: { id: MANUSCRIPT } }, { node: { id: OLDER } }] } } });

  expect(JSON.parse(ids.filled(variables))).toEqual({ id: MANUSCRIPT, other: placeholderOf("Job") });
});

test("a later answer counts, and an id that was chosen stays", () => {
  const ids = new Ids();
  ids.note({ data: { startAnalysis: { id: JOB, manuscript: { id: OLDER } } } });
  ids.note({ data: { viewer: { id: "author" }, addManuscript: { id: MANUSCRIPT } } });

  expect(ids.filled(JSON.stringify({ id: placeholderOf("Manuscript") }))).toContain(MANUSCRIPT);
  expect(ids.filled(JSON.stringify({ id: placeholderOf("Job") }))).toContain(JOB);
  expect(ids.filled(JSON.stringify({ id: OLDER }))).toContain(OLDER);
});
