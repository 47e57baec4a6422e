import { act } from "react";
import { expect, test } from "vitest";
import { Observed, useObserved } from "./observed.ts";
import { render } from "./testing/page.ts";

class Counter extends Observed<{ readonly count: number; readonly name: string }> {
  constructor() {
    super({ count: 0, name: "pages" });
  }

  add(): void {
    this.change({ count: this.getSnapshot().count + 1 });
  }
}

test("a component shows what it is now, and what it becomes", async () => {
  const counter = new Counter();
  counter.add();
  function Shown() {
    const { count, name } = useObserved(counter);
    return <p>{`${count} ${name}`}</p>;
  }

  const page = await render(<Shown />);
  expect(page.textContent).toBe("1 pages");

  await act(async () => counter.add());
  expect(page.textContent).toBe("2 pages");
});

test("the snapshot is the same object until something changes, so that nothing is drawn again", () => {
  const counter = new Counter();
  const before = counter.getSnapshot();

  expect(counter.getSnapshot()).toBe(before);
  counter.add();
  expect(counter.getSnapshot()).not.toBe(before);
});

test("a listener may leave while it is called, and the others still hear", () => {
  const counter = new Counter();
  const heard: string[] = [];
  const leave = counter.subscribe(() => {
    heard.push("first");
    leave();
  });
  counter.subscribe(() => heard.push("second"));

  counter.add();
  counter.add();

  expect(heard).toEqual(["first", "second", "second"]);
});
