// The places of a finding: the first with the report, the others when they are asked for. Each leads into the text.
import { PlacesDocument } from "@novelfoundry/client";
import { useState } from "react";
import { messageOf } from "../error.ts";
import { count } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import { useManuscriptId } from "./context.ts";
import type { Finding } from "./findings.tsx";
import { nameOfNumber } from "./names.ts";

type TextPlace = Finding["places"][number];

/** As many as are read at a time. */
const MORE = 20;

interface PlacesProps {
  readonly finding: Finding;
  readonly report: Report;
}

export function Places({ finding, report }: PlacesProps) {
  const { count: times, kind, label } = finding;
  const { places, isBusy, error, showMore } = usePlaces(finding, report);
  return (
    <ul className="places">
      {places.map((place) => (
        <li key={`${place.chapter}.${place.paragraph}.${place.start}.${place.quote}`}>
          <PlaceLine place={place} kind={kind} label={label} report={report} />
        </li>
      ))}
      {places.length < times && (
        <li className="soft">
          The first {count(places.length)} of {count(times)} places.{" "}
          {report.hasText && kind !== "" && (
            <button type="button" className="link no-print" disabled={isBusy} onClick={showMore}>
              Show the next {count(Math.min(MORE, times - places.length))}
            </button>
          )}
        </li>
      )}
      {error !== null && (
        <li role="alert" className="message">
          {error}
        </li>
      )}
    </ul>
  );
}

interface PlaceLineProps {
  readonly place: TextPlace;
  readonly kind: string;
  readonly label: string;
  readonly report: Report;
}

/** The words as they stand, and where; a way there where the text was kept. */
export function PlaceLine({ place, kind, label, report: { chapters, hasText } }: PlaceLineProps) {
  const id = useManuscriptId();
  const { chapter, paragraph, start, end, quote } = place;
  const where = `${nameOfNumber(chapters, chapter)}, paragraph ${count(paragraph)}`;
  const at = { paragraph, start, end };
  const to = { page: "chapter", id, number: chapter, at, ...(kind === "" ? {} : { kind, label }) } as const;
  return (
    <>
      <span className="quote">{quote}</span>{" "}
      {hasText && end > 0 ? <a href={hrefOf(to)}>{where}</a> : <span className="soft">{where}</span>}
    </>
  );
}

function usePlaces({ kind, label, places: first }: Finding, { id: report }: Report) {
  const { http } = useService();
  const [more, setMore] = useState<readonly TextPlace[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const places = [...first, ...more];
  const showMore = async () => {
    setBusy(true);
    setError(null);
    try {
      const wanted = { report, kind, label, first: MORE, after: places.length };
      const { node } = await http.execute(PlacesDocument, wanted);
      if (node?.__typename === "AnalysisReport") setMore([...more, ...node.places.occurrences]);
    } catch (failure) {
      setError(messageOf(failure));
    }
    setBusy(false);
  };
  return { places, isBusy, error, showMore: () => void showMore() };
}
