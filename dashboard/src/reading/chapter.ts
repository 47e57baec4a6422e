// One chapter's text and what is marked in it, asked for as far as it is looked at.
import {
  ChapterDocument,
  ChapterMarksDocument,
  ChapterPassagesDocument,
  type HttpClient,
} from "@novelfoundry/client";
import { useEffect, useMemo } from "react";
import { messageOf } from "../error.ts";
import { Observed, useObserved } from "../observed.ts";
import type { Outline, Page } from "./layout.ts";
import { type Mark, marksOf, type Passage } from "./marks.ts";

export interface ChapterState {
  readonly state: "loading" | "missing" | "ready";
  readonly outline: Outline;
  /** Those that are there, by position. */
  readonly passages: ReadonlyMap<number, Passage>;
  /** Of the kinds that were asked for, in the order of the text. */
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
  /** Why something that is looked at is not there; asking again is up to her. */
  readonly error: string | null;
}

const NOTHING: ChapterState = {
  state: "loading",
  outline: { paragraphs: [], lengths: [], scenes: [] },
  passages: new Map(),
  marks: new Map(),
  error: null,
};

export class ChapterReader extends Observed<ChapterState> {
  readonly #http: HttpClient;
  readonly #of: { readonly id: string; readonly number: number };
  #run = new AbortController();
  #isOpen = false;
  /** Positions and kinds that are on the way. */
  readonly #asked = new Set<number | string>();
  #failed: (() => Promise<void>)[] = [];

  constructor(http: HttpClient, id: string, number: number) {
    super(NOTHING);
    this.#http = http;
    this.#of = { id, number };
  }

  /** Asks for the chapter with its first page, and the marks of these kinds. */
  open(kinds: readonly string[]): void {
    if (this.#isOpen) {
      this.mark(kinds);
      return;
    }
    this.#isOpen = true;
    this.#run = new AbortController();
    for (const kind of kinds) this.#asked.add(kind);
    void this.#try(async (signal) => {
      const { manuscript } = await this.#http.execute(ChapterDocument, { ...this.#of, kinds }, signal);
      const chapter = manuscript?.chapter;
      if (!chapter) return this.change({ state: "missing" });
      this.change({ state: "ready", outline: chapter.outline });
      this.#take(chapter.passages);
      this.#marked(kinds, chapter.marks.map(marksOf));
    });
  }

  /** She has left the chapter. */
  close(): void {
    this.#run.abort();
    this.#isOpen = false;
    this.#asked.clear();
  }

  /** The page is looked at. */
  need({ first, last }: Page): void {
    const { state, passages } = this.getSnapshot();
    const missing = range(first, last).filter((each) => !passages.has(each) && !this.#asked.has(each));
    const [start] = missing;
    if (state !== "ready" || start === undefined) return;
    for (const position of missing) this.#asked.add(position);
    void this.#try(async (signal) => {
      const wanted = { ...this.#of, startAt: start, first: last - start + 1 };
      const { manuscript } = await this.#http.execute(ChapterPassagesDocument, wanted, signal);
      if (!manuscript?.chapter) return this.change({ state: "missing" });
      this.#take(manuscript.chapter.passages);
    });
  }

  /** These kinds are switched on. */
  mark(kinds: readonly string[]): void {
    const missing = kinds.filter((kind) => !this.getSnapshot().marks.has(kind) && !this.#asked.has(kind));
    if (missing.length === 0) return;
    for (const kind of missing) this.#asked.add(kind);
    void this.#try(async (signal) => {
      const wanted = { ...this.#of, kinds: missing };
      const { manuscript } = await this.#http.execute(ChapterMarksDocument, wanted, signal);
      if (!manuscript?.chapter) return this.change({ state: "missing" });
      this.#marked(missing, manuscript.chapter.marks.map(marksOf));
    });
  }

  /** Asks once more for all that did not come. */
  readonly retry = (): void => {
    const failed = this.#failed;
    this.#failed = [];
    this.change({ error: null });
    for (const ask of failed) void ask();
  };

  async #try(ask: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#run;
    try {
      await ask(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#failed.push(() => this.#try(ask));
      this.change({ error: messageOf(error) });
    }
  }

  #take(passages: readonly Passage[]): void {
    const all = new Map(this.getSnapshot().passages);
    for (const passage of passages) all.set(passage.position, passage);
    this.change({ passages: all });
  }

  #marked(kinds: readonly string[], found: readonly (readonly Mark[])[]): void {
    const marks = new Map(this.getSnapshot().marks);
    for (const kind of kinds) marks.set(kind, []);
    for (const of of found) if (of[0] !== undefined) marks.set(of[0].kind, of);
    this.change({ marks });
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_none, index) => first + index);
}

/** The chapter, with the marks of these kinds. */
export function useChapter(http: HttpClient, id: string, number: number, kinds: readonly string[]) {
  const reader = useMemo(() => new ChapterReader(http, id, number), [http, id, number]);
  useEffect(() => reader.open(kinds), [reader, kinds]);
  useEffect(() => () => reader.close(), [reader]);
  return { reader, chapter: useObserved(reader) };
}
