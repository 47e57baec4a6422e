// Figures of the book beside published novels: where those lie, by the time of their publication. No target.
import { count, decimal, percent } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Section } from "./section.tsx";

export const BANDS = { name: "bands", title: "Beside published novels" };

type Band = Report["bands"][number];

export function Bands({ bands }: { readonly bands: readonly Band[] }) {
  if (bands.length === 0) return null;
  return (
    <Section name={BANDS.name} title={BANDS.title} howToRead={GUIDE} more={<Books bands={bands} />}>
      <div className="bands">
        {bands.map((band) => (
          <BandView key={band.key} band={band} />
        ))}
      </div>
    </Section>
  );
}

const GUIDE =
  "Each line is drawn over novels in the public domain that we have measured in the same way. The bar is where most of them lie, the stroke in it their middle, the dot your book. Where published novels lie is no target: a book may stand outside for good reasons. Use it to see what is unusual, and decide whether you meant it.";

function Books({ bands }: { readonly bands: readonly Band[] }) {
  const periods = new Map(bands.flatMap(({ periods }) => periods.map((each) => [each.name, each.books])));
  return [...periods].map(([name, books]) => (
    <p key={name}>
      {name}: {books.join("; ")}.
    </p>
  ));
}

function BandView({ band: { label, value, measure, periods } }: { readonly band: Band }) {
  const values = [value, ...periods.flatMap(({ low, high }) => [low, high])];
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  // A tenth of room on either side.
  const at = (one: number) => 5 + (90 * (one - least)) / range;
  const format = formatOf(measure);
  return (
    <figure className="band">
      <figcaption>
        {label} <strong>{format(value)}</strong>
      </figcaption>
      <ul>
        {periods.map(({ name, low, middle, high }) => (
          <li key={name}>
            <span className="band-name soft">{name}</span>
            <svg className="band-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect className="band-ground" x="0" y="4.5" width="100" height="1" />
              <rect
                className="band-range"
                x={at(low)}
                y="2"
                width={Math.max(0.6, at(high) - at(low))}
                height="6"
              />
              <rect className="band-middle" x={at(middle) - 0.3} y="0.5" width="0.6" height="9" />
              <rect className="band-value" x={at(value) - 0.5} y="0" width="1" height="10" />
            </svg>
            <span className="band-figures soft">
              {format(low)} to {format(high)}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function formatOf(measure: string): (value: number) => string {
  if (measure === "SHARE") return percent;
  return (value) => (Math.abs(value) >= 100 ? count(Math.round(value)) : decimal(value));
}
