// A page in Node, for tests: happy-dom's document and storage, IndexedDB in memory, Node's own requests and locks.

// First: React looks at once whether there is a page.
import "./globals.ts";
import { act, createElement, type ReactNode, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach } from "vitest";
import { window } from "./globals.ts";

const roots: Root[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await act(async () => root.unmount());
  document.body.innerHTML = "";
  sessionStorage.clear();
});

/** Requests go to this origin, as if the page had come from there. */
export function comeFrom(origin: string): void {
  window.happyDOM.setURL(`${origin}/`);
}

/** An event of the browser's own, such as `online`; false when somebody asks to prevent what it announces. */
export function happen(type: string): boolean {
  return window.dispatchEvent(new window.Event(type, { cancelable: true }));
}

/** Shows the node as the page does, and gives the element that holds it. */
export async function render(node: ReactNode): Promise<HTMLElement> {
  const element = globalThis.document.createElement("main");
  globalThis.document.body.append(element);
  const root = createRoot(element);
  roots.push(root);
  await act(async () => root.render(createElement(StrictMode, null, node)));
  return element;
}

/** The button with this name, as a reader finds it. */
export function button(page: HTMLElement, name: string): HTMLButtonElement {
  const found = [...page.querySelectorAll("button")].find(
    (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
  );
  if (found === undefined) throw new Error(`There is no button “${name}” in: ${page.textContent}`);
  return found;
}

export async function press(page: HTMLElement, name: string): Promise<void> {
  await act(async () => button(page, name).click());
}

/** Types into a field, as far as the page hears of it. */
export async function type(page: HTMLElement, selector: string, value: string): Promise<void> {
  const field = page.querySelector<HTMLInputElement>(selector);
  if (field === null) throw new Error(`There is no field ${selector}.`);
  await act(async () => {
    // React looks whether the element's own setter was called.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")?.set?.call(field, value);
    field.dispatchEvent(bubbling("input"));
  });
}

export async function submit(page: HTMLElement): Promise<void> {
  await act(async () => {
    page.querySelector("form")?.dispatchEvent(bubbling("submit"));
  });
}

/** An event of happy-dom's: Node has a class of the same name, and neither takes the other's. */
function bubbling(type: string): Event {
  const event = globalThis.document.createEvent("Event");
  event.initEvent(type, true, true);
  return event;
}

/** Resolves once the page is as wanted. */
export async function until(isWanted: () => boolean): Promise<void> {
  while (!isWanted()) await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
}
