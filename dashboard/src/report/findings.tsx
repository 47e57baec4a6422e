// What was found in the text: how often, in which chapters, against ordinary English, and the places themselves.
import { useId, useState } from "react";
import { count, decimal } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Places } from "./places.tsx";
import "./findings.css";

export type Finding = Report["sections"][number]["findings"][number];

/** As many as an author takes in at a look. */
const FIRST = 10;

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly report: Report;
}

export function Findings({ findings, report }: FindingsProps) {
  const [showsAll, setShowsAll] = useState(false);
  const listId = useId();
  const most = Math.max(...findings.map(({ count: times }) => times));
  const shown = showsAll ? findings : findings.slice(0, FIRST);
  return (
    <>
      <ol className={listClass(most, showsAll)} id={listId}>
        {shown.map((finding) => (
          <li key={`${finding.kind} ${finding.label} ${finding.note}`}>
            <FindingItem finding={finding} most={most} report={report} />
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

/** Where each was found once, its number tells nothing. */
function listClass(most: number, showsAll: boolean): string {
  return ["findings", most > 1 ? "" : "single", showsAll ? "all" : ""].filter(Boolean).join(" ");
}

interface FindingItemProps {
  readonly finding: Finding;
  readonly most: number;
  readonly report: Report;
}

function FindingItem({ finding, most, report }: FindingItemProps) {
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
      <Places finding={finding} report={report} />
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

/** More bars than this cannot be told apart. */
const BARS = 120;

/** A bar for each chapter, or for some of them together, as tall as the finding is frequent there. */
function Spark({ values }: { readonly values: readonly number[] }) {
  const bars = gathered(values, Math.ceil(values.length / BARS));
  const most = Math.max(1, ...bars);
  const path = bars.map((value, index) => `M${index * 4 + 2} 20V${20 - (value / most) * 20}`).join("");
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${bars.length * 4} 20`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

function gathered(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_none, index) =>
    values.slice(index * size, (index + 1) * size).reduce((sum, value) => sum + value, 0),
  );
}
