// The first things to look at: what tells most about this book, where, why it may matter and when to leave it.
import type { Report } from "../manuscripts/manuscript.ts";
import { PlaceLine } from "./places.tsx";

export function Highlights({ report }: { readonly report: Report }) {
  if (report.highlights.length === 0) return null;
  return (
    <ol className="highlights">
      {report.highlights.map(({ sentence, why, leave, place, kind, label }) => (
        <li key={sentence}>
          <p className="highlight-sentence">{sentence}</p>
          {place && (
            <p>
              <PlaceLine place={place} kind={kind} label={label} report={report} />
            </p>
          )}
          <p className="soft">
            {why} {leave}
          </p>
        </li>
      ))}
    </ol>
  );
}
