// What stands beside a chapter's text: its findings by kind, its figures beside the book's, its scenes, its cast.
import { count, counted, decimal, percent, readingTime } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { type ChapterRoute, hrefOf } from "../route.ts";
import type { Kind } from "./kinds.ts";
import type { Outline, Scene } from "./layout.ts";

type ChapterReport = Report["chapters"][number];

interface SwitchesProps {
  readonly kinds: readonly Kind[];
  readonly on: ReadonlySet<string>;
  readonly route: ChapterRoute;
  readonly onSwitch: (kind: string, isOn: boolean) => void;
}

export function Switches({ kinds, on, route, onSwitch }: SwitchesProps) {
  const { id, number } = route;
  return (
    <fieldset className="switches">
      <legend>Findings</legend>
      <ul>
        {kinds.map(({ key, title, style, byChapter, count: whole }) => (
          <li key={key}>
            <label>
              <input
                type="checkbox"
                checked={on.has(key)}
                onChange={(event) => onSwitch(key, event.target.checked)}
              />
              <span className={`under under-${style}`}>{title}</span>
            </label>
            <a href={hrefOf({ page: "chapter", id, number, kind: key, end: "first" })}>
              {count(byChapter[number - 1] ?? 0)} <span className="soft">of {count(whole)}</span>
              <span className="visually-hidden"> places, {title}: walk through them</span>
            </a>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

interface FiguresProps {
  readonly chapter: ChapterReport;
  readonly report: Report;
}

export function ChapterFigures({ chapter, report }: FiguresProps) {
  const rows = figuresOf(chapter, report);
  return (
    <table className="beside">
      <caption>Figures</caption>
      <thead>
        <tr>
          <td />
          <th scope="col" className="number">
            Here
          </th>
          <th scope="col" className="number">
            The book
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, here, book]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{here}</td>
            <td className="number soft">{book}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Name, here, in the book; without what was not measured. */
function figuresOf(chapter: ChapterReport, { chapters, summary }: Report): [string, string, string][] {
  const told = chapters.filter(({ sentences }) => sentences > 0);
  const mean = (of: (one: ChapterReport) => number) =>
    told.reduce((sum, one) => sum + of(one), 0) / Math.max(1, told.length);
  const row = (
    name: string,
    format: Format,
    here: number | null,
    book: number | null,
  ): [string, string, string][] =>
    here === null || book === null ? [] : [[name, format(here), format(book)]];
  const { measured } = chapter;
  const spread = mean((one) => one.measured.sentenceSpread ?? 0);
  return [
    ...row(
      "Words",
      (value) => count(Math.round(value)),
      chapter.words,
      mean(({ words }) => words),
    ),
    ...row(
      "Reading time",
      readingTime,
      chapter.readingMinutes,
      mean((one) => one.readingMinutes),
    ),
    ...row("Words in a sentence", decimal, measured.meanSentenceWords, summary.measured.meanSentenceWords),
    ...row("Their spread", decimal, measured.sentenceSpread, spread),
    ...row("Dialogue", percent, measured.dialogueShare, summary.measured.dialogueShare),
    ...row("Reading ease", decimal, measured.readingEase, summary.measured.readingEase),
  ];
}

type Format = (value: number) => string;

interface ScenesProps {
  readonly scenes: readonly Scene[];
  readonly outline: Outline;
  readonly route: ChapterRoute;
}

export function Scenes({ scenes, outline, route: { id, number } }: ScenesProps) {
  if (scenes.length < 2) return null;
  return (
    <section className="beside-part" aria-label="Scenes">
      <h2>Scenes</h2>
      <ol>
        {scenes.map(({ number: scene, first, words }) => {
          const at = { paragraph: outline.paragraphs[first - 1] ?? 1, start: 0, end: 1 };
          return (
            <li key={scene}>
              <a href={hrefOf({ page: "chapter", id, number, at })}>Scene {scene}</a>{" "}
              <span className="soft">about {counted(words, "word")}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const MOST_NAMES = 15;

export function Cast({ report, route }: { readonly report: Report; readonly route: ChapterRoute }) {
  const { id, number } = route;
  const people = report.sections.find(({ key }) => key === "characters")?.findings ?? [];
  const here = people
    .map((person) => ({ ...person, times: person.byChapter[number - 1] ?? 0 }))
    .filter(({ times }) => times > 0)
    .sort((one, other) => other.times - one.times)
    .slice(0, MOST_NAMES);
  if (here.length === 0) return null;
  return (
    <section className="beside-part" aria-label="Cast">
      <h2>Cast</h2>
      <ul>
        {here.map(({ label, kind, times, byChapter }) => (
          <li key={label}>
            {report.hasText ? (
              <a href={hrefOf({ page: "chapter", id, number, kind, label, end: "first" })}>{label}</a>
            ) : (
              label
            )}{" "}
            <span className="soft">
              {count(times)}
              {byChapter.slice(0, number - 1).every((before) => before === 0) && " · first seen here"}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
