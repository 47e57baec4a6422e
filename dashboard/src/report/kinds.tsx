// The kinds of findings of a section: the way through all of their places, why they may matter, when to leave them.
import { count, percent } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { hrefOf } from "../route.ts";
import { useManuscriptId } from "./context.ts";

type Kind = Report["sections"][number]["kinds"][number];

/** The way into the text, for each kind that has places. */
export function Walks({ kinds, hasText }: { readonly kinds: readonly Kind[]; readonly hasText: boolean }) {
  const id = useManuscriptId();
  const walked = kinds.filter((kind) => kind.count > 0);
  if (!hasText || walked.length === 0) return null;
  return (
    <ul className="walks no-print">
      {walked.map(({ key, title, count: places, byChapter }) => {
        const number = byChapter.findIndex((times) => times > 0) + 1;
        return (
          <li key={key}>
            <a href={hrefOf({ page: "chapter", id, number, kind: key, end: "first" })}>
              {title}: read {places === 1 ? "the one place" : `all ${count(places)}`} in the text
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** For "How to read this". */
export function KindNotes({ kinds, source }: { readonly kinds: readonly Kind[]; readonly source: string }) {
  return (
    <>
      {kinds
        .filter(({ why, leave }) => why !== "" || leave !== "")
        .map(({ key, title, why, leave, precision, judged }) => (
          <p key={key}>
            <strong>{title}.</strong> {why} {leave}{" "}
            {precision !== null &&
              judged > 0 &&
              `Of ${count(judged)} places, a person judged ${percent(precision)} right.`}
          </p>
        ))}
      {source !== "" && <p>{source}</p>}
    </>
  );
}
