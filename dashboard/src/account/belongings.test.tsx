// All of an author's data, over a local server.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServiceContext } from "../service.ts";
import { press, render, until } from "../testing/page.ts";
import { TestService } from "../testing/service.ts";
import { Belongings } from "./belongings.tsx";

let service: TestService;
let page: HTMLElement;
const onErased = vi.fn();
const fetched = vi.fn();

beforeEach(async () => {
  vi.clearAllMocks();
  service = await TestService.open();
  page = await render(
    <ServiceContext value={service.service}>
      <Belongings onErased={onErased} />
    </ServiceContext>,
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  return service.close();
});

const says = (words: string) => page.textContent?.includes(words) === true;

function answerWith(...answers: readonly Response[]): void {
  fetched.mockReset();
  for (const answer of answers) fetched.mockResolvedValueOnce(answer);
  vi.stubGlobal("fetch", fetched);
}

test("the archive is asked for with a token, with a new one after a refusal, and saved under its name", async () => {
  const saved = vi.spyOn(Object.getPrototypeOf(document.createElement("a")), "click");
  saved.mockImplementation(function (this: HTMLAnchorElement) {
    page.dataset.saved = this.download;
  });
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:archive");
  const disposition = { "Content-Disposition": 'attachment; filename="novelfoundry-2026-11-25.zip"' };
  answerWith(new Response(null, { status: 401 }), new Response("PK", { headers: disposition }));

  await press(page, "Download everything of mine");

  await until(() => page.dataset.saved === "novelfoundry-2026-11-25.zip");
  expect(fetched).toHaveBeenCalledTimes(2);
  expect(fetched.mock.calls[0]?.[1]).toEqual({ headers: { Authorization: "Bearer token" } });
  saved.mockRestore();
});

test("a refusal is told in the server's sentence", async () => {
  answerWith(Response.json({ message: "Your archive is being made already." }, { status: 429 }));

  await press(page, "Download everything of mine");

  await until(() => says("Your archive is being made already."));
});

test("everything is deleted after a question, and what remains is said", async () => {
  service.answer(() => ({
    eraseEverything: { __typename: "ErasedEverything", manuscripts: 3, remains: "Backups still hold it." },
  }));
  await press(page, "Delete everything of mine");
  expect(service.asked).toEqual([]);

  await press(page, "Delete everything");

  await until(() => says("Everything of yours is deleted. Backups still hold it."));
  expect(onErased).toHaveBeenCalledOnce();
});

test("a deletion that fails is told, and nothing is said to be gone", async () => {
  await press(page, "Delete everything of mine");

  await press(page, "Delete everything");

  await until(() => page.querySelector("footer [role=status]") !== null);
  expect(page.querySelector("dialog")).toBeNull();
  expect(onErased).not.toHaveBeenCalled();
});
