// Single measured numbers of a section, each with its meaning.
import { count, decimal, percent } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import "./figures.css";

type Figure = Report["sections"][number]["figures"][number];

export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="figures">
      {figures.map((figure) => (
        <div key={figure.label}>
          <dt>{figure.label}</dt>
          <dd className="value">
            {figureOf(figure)} <span className="soft">{unitOf(figure)}</span>
          </dd>
          {figure.meaning !== "" && <dd className="soft">{figure.meaning}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** The number with its unit. */
export function figureText(figure: Figure): string {
  return [figureOf(figure), unitOf(figure)].filter(Boolean).join(" ");
}

function figureOf({ value, measure }: Figure): string {
  if (measure === "SHARE") return percent(value);
  return Number.isInteger(value) || Math.abs(value) >= 100 ? count(Math.round(value)) : decimal(value);
}

const UNITS: Readonly<Partial<Record<string, string>>> = {
  COUNT: "",
  SHARE: "",
  WORDS: "words",
  POINTS: "points",
  YEARS: "years",
  PER_1000_WORDS: "in 1,000 words",
};

/** A unit that a newer server has added is said in the server's words. */
function unitOf({ measure, unit }: Figure): string {
  return UNITS[measure] ?? unit;
}
