// What moved between two drafts, asked for until it is there.
import {
  CompareDraftsDocument,
  type CompareDraftsQuery,
  type HttpClient,
  type JobFeed,
} from "@novelfoundry/client";
import { useEffect, useMemo } from "react";
import { messageOf } from "../error.ts";
import { Observed, useObserved } from "../observed.ts";
import { Seeker } from "../seek.ts";

export type Comparison = Extract<CompareDraftsQuery["compareDrafts"], { __typename: "DraftComparison" }>;
export type Places = Comparison["mended"];

export type Compared =
  | { readonly state: "loading" }
  | { readonly state: "refused"; readonly message: string }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "ready"; readonly comparison: Comparison };

/** How many places are asked for at a time. */
const PAGE = 20;

/** The comparison, with as many places of each list as `more` has asked for. */
export function useComparison(http: HttpClient, feed: JobFeed, before: string, after: string) {
  const reader = useMemo(() => new ComparisonReader(http, feed, before, after), [http, feed, before, after]);
  useEffect(() => {
    reader.start();
    return () => reader.stop();
  }, [reader]);
  return { compared: useObserved(reader), more: reader.more };
}

class ComparisonReader extends Observed<Compared> {
  readonly #http: HttpClient;
  readonly #drafts: { readonly before: string; readonly after: string };
  readonly #seeker: Seeker;
  #wanted = PAGE;

  constructor(http: HttpClient, feed: JobFeed, before: string, after: string) {
    super({ state: "loading" });
    this.#http = http;
    this.#drafts = { before, after };
    this.#seeker = new Seeker(feed, { missing: this.#missing, ask: this.#ask });
  }

  start(): void {
    this.#seeker.start();
  }

  stop(): void {
    this.#seeker.stop();
  }

  /** Asks for another page of places. */
  readonly more = (): void => {
    this.#wanted += PAGE;
    this.#seeker.wake();
  };

  readonly #missing = (): string => {
    const compared = this.getSnapshot();
    if (compared.state === "refused") return "";
    if (compared.state !== "ready") return "the comparison";
    const { mended, cameIn } = compared.comparison;
    const isShort = [mended, cameIn].some(
      ({ total, places }) => places.length < Math.min(total, this.#wanted),
    );
    return isShort ? `places up to ${this.#wanted}` : "";
  };

  readonly #ask = async (signal: AbortSignal): Promise<void> => {
    const known = this.getSnapshot();
    const afterPlace = known.state === "ready" ? shown(known.comparison) : 0;
    try {
      const variables = { ...this.#drafts, places: PAGE, afterPlace };
      const { compareDrafts } = await this.#http.execute(CompareDraftsDocument, variables, signal);
      if (signal.aborted) return;
      if (compareDrafts.__typename === "Refusal")
        return this.show({ state: "refused", message: compareDrafts.message });
      if (compareDrafts.__typename === "DraftComparison")
        this.show({ state: "ready", comparison: joined(known, compareDrafts) });
    } catch (cause) {
      if (!signal.aborted && this.getSnapshot().state !== "ready")
        this.show({ state: "failed", message: messageOf(cause) });
    }
  };
}

/** How many places of both lists are there. */
function shown({ mended, cameIn }: Comparison): number {
  return Math.max(mended.places.length, cameIn.places.length);
}

function joined(known: Compared, next: Comparison): Comparison {
  if (known.state !== "ready") return next;
  const { mended, cameIn } = known.comparison;
  return { ...next, mended: together(mended, next.mended), cameIn: together(cameIn, next.cameIn) };
}

function together(known: Places, next: Places): Places {
  return { total: next.total, places: [...known.places, ...next.places] };
}
