// What was found in the text: how often, in which chapters, against ordinary English, and the places themselves.
import { useId, useState } from "react";
import { count, decimal } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { nameOf } from "./chapters.tsx";
import "./findings.css";

type Finding = Report["sections"][number]["findings"][number];
type Chapters = Report["chapters"];

/** As many as an author takes in at a look. */
const FIRST = 10;

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly chapters: Chapters;
}

export function Findings({ findings, chapters }: FindingsProps) {
  const [showsAll, setShowsAll] = useState(false);
  const listId = useId();
  const most = Math.max(...findings.map(({ count: times }) => times));
  const shown = showsAll ? findings : findings.slice(0, FIRST);
  return (
    <>
      <ol className="findings" id={listId}>
        {shown.map((finding) => (
          <li key={`${finding.label} ${finding.note}`}>
            <FindingItem finding={finding} most={most} chapters={chapters} />
          </li>
        ))}
      </ol>
      {findings.length > FIRST && (
        <button
          type="button"
          className="link more-findings no-print"
          aria-expanded={showsAll}
          aria-controls={listId}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? `Show the first ${FIRST} only` : `Show all ${count(findings.length)}`}
        </button>
      )}
    </>
  );
}

interface FindingItemProps {
  readonly finding: Finding;
  readonly most: number;
  readonly chapters: Chapters;
}

function FindingItem({ finding, most, chapters }: FindingItemProps) {
  if (finding.places.length === 0) {
    return (
      <div className="finding">
        <FindingLine finding={finding} most={most} />
      </div>
    );
  }
  return (
    <details>
      <summary className="finding">
        <FindingLine finding={finding} most={most} />
      </summary>
      <Places finding={finding} chapters={chapters} />
    </details>
  );
}

function FindingLine({ finding, most }: { readonly finding: Finding; readonly most: number }) {
  const { label, count: times, ratio, note, byChapter } = finding;
  return (
    <>
      <span className="finding-label">{label}</span>
      <span className="finding-count">
        {/* 3.5rem are the figure’s: beside it the bars keep their proportions. */}
        <span
          className="measure"
          style={{ inlineSize: `calc((100% - 3.5rem) * ${times / most})` }}
          aria-hidden="true"
        />
        <span className="figure">
          {count(times)}
          <span className="visually-hidden"> times</span>
        </span>
      </span>
      {byChapter.length > 1 && <Spark values={byChapter} />}
      <span className="finding-note soft">
        {[ratio === null ? "" : against(ratio), note].filter(Boolean).join(" · ")}
      </span>
    </>
  );
}

function against(ratio: number): string {
  return `${ratio < 10 ? decimal(ratio) : count(Math.round(ratio))}× as often as usual`;
}

/** A bar for each chapter, as tall as the finding is frequent there. */
function Spark({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values);
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${values.length * 4} 20`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.map((value, index) => {
        const height = (value / most) * 20;
        return <rect key={index} x={index * 4 + 0.5} y={20 - height} width={3} height={height} />;
      })}
    </svg>
  );
}

function Places({
  finding: { count: times, places },
  chapters,
}: {
  readonly finding: Finding;
  readonly chapters: Chapters;
}) {
  return (
    <ul className="places">
      {places.map(({ chapter, paragraph, quote }) => (
        <li key={`${chapter}.${paragraph}.${quote}`}>
          <span className="quote">{quote}</span>{" "}
          <span className="soft">
            {chapterName(chapters, chapter)}, paragraph {count(paragraph)}
          </span>
        </li>
      ))}
      {places.length < times && (
        <li className="soft">
          The first {count(places.length)} of {count(times)} places.
        </li>
      )}
    </ul>
  );
}

function chapterName(chapters: Chapters, number: number): string {
  const chapter = chapters.find((candidate) => candidate.number === number);
  return chapter ? nameOf(chapter) : "Before the first chapter";
}
