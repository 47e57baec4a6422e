// What is kept in the browser's database: here one in memory, with Node's locks.
import { afterEach, expect, test, vi } from "vitest";
import { happen } from "../testing/page.ts";
import { EMPTY } from "./draft.ts";
import { DraftKeeper } from "./keeper.ts";

const open: DraftKeeper[] = [];

afterEach(() => {
  for (const keeper of open.splice(0)) keeper.stop();
  vi.restoreAllMocks();
});

/** A page that the author opens. The same author in each test would find what another left. */
async function visit(author: string): Promise<DraftKeeper> {
  const keeper = new DraftKeeper(`${author} of ${expect.getState().currentTestName}`);
  open.push(keeper);
  await keeper.start();
  return keeper;
}

function leave(keeper: DraftKeeper): void {
  keeper.stop();
  open.splice(open.indexOf(keeper), 1);
}

const waitFor: typeof vi.waitFor = (look) => vi.waitFor(look, { timeout: 20_000 });

const WORDS = { title: "Emma", text: "It rained." };

const textOf = async (keeper: Promise<DraftKeeper>) => (await keeper).getSnapshot().draft.text;

test("what was typed is there again after a reload", async () => {
  const before = await visit("anna");
  before.type(WORDS);
  leave(before);

  expect(await textOf(visit("anna"))).toBe("It rained.");
});

test("what was typed a moment ago is written when the page is hidden or left", async () => {
  const before = await visit("anna");
  before.type(WORDS);
  before.type({ ...WORDS, text: "It rained again." });
  happen("pagehide");
  leave(before);

  expect(await textOf(visit("anna"))).toBe("It rained again.");
});

test("one author's draft is not another's, and is still there when she comes back", async () => {
  const anna = await visit("anna");
  anna.type(WORDS);
  leave(anna);

  sessionStorage.clear();
  const berta = await visit("berta");
  expect(berta.draft).toEqual(EMPTY);
  leave(berta);

  expect(await textOf(visit("anna"))).toBe("It rained.");
});

test("two tabs keep two drafts, and a closed one leaves its own to the next", async () => {
  const one = await visit("anna");
  one.type(WORDS);
  await waitFor(async () => expect(await stored()).toContain("It rained."));

  sessionStorage.clear();
  const other = await visit("anna");
  other.type({ title: "Persuasion", text: "It snowed." });
  leave(other);
  await waitFor(async () => expect((await navigator.locks.query()).held).toHaveLength(1));

  sessionStorage.clear();
  expect(await textOf(visit("anna"))).toBe("It snowed.");
});

test("what is accepted is gone, on the page and in the browser", async () => {
  const before = await visit("anna");
  before.type(WORDS);
  before.put({ title: "", text: "" });
  leave(before);

  expect(before.getSnapshot().draft).toEqual(EMPTY);
  await waitFor(async () => expect(await stored()).not.toContain("It rained."));
});

test("a file is kept", async () => {
  const before = await visit("anna");
  before.put({ files: [new File(["It rained."], "Emma.txt")] });
  leave(before);

  const after = await visit("anna");

  expect(after.draft.files).toHaveLength(1);
});

test("a browser that cannot store it is told, and asks before it throws it away", async () => {
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("The disk is full.", "QuotaExceededError");
  });
  const keeper = await visit("anna");

  keeper.type(WORDS);

  await waitFor(() => expect(keeper.getSnapshot().isSafe).toBe(false));
  expect(happen("beforeunload")).toBe(false);
  keeper.put({ title: "", text: "" });
  await waitFor(() => expect(keeper.getSnapshot().isSafe).toBe(true));
  expect(happen("beforeunload")).toBe(true);
});

test("a file that cannot be stored does not cost the text", async () => {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, record) {
    if (record.files.length > 0) throw new DOMException("The file is gone.", "DataCloneError");
    return put.call(this, record);
  });
  const before = await visit("anna");
  before.put({ ...WORDS, files: [new File(["It rained."], "Emma.txt")] });
  await waitFor(async () => expect(await stored()).toContain("It rained."));
  leave(before);

  expect(await textOf(visit("anna"))).toBe("It rained.");
});

/** The texts that the browser's database holds of this test's authors. */
function stored(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("novelfoundry");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("drafts").objectStore("drafts").getAll();
      reading.onsuccess = () => {
        opening.result.close();
        const { currentTestName } = expect.getState();
        const mine = reading.result.filter(({ author }) => author.endsWith(currentTestName));
        resolve(mine.map(({ text }) => text));
      };
    };
  });
}
