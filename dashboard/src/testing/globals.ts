// What a browser gives to its pages: happy-dom's document and storage, IndexedDB in memory.
import "fake-indexeddb/auto";
import { Window } from "happy-dom";

export const window = new Window({ url: "http://127.0.0.1/" });
const { document, location, localStorage, sessionStorage, XMLHttpRequest, FormData, File } = window;
Object.assign(globalThis, {
  window,
  document,
  location,
  localStorage,
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
