import "../testing/page.ts";
import { expect, test } from "vitest";
import { type Delivery, isDone, newDelivery } from "./delivery.ts";

const file = new File(["It rained."], "rain.txt");
const sent = (changes: Partial<Delivery>) => ({ ...newDelivery(1, { name: "Rain", file }), ...changes });

test("a file waits with its size, of which nothing is sent", () => {
  expect(newDelivery(1, { name: "Rain", file })).toMatchObject({ step: "waiting", sent: 0, size: 10 });
});

test("a text that is kept elsewhere has no size here", () => {
  expect(newDelivery(1, { name: "Pasted" })).toMatchObject({ file: null, size: 0 });
});

test.each<[string, Partial<Delivery>, boolean]>([
  ["one that waits", {}, false],
  ["one on its way", { step: "sending" }, false],
  ["one that was added", { step: "added" }, true],
  ["one that was added, whose analysis has not started", { step: "added", message: "Too many." }, true],
  ["a file that may be sent again", { step: "failed", canRetry: true }, false],
  ["a file that nobody takes", { step: "failed", canRetry: false }, true],
  [
    "a text that is kept elsewhere, and may be sent again",
    { step: "failed", canRetry: true, file: null },
    true,
  ],
])("%s: whether anything of the author's hangs on it", (_name, changes, done) => {
  expect(isDone(sent(changes))).toBe(done);
});
