// The shelf as an author sees it, over a local server.
import { afterEach, beforeEach, expect, test } from "vitest";
import { someJob, someManuscript } from "../fixtures.ts";
import { ServiceContext } from "../service.ts";
import { press, render, type, until } from "../testing/page.ts";
import { TestService } from "../testing/service.ts";
import { Shelf } from "./shelf.tsx";
import type { ShelfManuscript } from "./shelf_state.ts";

let service: TestService;
let page: HTMLElement;
let manuscripts: ShelfManuscript[];
let isAway: boolean;

function books(count: number): ShelfManuscript[] {
  return Array.from({ length: count }, (_, index) => ({
    ...someManuscript(`m-${index}`),
    title: `Book ${index}`,
    wordCount: index,
  }));
}

beforeEach(async () => {
  isAway = false;
  service = await TestService.open();
  service.answer(({ variables }) => {
    if (isAway) return null;
    const start = Number(variables.after ?? 0);
    const end = Math.min(start + Number(variables.first), manuscripts.length);
    const edges = manuscripts.slice(start, end).map((node) => ({ node }));
    const pageInfo = { hasNextPage: end < manuscripts.length, endCursor: String(end) };
    return { manuscripts: { totalCount: manuscripts.length, edges, pageInfo } };
  });
});

afterEach(() => service.close());

async function show(held: ShelfManuscript[]): Promise<void> {
  manuscripts = held;
  service.service.library.start();
  page = await render(
    <ServiceContext value={service.service}>
      <Shelf jobs={[]} selected={null} />
    </ServiceContext>,
  );
}

const titles = () => [...page.querySelectorAll(".shelf-title")].map(({ textContent }) => textContent);
const says = (words: string) => page.textContent?.includes(words) === true;

test("a shelf of a few books has nothing to search with", async () => {
  await show(books(9));

  await until(() => titles().length === 9);
  expect(page.querySelector("search")).toBeNull();
});

test("more is shown on demand", async () => {
  await show(books(30));
  await until(() => titles().length === 20);

  await press(page, "Show more");

  await until(() => titles().length === 30);
});

test("whoever searches, searches all of it", async () => {
  await show(books(150));
  await until(() => titles().length === 20);

  await type(page, "[type=search]", "book 149");

  await until(() => says("1 of 150"));
  expect(titles()).toEqual(["Book 149"]);
  await type(page, "[type=search]", "no such book");
  expect(says("None of your manuscripts is like that.")).toBe(true);
});

test("a status of a later contract stands on its line as its own word", async () => {
  const latestJob = JSON.parse(
    JSON.stringify({ ...someJob({ deadlineAt: null }), status: "ON_HOLD", isTerminal: true }),
  );

  await show([{ ...someManuscript("manuscript-1"), latestJob }]);

  await until(() => says("On hold"));
});

test("a shelf that cannot be read says so, and is read on demand", async () => {
  isAway = true;
  await show(books(3));
  await until(() => says("Load the manuscripts again"));

  isAway = false;
  await press(page, "Load the manuscripts again");

  await until(() => titles().length === 3);
});

test("all that failed is tried again by one press, and what was refused is said", async () => {
  const failure = { code: "QUEUE_TIMEOUT", message: "Nothing took it.", retryable: true } as const;
  const failed = books(3).map((book) => ({
    ...book,
    latestJob: someJob({
      id: `job-${book.id}`,
      status: "FAILED",
      isTerminal: true,
      failure,
      manuscript: { id: book.id, title: book.title },
    }),
  }));
  const asked: unknown[] = [];
  const answers = service.answers;
  service.answer((request) => {
    if (request.operation !== "RetryJobs") return answers(request);
    asked.push(request.variables);
    const refusal = { code: "LIMIT_REACHED", message: "You have 100 analyses under way." };
    const outcomes = [{ id: "job-m-0", job: null, refusal }];
    return { retryJobs: { __typename: "JobOutcomes", done: 2, refused: 1, hasMore: false, outcomes } };
  });
  await show(failed);
  await until(() => says("Try the 3 again"));

  await press(page, "Try the 3 again");

  await until(() => says("1 could not be tried: You have 100 analyses under way."));
  expect(asked).toEqual([{ input: { ids: ["job-m-0", "job-m-1", "job-m-2"] } }]);
});
