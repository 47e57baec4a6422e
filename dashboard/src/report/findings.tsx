// What was found in the text: how often, where, and against ordinary English where that is compared.
import { count, decimal } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { nameOf } from "./chapters.tsx";
import "./findings.css";

type Finding = Report["sections"][number]["findings"][number];
type Chapters = Report["chapters"];

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly chapters: Chapters;
}

export function Findings({ findings, chapters }: FindingsProps) {
  const most = Math.max(...findings.map(({ count: times }) => times));
  return (
    <ol className="findings">
      {findings.map((finding) => (
        <li key={finding.label}>
          <FindingLine finding={finding} most={most} />
          {finding.places.length > 0 && <Places finding={finding} chapters={chapters} />}
        </li>
      ))}
    </ol>
  );
}

function FindingLine({ finding, most }: { readonly finding: Finding; readonly most: number }) {
  const { label, count: times, ratio, note, byChapter } = finding;
  return (
    <div className="finding">
      <span className="finding-label">{label}</span>
      <span className="finding-count">
        <span className="measure" style={{ inlineSize: `${(times / most) * 100}%` }} aria-hidden="true" />
        <span className="figure">
          {count(times)}
          <span className="visually-hidden"> times</span>
        </span>
      </span>
      {byChapter.length > 1 && <Spark values={byChapter} />}
      <span className="finding-note soft">
        {[ratio === null ? "" : against(ratio), note].filter(Boolean).join(" · ")}
      </span>
    </div>
  );
}

function against(ratio: number): string {
  return `${ratio < 10 ? decimal(ratio) : count(Math.round(ratio))}× ordinary English`;
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
  finding: { label, count: times, places },
  chapters,
}: {
  readonly finding: Finding;
  readonly chapters: Chapters;
}) {
  return (
    <details className="places">
      <summary>
        {places.length < times ? `The first ${places.length} places` : "Where"}
        <span className="visually-hidden"> of {label}</span>
      </summary>
      <ul>
        {places.map(({ chapter, paragraph, quote }) => (
          <li key={`${chapter}.${paragraph}.${quote}`}>
            <q>{quote}</q>{" "}
            <span className="soft">
              {chapterName(chapters, chapter)}, paragraph {count(paragraph)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function chapterName(chapters: Chapters, number: number): string {
  const chapter = chapters.find((candidate) => candidate.number === number);
  return chapter ? nameOf(chapter) : "Before the first chapter";
}
