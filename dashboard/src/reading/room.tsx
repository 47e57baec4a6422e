// A chapter of its own: her text with what was found in it, and beside it the chapter's figures, scenes and cast.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Report } from "../manuscripts/manuscript.ts";
import { NO_TEXT, nameOf } from "../report/names.ts";
import { type ChapterRoute, goTo, hrefOf, moveTo } from "../route.ts";
import { useService } from "../service.ts";
import { useTitle } from "../title.ts";
import { Cast, ChapterFigures, Scenes, Switches } from "./aside.tsx";
import { type ChapterState, useChapter } from "./chapter.ts";
import { firstOn, kindsOf } from "./kinds.ts";
import { scenesOf } from "./layout.ts";
import type { Mark } from "./marks.ts";
import { Text } from "./text.tsx";
import { entry, walkOf } from "./walk.ts";
import { Walker } from "./walker.tsx";
import "./reading.css";

interface ReadingRoomProps {
  readonly title: string;
  readonly report: Report;
  readonly route: ChapterRoute;
}

export default function ReadingRoom({ title, report, route }: ReadingRoomProps) {
  const kinds = useMemo(() => kindsOf(report), [report]);
  const [on, setOn] = useState(() => firstOn(kinds));
  const chapter = report.chapters.find(({ number }) => number === route.number);
  useTitle(chapter ? `${nameOf(chapter)} · ${title}` : title);
  if (chapter === undefined) return <NoChapter route={route} />;
  const switchKind = (kind: string, isOn: boolean) =>
    setOn((before) => new Set(isOn ? [...before, kind] : [...before].filter((each) => each !== kind)));
  return (
    <article className="reading-room">
      <ChapterHead title={title} report={report} chapter={chapter} route={route} />
      <ChapterView key={route.number} {...{ report, route, chapter, kinds, on }} onSwitch={switchKind} />
    </article>
  );
}

type Chapter = Report["chapters"][number];

function NoChapter({ route: { id, number } }: { readonly route: ChapterRoute }) {
  return (
    <div className="manuscript">
      <h1>There is no chapter {number}</h1>
      <p>
        <a href={hrefOf({ page: "manuscript", id })}>Go to the report</a>
      </p>
    </div>
  );
}

interface ChapterHeadProps {
  readonly title: string;
  readonly report: Report;
  readonly chapter: Chapter;
  readonly route: ChapterRoute;
}

