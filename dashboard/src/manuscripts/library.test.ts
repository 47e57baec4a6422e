// The shelf over a real feed and a local server: what it does not know yet is asked for until it does.
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeJob, makeOver } from "../../../client_contract/ts/tests/jobs.ts";
import type { Listener } from "../../../client_contract/ts/tests/server.ts";
import { someManuscript } from "../fixtures.ts";
import { happen } from "../testing/page.ts";
import { type Asked, makeFrame, TestService } from "../testing/service.ts";
import type { Library } from "./library.ts";
import type { ShelfManuscript } from "./shelf_state.ts";

let service: TestService;
let library: Library;
let listener: Listener;
/** What the server holds, newest first. */
let manuscripts: ShelfManuscript[];
let isAway: boolean;

function answer({ operation, variables }: Asked): object | null {
  if (isAway) return null;
  if (operation === "ManuscriptLine")
    return { manuscript: manuscripts.find(({ id }) => id === variables.id) ?? null };
  const start = variables.after === null ? 0 : Number(variables.after);
  const edges = manuscripts
    .slice(start, start + Number(variables.first))
    .map((node) => ({ node, cursor: node.id }));
  const end = start + edges.length;
  const pageInfo = { hasNextPage: end < manuscripts.length, endCursor: String(end) };
  return { manuscripts: { totalCount: manuscripts.length, edges, pageInfo } };
}

const running = makeJob({ id: "job", status: "RUNNING", version: 2, manuscript: { id: "m", title: "Emma" } });
const completed = makeOver({
  ...running,
  status: "COMPLETED",
  version: 3,
  isTerminal: true,
  deadlineAt: null,
});

beforeEach(async () => {
  isAway = false;
  manuscripts = [{ ...someManuscript("m"), latestJob: running }, someManuscript("n")];
  service = await TestService.open();
  service.answer(answer);
  library = service.service.library;
  library.start();
  service.service.feed.start();
  listener = await service.server.listener();
  listener.frame(makeFrame(1, running));
  await untilShelf(ids("m n"));
});

afterEach(() => service.close());

type Wanted = (snapshot: ReturnType<Library["getSnapshot"]>) => boolean;

function untilShelf(isWanted: Wanted): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isWanted(library.getSnapshot())) return;
      stop();
      resolve();
    };
    const stop = library.subscribe(look);
    look();
  });
}

function ids(expected: string): Wanted {
  return ({ shelf }) => shelf?.manuscripts.map(({ id }) => id).join(" ") === expected;
}

const words: Wanted = ({ shelf }) => shelf?.manuscripts[0]?.wordCount === 90_000;

test("the end of an analysis reads its manuscript again, though the first answers fail", async () => {
  isAway = true;
  manuscripts = manuscripts.map((held) =>
    held.id === "m" ? { ...held, latestJob: completed, wordCount: 90_000 } : held,
  );
  listener.frame(makeFrame(2, completed));
  await untilShelf(({ error }) => error !== null);

  isAway = false;

  await untilShelf(words);
  await untilShelf(({ error }) => error === null);
});

test("a manuscript that another window deletes with its running job leaves the shelf, though the first answers fail", async () => {
  isAway = true;
  manuscripts = manuscripts.filter(({ id }) => id !== "m");
  listener.frame({ ...makeFrame(2), removed: ["job"] });
  await untilShelf(({ error }) => error !== null);

  isAway = false;

  await untilShelf(ids("n"));
});

test("a manuscript that another window adds comes onto the shelf", async () => {
  manuscripts = [someManuscript("new"), ...manuscripts];
  listener.frame(makeFrame(2, makeJob({ id: "other", manuscript: { id: "new", title: "Persuasion" } })));

  await untilShelf(ids("new m n"));
});

test("a job of a manuscript far down the shelf is asked about once, not for ever", async () => {
  manuscripts = [...manuscripts, ...Array.from({ length: 30 }, (_, index) => someManuscript(`old-${index}`))];
  const before = service.times("Manuscripts");
  listener.frame(makeFrame(2, makeJob({ id: "far", manuscript: { id: "old-29", title: "Old" } })));
  await untilShelf(({ shelf }) => shelf?.total === 32);

  listener.frame(
    makeFrame(3, makeJob({ id: "far", version: 2, manuscript: { id: "old-29", title: "Old" } })),
  );
  await library.loadMore();

  await untilShelf(({ shelf }) => shelf?.manuscripts.length === 32);
  // Once for what was new, once for more.
  expect(service.times("Manuscripts")).toBe(before + 2);
});

test("a shelf that could not be read is read when the browser is online again", async () => {
  isAway = true;
  library.reload();
  await untilShelf(({ error }) => error !== null);

  isAway = false;
  happen("online");

  await untilShelf(({ error }) => error === null);
});

test("whoever looks through the whole shelf gets all of it, though an answer fails on the way", async () => {
  manuscripts = Array.from({ length: 250 }, (_, index) => someManuscript(`book-${index}`));
  library.reload();
  await untilShelf(({ shelf }) => shelf?.total === 250);
  isAway = true;
  library.loadAll();
  await untilShelf(({ error }) => error !== null);

  isAway = false;

  await untilShelf(({ shelf }) => shelf?.manuscripts.length === 250);
  expect(library.getSnapshot().shelf?.next).toBeNull();
});

test("a manuscript that was deleted here is gone at once", () => {
  library.remove("m");

  expect(ids("n")(library.getSnapshot())).toBe(true);
  expect(library.getSnapshot().shelf?.total).toBe(1);
});

test("what another window deletes, renames or adds shows here, with a sentence for what is gone", async () => {
  const renamed = { ...someManuscript("n"), title: "Persuasion" };
  manuscripts = [someManuscript("new"), renamed];
  const changed = manuscripts.map((manuscript) => ({ id: manuscript.id, manuscript }));
  listener.frame({ ...makeFrame(2), manuscripts: [{ id: "m", manuscript: null }, ...changed] });

  await untilShelf(
    ({ shelf }) => shelf?.manuscripts.map(({ title }) => title).join() === "The Lamp,Persuasion",
  );
  expect(library.getSnapshot().deleted).toBe("The Lamp");
});

test("a line that was cut reads the shelf anew when it is back", async () => {
  listener.cut();
  manuscripts = manuscripts.filter(({ id }) => id !== "n");
  (await service.server.listener()).frame(makeFrame(3, running));

  await untilShelf(ids("m"));
});
