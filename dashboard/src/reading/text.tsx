// The text of a chapter. Only what is near the screen is in the page: the rest is room of about its height.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Place } from "../route.ts";
import type { ChapterReader, ChapterState } from "./chapter.ts";
import { heightOf, type Measure, type Page, pagesOf, positionOf } from "./layout.ts";
import type { Mark, Passage } from "./marks.ts";
import { HERE, PassageView } from "./passage.tsx";

interface TextProps {
  readonly reader: ChapterReader;
  readonly chapter: ChapterState;
  /** What is switched on, by paragraph. */
  readonly marks: ReadonlyMap<number, readonly Mark[]>;
  readonly styles: ReadonlyMap<string, number>;
  readonly at: Place | undefined;
  readonly onChoose: (mark: Mark) => void;
}

const NO_MARKS: readonly Mark[] = [];

export function Text({ reader, chapter, marks, styles, at, onChoose }: TextProps) {
  const { outline, passages } = chapter;
  const host = useRef<HTMLDivElement>(null);
  const pages = useMemo(() => pagesOf(outline), [outline]);
  const aim = useMemo(() => (at ? positionOf(outline, at) : undefined), [outline, at]);
  const near = useNearPages(host, pages.length);
  const measure = useMeasure(host);
  const wanted = useMemo(
    () => pages.map((page, index) => near.has(index) || holds(page, aim)),
    [pages, near, aim],
  );

  useEffect(() => {
    pages.forEach((page, index) => {
      if (wanted[index]) reader.need(page);
    });
  }, [reader, pages, wanted]);
  useAim(host, at, aim !== undefined && passages.has(aim));

  return (
    <div ref={host} className="text">
      {pages.map((page, index) => (
        <PageView
          key={page.first}
          height={heightOf(page, outline, measure)}
          passages={wanted[index] ? whole(page, passages) : undefined}
          marks={marks}
          styles={styles}
          at={holds(page, aim) ? at : undefined}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

function holds({ first, last }: Page, position: number | undefined): boolean {
  return position !== undefined && first <= position && position <= last;
}

/** The passages of a page once all of them are there. */
function whole({ first, last }: Page, passages: ChapterState["passages"]): readonly Passage[] | undefined {
  const found: Passage[] = [];
  for (let position = first; position <= last; position += 1) {
    const passage = passages.get(position);
    if (passage === undefined) return undefined;
    found.push(passage);
  }
  return found;
}

interface PageViewProps extends Pick<TextProps, "marks" | "styles" | "at" | "onChoose"> {
  /** Pixels that it should take while it is not drawn. */
  readonly height: number;
  readonly passages: readonly Passage[] | undefined;
}

function PageView({ height, passages, marks, styles, at, onChoose }: PageViewProps) {
  const element = useRef<HTMLDivElement>(null);
  /** Pixels that it took when it was drawn. */
  const [drawn, setDrawn] = useState<number | null>(null);
  const isDrawn = passages !== undefined;
  useLayoutEffect(() => {
    if (!isDrawn) return;
    const observer = new ResizeObserver(([entry]) => setDrawn(entry?.contentRect.height ?? null));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, [isDrawn]);
  return (
    <div ref={element} className="text-page" style={isDrawn ? undefined : { blockSize: drawn ?? height }}>
      {passages?.map((passage) => (
        <PassageView
          key={passage.position}
          passage={passage}
          marks={marks.get(passage.paragraph) ?? NO_MARKS}
          at={at?.paragraph === passage.paragraph ? at : undefined}
          styles={styles}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

/** Which pages are on the screen, or less than a screen away from it. */
function useNearPages(host: React.RefObject<HTMLDivElement | null>, count: number): ReadonlySet<number> {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set([0]));
  useEffect(() => {
    const pages = [...(host.current?.children ?? [])].slice(0, count);
    const indexes = new Map<Element, number>(pages.map((page, index) => [page, index]));
    const seen = new Set<number>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const index = indexes.get(target) ?? -1;
          if (isIntersecting) seen.add(index);
          else seen.delete(index);
        }
        setNear(new Set(seen));
      },
      { rootMargin: "100% 0px" },
    );
    for (const page of pages) observer.observe(page);
    return () => observer.disconnect();
  }, [host, count]);
  return near;
}

const GUESS: Measure = { characters: 66, line: 30 };
/** Of the height of its letters, the width of one in our serif, on average. */
const WIDTH = 0.43;

function useMeasure(host: React.RefObject<HTMLDivElement | null>): Measure {
  const [measure, setMeasure] = useState(GUESS);
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setMeasure((before) => measured(element, before)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return measure;
}

function measured(element: HTMLElement, before: Measure): Measure {
  const { fontSize, lineHeight } = getComputedStyle(element);
  const characters = Math.max(8, Math.round(element.clientWidth / (Number.parseFloat(fontSize) * WIDTH)));
  const line = Number.parseFloat(lineHeight) || GUESS.line;
  return before.characters === characters && before.line === line ? before : { characters, line };
}

const OWN_WAY = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Brings the place onto the screen, and keeps it there while what is above it finds its height. */
function useAim(host: React.RefObject<HTMLDivElement | null>, at: Place | undefined, isThere: boolean): void {
  const show = useCallback(() => {
    document.getElementById(HERE)?.scrollIntoView({ block: "center" });
  }, []);
  useLayoutEffect(() => {
    const element = host.current;
    if (!isThere || at === undefined || element === null) return;
    show();
    const observer = new ResizeObserver(show);
    observer.observe(element);
    const leave = () => observer.disconnect();
    // From here on the reader goes her own way.
    for (const type of OWN_WAY) addEventListener(type, leave, { once: true, passive: true });
    return () => {
      leave();
      for (const type of OWN_WAY) removeEventListener(type, leave);
    };
  }, [host, at, isThere, show]);
}