function ChapterHead({
  title,
  report: { chapters },
  chapter,
  route: { id, number, at, end },
}: ChapterHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isAimed = at !== undefined || end !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another chapter is another page, and focus goes to its start, unless she walks into it.
  useEffect(() => {
    if (isAimed) return;
    heading.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [number]);
  const index = chapters.indexOf(chapter);
  return (
    <header className="chapter-head">
      <a className="no-print" href={hrefOf({ page: "manuscript", id })}>
        ← The report on {title}
      </a>
      <h1 ref={heading} tabIndex={-1}>
        {nameOf(chapter)}
      </h1>
      <nav className="chapter-nav no-print" aria-label="Chapters">
        <ChapterLink id={id} chapter={chapters[index - 1]} words="← Previous chapter" />
        <label>
          <span className="visually-hidden">Chapter</span>
          <select
            value={number}
            onChange={(event) => goTo({ page: "chapter", id, number: Number(event.target.value) })}
          >
            {chapters.map((each) => (
              <option key={each.number} value={each.number}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        </label>
        <ChapterLink id={id} chapter={chapters[index + 1]} words="Next chapter →" />
      </nav>
    </header>
  );
}

interface ChapterLinkProps {
  readonly id: string;
  readonly chapter: Chapter | undefined;
  readonly words: string;
}

function ChapterLink({ id, chapter, words }: ChapterLinkProps) {
  if (chapter === undefined) return <span />;
  return <a href={hrefOf({ page: "chapter", id, number: chapter.number })}>{words}</a>;
}

interface ChapterViewProps {
  readonly report: Report;
  readonly route: ChapterRoute;
  readonly chapter: Chapter;
  readonly kinds: ReturnType<typeof kindsOf>;
  readonly on: ReadonlySet<string>;
  readonly onSwitch: (kind: string, isOn: boolean) => void;
}

function ChapterView({ report, route, chapter, kinds, on, onSwitch }: ChapterViewProps) {
  const { http } = useService();
  // The kind that she walks through is shown, whether or not it is switched on.
  const shown = useMemo(
    () => kinds.map(({ key }) => key).filter((key) => on.has(key) || key === route.kind),
    [kinds, on, route.kind],
  );
  const { reader, chapter: read } = useChapter(http, route.id, route.number, shown);
  const styles = useMemo(() => new Map(kinds.map(({ key, style }) => [key, style])), [kinds]);
  const marks = useMemo(
    () => byParagraph(shown, read.marks, (mark) => isShown(mark, on, route)),
    [shown, read.marks, on, route],
  );
  const scenes = useMemo(() => scenesOf(read.outline, chapter.words), [read.outline, chapter.words]);
  const kind =
    kinds.find(({ key }) => key === route.kind) ?? kinds.find(({ key }) => on.has(key)) ?? kinds[0];
  const walk =
    kind && walkOf(report, kind, route.kind === kind.key ? route.label : undefined, read.marks.get(kind.key));

  useEffect(() => {
    if (route.end === undefined || walk?.here === undefined) return;
    moveTo(entry(walk, route, route.end) ?? { ...route, end: undefined });
  }, [route, walk]);

  const [isWide] = useState(() => matchMedia(BESIDE).matches);
  const choose = useMemo(() => chooser(route.id, route.number), [route.id, route.number]);
  return (
    <div className="chapter-body">
      <div className="chapter-text">
        <Trouble chapter={read} report={report} onRetry={reader.retry} />
        <Text reader={reader} chapter={read} marks={marks} styles={styles} at={route.at} onChoose={choose} />
        {walk && report.hasText && <Walker kinds={kinds} walk={walk} route={route} />}
      </div>
      <aside className="chapter-aside" aria-label="This chapter">
        <details open={isWide}>
          <summary>Findings, figures and cast of this chapter</summary>
          <div className="chapter-parts">
            {report.hasText && (
              <Switches kinds={kinds} on={new Set(shown)} route={route} onSwitch={onSwitch} />
            )}
            <ChapterFigures chapter={chapter} report={report} />
            <Scenes scenes={scenes} outline={read.outline} route={route} />
            <Cast report={report} route={route} />
          </div>
        </details>
      </aside>
    </div>
  );
}

/** Where there is room beside the text, as in reading.css; elsewhere the text comes first. */
const BESIDE = "(min-width: 68.01rem)";

function chooser(id: string, number: number): (mark: Mark) => void {
  return ({ kind, label, paragraph, start, end }) => {
    if (kind === "") return;
    moveTo({ page: "chapter", id, number, kind, label, at: { paragraph, start, end } });
  };
}

/** Of a kind that is switched off, only the finding that she walks through. */
function isShown({ kind, label }: Mark, on: ReadonlySet<string>, { label: walked }: ChapterRoute): boolean {
  return on.has(kind) || walked === undefined || label === walked;
}

function byParagraph(
  kinds: readonly string[],
  marks: ChapterState["marks"],
  isWanted: (mark: Mark) => boolean,
): ReadonlyMap<number, readonly Mark[]> {
  const all = new Map<number, Mark[]>();
  for (const mark of kinds.flatMap((kind) => marks.get(kind) ?? []).filter(isWanted)) {
    const paragraph = all.get(mark.paragraph);
    if (paragraph) paragraph.push(mark);
    else all.set(mark.paragraph, [mark]);
  }
  return all;
}

interface TroubleProps {
  readonly chapter: ChapterState;
  readonly report: Report;
  readonly onRetry: () => void;
}

function Trouble({ chapter: { state, error, outline }, report, onRetry }: TroubleProps) {
  if (error !== null) {
    return (
      <div className="message" role="alert">
        <p>{error}</p>
        <button type="button" className="link" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (state === "missing") return <p role="alert">This manuscript is not here any more: it was deleted.</p>;
  if (state === "loading") return <p className="loading soft">Opening the chapter…</p>;
  if (!report.hasText) return <p className="soft">{NO_TEXT}</p>;
  if (outline.lengths.length === 0) return <p className="soft">Nothing but a heading stands here.</p>;
  return null;
}
