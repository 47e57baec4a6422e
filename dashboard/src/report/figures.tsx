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

// A share comes as 0 to 1, and its unit says of what: "share of words".
const SHARE = /^share\b */;

function figureOf({ value, unit }: Figure): string {
  if (SHARE.test(unit)) return percent(value);
  return Number.isInteger(value) || Math.abs(value) >= 100 ? count(Math.round(value)) : decimal(value);
}

function unitOf({ unit }: Figure): string {
  return unit.replace(SHARE, "");
}
