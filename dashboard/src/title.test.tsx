import { act, useState } from "react";
import { expect, test } from "vitest";
import { render } from "./testing/page.ts";
import { useTitle } from "./title.ts";

let show: (title: string | null) => void;

function Titled({ title }: { readonly title: string }) {
  useTitle(title);
  return null;
}

function Page() {
  const [title, setTitle] = useState<string | null>("Emma");
  show = setTitle;
  return title === null ? null : <Titled title={title} />;
}

test("the tab says what is shown, and the service's name where nothing is", async () => {
  await render(<Page />);
  expect(document.title).toBe("Emma · NovelFoundry");

  await act(async () => show("Persuasion"));
  expect(document.title).toBe("Persuasion · NovelFoundry");

  await act(async () => show(null));
  expect(document.title).toBe("NovelFoundry");
});
