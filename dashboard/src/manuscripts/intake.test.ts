// Taking manuscripts in, over a local server: nothing that only the author has is lost on the way.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeJob } from "../../../client_contract/ts/tests/jobs.ts";
import { makeGate } from "../../../client_contract/ts/tests/signals.ts";
import { someManuscript } from "../fixtures.ts";
import { readRoute } from "../route.ts";
import { TestService } from "../testing/service.ts";
import type { Delivery } from "./delivery.ts";
import type { Intake } from "./intake.ts";

let service: TestService;
let intake: Intake;
/** Why an analysis is not started; null: it is. */
let refusal: string | null;

const startAnalysis = () =>
  refusal === null
    ? { __typename: "Job", ...makeJob({ manuscript: { id: "m", title: "Emma" } }) }
    : { __typename: "Refusal", code: "LIMIT_REACHED", message: refusal };

beforeEach(async () => {
  refusal = null;
  location.hash = "#/";
  service = await TestService.open({ authorId: `author of ${expect.getState().currentTestName}` });
  service.answer(({ operation }) => {
    if (operation === "StartAnalysis") return { startAnalysis: startAnalysis() };
    if (operation === "AddManuscript")
      return { addManuscript: { __typename: "Manuscript", ...someManuscript("m") } };
    return null;
  });
  service.answerUploads(() => ({ id: "m" }));
  intake = service.service.intake;
  intake.start();
});

afterEach(() => service.close());

function until(isWanted: (deliveries: readonly Delivery[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isWanted(intake.getSnapshot().deliveries)) return;
      stop();
      resolve();
    };
    const stop = intake.subscribe(look);
    look();
  });
}

const steps = (expected: string) => (deliveries: readonly Delivery[]) =>
  deliveries.map(({ step }) => step).join(" ") === expected;
const file = (name: string) => new File(["It rained."], name);
const held = () => service.service.drafts.draft.files.map(({ name }) => name);

test("a file is added, its analysis started, its manuscript opened", async () => {
  intake.sendFiles([file("Emma.txt")]);

  await vi.waitFor(() => expect(location.hash).toBe("#/manuscripts/m"), { timeout: 20_000 });
  expect(steps("")(intake.getSnapshot().deliveries)).toBe(true);
  expect(held()).toEqual([]);
  expect(service.times("StartAnalysis")).toBe(1);
});

test("several files go one after the other, and what is wrong with one does not stop the others", async () => {
  const first = makeGate();
  const forms: string[] = [];
  service.answerUploads(async (form) => {
    forms.push(form);
    if (forms.length === 1) await first.opened;
    return form.includes("two.txt")
      ? { code: "UNSUPPORTED_FORMAT", message: "This is a picture." }
      : { id: `m-${forms.length}` };
  });

  intake.sendFiles([file("one.txt"), file("two.txt"), file("three.txt")]);
  await until(steps("sending waiting waiting"));
  expect(held()).toEqual(["one.txt", "two.txt", "three.txt"]);
  first.open();

  await until(steps("added failed added"));
  expect(intake.getSnapshot().deliveries[1]).toMatchObject({
    message: "This is a picture.",
    canRetry: false,
  });
  expect(held()).toEqual([]);
  expect(readRoute(location.hash)).toEqual({ page: "add" });
});

test("a file whose upload failed is held until it is accepted", async () => {
  service.answerUploads(() => null);
  intake.sendFiles([file("Emma.txt")]);
  await until(steps("failed"));
  expect(held()).toEqual(["Emma.txt"]);
  intake.dismiss();
  expect(intake.getSnapshot().deliveries).toHaveLength(1);

  service.answerUploads(() => ({ id: "m" }));
  const [delivery] = intake.getSnapshot().deliveries;
  intake.retry(delivery?.id ?? 0);

  await until(steps(""));
  expect(held()).toEqual([]);
});

test("what failed before keeps nothing from being opened", async () => {
  service.answerUploads((form) => (form.includes("two.txt") ? null : { id: "m" }));
  intake.sendFiles([file("two.txt")]);
  await until(steps("failed"));

  intake.sendFiles([file("Emma.txt")]);

  await until(steps("failed"));
  await vi.waitFor(() => expect(location.hash).toBe("#/manuscripts/m"), { timeout: 20_000 });
  expect(held()).toEqual(["two.txt"]);
});

test("a refusal that time may lift does not cost the file", async () => {
  service.answerUploads(() => ({ code: "LIMIT_REACHED", message: "You keep 2,000 manuscripts." }));

  intake.sendFiles([file("Emma.txt")]);

  await until(steps("failed"));
  expect(intake.getSnapshot().deliveries[0]?.canRetry).toBe(true);
  expect(held()).toEqual(["Emma.txt"]);
});

test("an upload that the author stops is let go", async () => {
  const gate = makeGate();
  service.answerUploads(async () => {
    await gate.opened;
    return null;
  });
  intake.sendFiles([file("Emma.txt")]);
  await until(steps("sending"));

  intake.leave(intake.getSnapshot().deliveries[0]?.id ?? 0);

  await until(steps(""));
  expect(held()).toEqual([]);
  gate.open();
});

test("a page that is left keeps what it was sending", async () => {
  const gate = makeGate();
  service.answerUploads(async () => {
    await gate.opened;
    return null;
  });
  intake.sendFiles([file("Emma.txt")]);
  await until(steps("sending"));

  intake.stop();

  await until(steps("failed"));
  expect(held()).toEqual(["Emma.txt"]);
  gate.open();
});

test("a pasted text is kept while it is refused, and gone once it is accepted", async () => {
  const { drafts } = service.service;
  service.answer(() => null);
  drafts.type({ title: "Emma", text: "It rained." });
  intake.paste();
  await until(steps("failed"));
  expect(drafts.draft).toMatchObject({ title: "Emma", text: "It rained." });

  service.answer(({ operation }) =>
    operation === "AddManuscript"
      ? { addManuscript: { __typename: "Manuscript", ...someManuscript("m") } }
      : null,
  );
  intake.paste();

  await until(steps("added"));
  expect(drafts.draft).toMatchObject({ title: "", text: "" });
});

test("an answer of a later contract loses nothing", async () => {
  const { drafts } = service.service;
  service.answer(() => ({ addManuscript: { __typename: "Adjourned" } }));
  drafts.type({ title: "Emma", text: "It rained." });

  intake.paste();

  await until(steps("failed"));
  expect(drafts.draft.text).toBe("It rained.");
  expect(intake.getSnapshot().deliveries[0]?.message).toContain("Reload");
});

test("an analysis that could not start says so, and the manuscript is not asked for again", async () => {
  refusal = "You have 100 analyses under way.";

  intake.sendFiles([file("Emma.txt")]);

  await until(([only]) => only?.step === "added" && only.message === refusal);
  expect(held()).toEqual([]);
  expect(readRoute(location.hash)).toEqual({ page: "add" });
});
