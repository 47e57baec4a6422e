// The page where manuscripts are added, over a local server.
import { afterEach, beforeEach, expect, test } from "vitest";
import { someManuscript } from "../fixtures.ts";
import { ServiceContext } from "../service.ts";
import { press, render, submit, type, until } from "../testing/page.ts";
import { TestService } from "../testing/service.ts";
import { Add } from "./add.tsx";

let service: TestService;
let page: HTMLElement;

beforeEach(async () => {
  service = await TestService.open({ authorId: `author of ${expect.getState().currentTestName}` });
  await service.service.drafts.start();
  service.service.intake.start();
  page = await show();
});

afterEach(() => service.close());

const show = () =>
  render(
    <ServiceContext value={service.service}>
      <Add isFirst={false} />
    </ServiceContext>,
  );
const entered = (selector: string) => page.querySelector<HTMLTextAreaElement>(selector)?.value;
const alerts = () => [...page.querySelectorAll("[role=alert]")].map(({ textContent }) => textContent);

async function enter(): Promise<void> {
  await press(page, "Paste text instead");
  await type(page, "form input", "Emma");
  await type(page, "textarea", "It rained.");
}

test("a text that is refused stands in the form again, under the reason", async () => {
  const message = "You keep 2,000 manuscripts.";
  service.answer(() => ({ addManuscript: { __typename: "Refusal", code: "LIMIT_REACHED", message } }));
  await enter();

  await submit(page);

  await until(() => alerts().includes(message));
  expect([entered("form input"), entered("textarea")]).toEqual(["Emma", "It rained."]);
});

test("a text that was entered stands in the form when the author comes back", async () => {
  await enter();

  page = await show();

  expect([entered("form input"), entered("textarea")]).toEqual(["Emma", "It rained."]);
});

test("a text that was accepted is gone from the form", async () => {
  service.answer(({ operation }) =>
    operation === "AddManuscript"
      ? { addManuscript: { __typename: "Manuscript", ...someManuscript("m"), title: "Emma" } }
      : { startAnalysis: { __typename: "Refusal", code: "LIMIT_REACHED", message: "Too many." } },
  );
  await enter();

  await submit(page);

  await until(() => alerts().some((words) => words?.includes("is on your shelf")));
  expect(page.querySelector("form")).toBeNull();
});

test("a file that failed is named with the reason, tried again, or left", async () => {
  service.answerUploads(() => null);
  service.service.intake.sendFiles([
    new File(["It rained."], "one.txt"),
    new File(["It snowed."], "two.txt"),
  ]);
  await until(() => alerts().length === 2);
  expect(alerts()[0]).toContain("one.txt: The server answered 503");

  await press(page, "Leave it: one.txt");
  expect(alerts()).toHaveLength(1);
  service.answerUploads(() => ({ code: "UNREADABLE", message: "There are no words in this file." }));
  await press(page, "Try again");

  await until(() => alerts().some((words) => words?.includes("no words")));
  expect([...page.querySelectorAll("button")].map((one) => one.textContent)).not.toContain("Try again");
});
