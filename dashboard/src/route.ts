// Where the author is on the page, kept in the address: #/, #/service, #/manuscripts/ID, #/manuscripts/ID/since/ID or
// #/manuscripts/ID/chapters/3?at=14.120-131&kind=adverb&label=slowly, which can be kept and sent to oneself.
import { useMemo, useSyncExternalStore } from "react";

/** A place in a chapter; `start` and `end` count code points of the paragraph. */
export interface Place {
  readonly paragraph: number;
  readonly start: number;
  readonly end: number;
}

export interface ChapterRoute {
  readonly page: "chapter";
  readonly id: string;
  readonly number: number;
  /** Where in the chapter. */
  readonly at?: Place | undefined;
  /** The kind of finding that she walks through. */
  readonly kind?: string | undefined;
  /** Of that kind the one finding. */
  readonly label?: string | undefined;
  /** Asks for a place that is not known yet: the first of the walk in this chapter, or the last. */
  readonly end?: WalkEnd | undefined;
}

export type WalkEnd = "first" | "last";

export type Route =
  | { readonly page: "add" }
  /** What the service does, for operators. */
  | { readonly page: "operator" }
  | { readonly page: "manuscript"; readonly id: string }
  /** What changed in a manuscript since an earlier draft, which `before` names. */
  | { readonly page: "comparison"; readonly id: string; readonly before: string }
  | ChapterRoute;

/** The route that a location's hash means; whatever it does not know is the first page. */
export function readRoute(hash: string): Route {
  const [path = "", query = ""] = split(hash);
  if (path === "#/service") return { page: "operator" };
  const [, id, number, before] =
    /^#\/manuscripts\/([^/]+)(?:\/chapters\/(\d{1,6})|\/since\/([^/]+))?$/.exec(path) ?? [];
  if (id === undefined) return { page: "add" };
  try {
    if (before !== undefined)
      return { page: "comparison", id: decodeURIComponent(id), before: decodeURIComponent(before) };
    return routeOf(decodeURIComponent(id), number, new URLSearchParams(query));
  } catch {
    return { page: "add" };
  }
}

function split(hash: string): [string, string] {
  const at = hash.indexOf("?");
  return at < 0 ? [hash, ""] : [hash.slice(0, at), hash.slice(at + 1)];
}

function routeOf(id: string, number: string | undefined, query: URLSearchParams): Route {
  if (number === undefined) return { page: "manuscript", id };
  const end = query.get("end");
  return {
    page: "chapter",
    id,
    number: Number(number),
    at: placeOf(query.get("at") ?? ""),
    kind: query.get("kind") ?? undefined,
    label: query.get("label") ?? undefined,
    end: end === "first" || end === "last" ? end : undefined,
  };
}

function placeOf(text: string): Place | undefined {
  const found = /^(\d{1,7})\.(\d{1,9})-(\d{1,9})$/.exec(text);
  if (found === null) return undefined;
  return { paragraph: Number(found[1]), start: Number(found[2]), end: Number(found[3]) };
}

export function hrefOf(route: Route): string {
  if (route.page === "add") return "#/";
  if (route.page === "operator") return "#/service";
  const manuscript = `#/manuscripts/${encodeURIComponent(route.id)}`;
  if (route.page === "manuscript") return manuscript;
  if (route.page === "comparison") return `${manuscript}/since/${encodeURIComponent(route.before)}`;
  const query = queryOf(route);
  return `${manuscript}/chapters/${route.number}${query && "?"}${query}`;
}

function queryOf({ at, kind, label, end }: ChapterRoute): string {
  const place = at && `${at.paragraph}.${at.start}-${at.end}`;
  const values = Object.entries({ at: place, kind, label, end });
  return values
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");
}

export function goTo(route: Route): void {
  location.hash = hrefOf(route);
}

/** Says in the address where she is now; the way back leads to where she was before. */
export function moveTo(route: Route): void {
  history.replaceState(null, "", hrefOf(route));
  dispatchEvent(new Event("hashchange"));
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return useMemo(() => readRoute(hash), [hash]);
}

function listen(notify: () => void): () => void {
  addEventListener("hashchange", notify);
  return () => removeEventListener("hashchange", notify);
}
