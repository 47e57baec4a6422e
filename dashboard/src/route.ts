// Where the author is on the page, kept in the address: #/ or #/manuscripts/ID.
import { useSyncExternalStore } from "react";

export type Route = { readonly page: "add" } | { readonly page: "manuscript"; readonly id: string };

/** The route that a location's hash means; whatever it does not know is the first page. */
export function readRoute(hash: string): Route {
  const id = /^#\/manuscripts\/([^/]+)$/.exec(hash)?.[1];
  if (id === undefined) return { page: "add" };
  try {
    return { page: "manuscript", id: decodeURIComponent(id) };
  } catch {
    return { page: "add" };
  }
}

export function hrefOf(route: Route): string {
  return route.page === "add" ? "#/" : `#/manuscripts/${encodeURIComponent(route.id)}`;
}

export function goTo(route: Route): void {
  location.hash = hrefOf(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return readRoute(hash);
}

function listen(notify: () => void): () => void {
  addEventListener("hashchange", notify);
  return () => removeEventListener("hashchange", notify);
}
