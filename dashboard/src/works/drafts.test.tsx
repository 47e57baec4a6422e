// The drafts of a book on the page of one of them, over a local server.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServiceContext } from "../service.ts";
import { press, render, until } from "../testing/page.ts";
import { type Asked, TestService } from "../testing/service.ts";
import Drafts from "./drafts.tsx";

let service: TestService;
let page: HTMLElement;
let drafts: object[];
let isAway: boolean;
let isAnalysed: boolean;
let refusal: object | null;
let asked: Asked[];

const draft = (number: number, wordCount: number | null = 1000) => ({
  number,
  manuscript: { id: `m${number}`, title: "Emma", wordCount, createdAt: "2026-11-24T12:00:00Z" },
});

function answer(operation: Asked): object | null {
  asked.push(operation);
  if (isAway) return null;
  if (operation.operation === "Drafts") return { manuscript: { id: "m2", work: { id: "w", drafts } } };
  if (operation.operation === "SetDraftOf")
    return { setDraftOf: refusal ?? { __typename: "Manuscript", id: "m2" } };
  return null;
}

beforeEach(async () => {
  [drafts, isAway, isAnalysed, refusal, asked] = [[draft(2)], false, true, null, []];
  service = await TestService.open();
  service.answer(answer);
  service.service.feed.start();
});

afterEach(() => service.close());

async function open(): Promise<void> {
  page = await render(
    <ServiceContext value={service.service}>
      <Drafts id="m2" title="Emma" isAnalysed={isAnalysed} onChanged={vi.fn()} />
    </ServiceContext>,
  );
}

const says = (words: string) => page.textContent?.includes(words) === true;
const links = () =>
  [...page.querySelectorAll("a")].map((link) => [link.textContent, link.getAttribute("href")]);

test("of a book with one draft nothing is listed, and another can be added", async () => {
  await open();

  await until(() => says("Add another draft of this book"));
  expect(page.querySelector("ol")).toBeNull();
});

test("each other draft can be opened, and compared from the earlier to the later", async () => {
  drafts = [draft(1), draft(2), draft(3), draft(4, null)];
  await open();
  await until(() => says("Drafts of this book"));

  expect(links()).toEqual([
    ["Draft 1", "#/manuscripts/m1"],
    ["What changed since then", "#/manuscripts/m2/since/m1"],
    ["Draft 3", "#/manuscripts/m3"],
    ["What changed there", "#/manuscripts/m3/since/m2"],
    ["Draft 4", "#/manuscripts/m4"],
  ]);
});

test("a draft without a report is compared with none", async () => {
  drafts = [draft(1), draft(2, null)];
  isAnalysed = false;
  await open();
  await until(() => says("Drafts of this book"));

  expect(links()).toEqual([["Draft 1", "#/manuscripts/m1"]]);
});

test("drafts that cannot be read are asked for until they are there", async () => {
  isAway = true;
  await open();
  await until(() => service.times("Drafts") >= 2);

  isAway = false;

  await until(() => says("Add another draft of this book"));
});

test("a draft is taken out after a question, and the list is read again", async () => {
  drafts = [draft(1), draft(2)];
  await open();
  await until(() => says("Take this draft out"));
  await press(page, "Take this draft out");
  drafts = [draft(2)];

  await press(page, "Take it out");

  await until(() => says("Add another draft of this book"));
  expect(asked.find(({ operation }) => operation === "SetDraftOf")?.variables).toEqual({
    input: { id: "m2", draftOf: null },
  });
});

test("a refusal is told in the server's sentence", async () => {
  drafts = [draft(1), draft(2)];
  refusal = { __typename: "Refusal", code: "NOT_FOUND", message: "There is no such manuscript." };
  await open();
  await until(() => says("Take this draft out"));
  await press(page, "Take this draft out");

  await press(page, "Take it out");

  await until(() => page.querySelector("[role=alert]")?.textContent === "There is no such manuscript.");
});
