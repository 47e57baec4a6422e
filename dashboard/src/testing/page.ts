// A page in Node, for tests: happy-dom's document and storage, IndexedDB in memory, Node's own requests and locks.
import "fake-indexeddb/auto";
import { Window } from "happy-dom";
import { act, createElement, type ReactNode, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach } from "vitest";

const window = new Window({ url: "http://127.0.0.1/" });
const { document, location, sessionStorage, XMLHttpRequest, FormData, File } = window;
Object.assign(globalThis, {
  window,
  document,
  location,
  sessionStorage,
  XMLHttpRequest,
  FormData,
  File,
  addEventListener: window.addEventListener.bind(window),
  removeEventListener: window.removeEventListener.bind(window),
  dispatchEvent: window.dispatchEvent.bind(window),
  scrollTo: () => {},
  IS_REACT_ACT_ENVIRONMENT: true,
});

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

/** Resolves once the page is as wanted. */
export async function until(isWanted: () => boolean): Promise<void> {
  while (!isWanted()) await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
}
