// What is taken along says what the report says, and means nothing to the program that opens it.
import { expect, test } from "vitest";
import { someReport } from "../../fixtures.ts";
import { chaptersTable, findingsTable } from "./csv.ts";
import { markdown } from "./markdown.ts";

const report = someReport();

test("the chapters are a table with a row each", () => {
  const [head, ...rows] = chaptersTable(report).trimEnd().split("\r\n");

  expect(head).toMatch(/^\ufeffNumber,Chapter,Words/);
  expect(rows).toHaveLength(report.chapters.length);
  expect(rows[0]).toBe('1,"One, or the ""Gate""",120,10,4,0.5,,12,3,20,,');
});

test("what was not measured is an empty cell, and no nought", () => {
  expect(chaptersTable(report)).not.toContain(",0,");
});

test("the findings are a table with a row a place, and nothing in it is a formula", () => {
  const rows = findingsTable(report).trim().split("\r\n");

  expect(rows).toHaveLength(1 + 2);
  expect(rows[1]).toContain('"\'=SUM(A1), she said"');
});

test("the text tells every section, and her words are no Markdown", () => {
  const text = markdown("A *book*", report);

  expect(text).toContain("# A \\*book\\*");
  expect(text).toContain("## Style");
  expect(text).toContain("**slowly**, 2");
  expect(text).toContain("\\_so\\_");
  expect(text).not.toContain("undefined");
});
