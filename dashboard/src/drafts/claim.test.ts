import "../testing/page.ts";
import { expect, test } from "vitest";
import { claimDraft, claimNew } from "./claim.ts";

test("a tab that is reloaded gets its own draft back", async () => {
  const own = await claimNew("ann");
  own.release();

  const again = await claimDraft("ann", ["left-by-another", own.id]);

  expect(again.id).toBe(own.id);
  again.release();
});

test("what a closed tab left is taken up, what another tab holds is not", async () => {
  const held = await claimNew("ben");
  sessionStorage.clear();

  const taken = await claimDraft("ben", [held.id, "left"]);

  expect(taken.id).toBe("left");
  taken.release();
  held.release();
});

test("where every draft is held, another is begun", async () => {
  const held = await claimNew("cleo");
  sessionStorage.clear();

  const fresh = await claimDraft("cleo", [held.id]);

  expect(fresh.id).not.toBe(held.id);
  fresh.release();
  held.release();
});

test("one author's draft is not another's, in the same tab", async () => {
  const anns = await claimNew("ann");
  anns.release();

  const bens = await claimDraft("ben", []);

  expect(bens.id).not.toBe(anns.id);
  bens.release();
});

test("two drafts that are begun never have the same id", async () => {
  const claims = await Promise.all(Array.from({ length: 50 }, () => claimNew("dora")));

  expect(new Set(claims.map(({ id }) => id)).size).toBe(50);
  for (const claim of claims) claim.release();
});
