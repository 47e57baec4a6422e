// What moved between two drafts: the figures, the chapters, the habits, and the places that were mended or came in.
import { useState } from "react";
import { messageOf } from "../error.ts";
import { count, decimal, moment, percent } from "../format.ts";
import { hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import { useTitle } from "../title.ts";
import { Chapters } from "./changed_chapters.tsx";
import { type Comparison, type Places, useComparison } from "./comparison.ts";
import { setDraftOf } from "./work.ts";
import "./comparison.css";

interface ComparisonPageProps {
  readonly before: string;
  readonly after: string;
  readonly title: string;
}

export default function ComparisonPage({ before, after, title }: ComparisonPageProps) {
  const { http, feed } = useService();
  const { compared, more } = useComparison(http, feed, before, after);
  useTitle(`What changed in ${title}`);
  return (
    <article className="comparison">
      <header>
        <a className="no-print" href={hrefOf({ page: "manuscript", id: after })}>
          ← {title}
        </a>
        <h1>What changed</h1>
      </header>
      {compared.state === "loading" && <p className="loading soft">Comparing the drafts…</p>}
      {(compared.state === "refused" || compared.state === "failed") && (
        <p className="message" role="alert">
          {compared.message}
        </p>
      )}
      {compared.state === "ready" && (
        <Found comparison={compared.comparison} before={before} after={after} onMore={more} />
      )}
    </article>
  );
}

interface FoundProps {
  readonly comparison: Comparison;
  readonly before: string;
  readonly after: string;
  readonly onMore: () => void;
}

function Found({ comparison, before, after, onMore }: FoundProps) {
  const [isWanted, setWanted] = useState(false);
  if (!comparison.isSameBook && !isWanted)
    return <AnotherBook after={after} onWanted={() => setWanted(true)} />;
  const kinds = namesOf(comparison);
  return (
    <>
      <Figures comparison={comparison} />
      <Chapters changes={comparison.chapters} before={before} after={after} />
      <Habits habits={comparison.habits} kinds={kinds} />
      <PlaceList
        title="No longer there"
        about="Findings of the earlier draft whose sentence is gone. What went with a whole chapter is not listed."
        found={comparison.mended}
        kinds={kinds}
        manuscript={before}
        onMore={onMore}
      />
      <PlaceList
        title="New in this draft"
        about="Findings that came in with new sentences."
        found={comparison.cameIn}
        kinds={kinds}
        manuscript={after}
        onMore={onMore}
      />
    </>
  );
}

function AnotherBook({ after, onWanted }: { readonly after: string; readonly onWanted: () => void }) {
  const { http } = useService();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isOut, setOut] = useState(false);
  const takeOut = async () => {
    const refused = await setDraftOf(http, after, null).catch(messageOf);
    setRefusal(refused);
    setOut(refused === null);
  };
  return (
    <section className="another-book">
      <h2>These share hardly a sentence</h2>
      <p>
        {isOut
          ? "The later one is now a book of its own."
          : "Are they drafts of one book? A draft that was rewritten from the first word to the last looks like another book."}
      </p>
      {refusal !== null && <p className="message">{refusal}</p>}
      <p className="drafts-actions">
        {!isOut && (
          <button type="button" className="button" onClick={() => void takeOut()}>
            They are two books
          </button>
        )}
        <button type="button" className="button quiet" onClick={onWanted}>
          Compare them all the same
        </button>
      </p>
    </section>
  );
}

function Figures({ comparison: { before, after } }: { readonly comparison: Comparison }) {
  const rows: readonly (readonly [string, string, string])[] = [
    ["Words", count(before.summary.words), count(after.summary.words)],
    ["Divided into", before.summary.divisions, after.summary.divisions],
    ["Spoken", percent(before.summary.dialogueShare), percent(after.summary.dialogueShare)],
    [
      "Words in a sentence",
      decimal(before.summary.meanSentenceWords),
      decimal(after.summary.meanSentenceWords),
    ],
  ];
  return (
    <table className="compared-figures">
      <thead>
        <tr>
          <th scope="col">At a glance</th>
          <th scope="col">Then, {moment(before.createdAt)}</th>
          <th scope="col">Now, {moment(after.createdAt)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, then, now]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{then}</td>
            <td>{now}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Kinds = ReadonlyMap<string, string>;

/** What to call each kind of finding. */
function namesOf({ before, after }: Comparison): Kinds {
  const kinds = [before, after].flatMap(({ sections }) => sections.flatMap((section) => section.kinds));
  return new Map(kinds.map(({ key, title }) => [key, title]));
}

function Habits({ habits, kinds }: { readonly habits: Comparison["habits"]; readonly kinds: Kinds }) {
  return (
    <section aria-label="Habits">
      <h2>Habits</h2>
      {habits.length === 0 ? (
        <p className="soft">No word or habit changed by more than chance.</p>
      ) : (
        <>
          <p className="soft">Words and habits that changed by more than chance, most changed first.</p>
          <ul className="habits">
            {habits.map(({ kind, label, before, after }) => (
              <li key={`${kind} ${label}`}>
                <span>
                  {label} <span className="soft">{kinds.get(kind) ?? ""}</span>
                </span>
                <span className="turn">
                  {count(before)} <span aria-hidden="true">→</span>
                  <span className="visually-hidden"> then, now </span> {count(after)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface PlaceListProps {
  readonly title: string;
  readonly about: string;
  readonly found: Places;
  readonly kinds: Kinds;
  readonly manuscript: string;
  readonly onMore: () => void;
}

function PlaceList({ title, about, found: { total, places }, kinds, manuscript, onMore }: PlaceListProps) {
  return (
    <section aria-label={title}>
      <h2>
        {title} <span className="soft">{count(total)}</span>
      </h2>
      <p className="soft">{total === 0 ? "Nothing." : about}</p>
      <ol className="changed-places">
        {places.map(({ kind, label, place }) => (
          <li key={`${kind} ${place.chapter} ${place.paragraph} ${place.start}`}>
            <a
              href={hrefOf({
                page: "chapter",
                id: manuscript,
                number: place.chapter,
                at: place,
                kind,
                label,
              })}
            >
              {place.quote}
            </a>
            <span className="soft">
              {label} · {kinds.get(kind) ?? kind}
            </span>
          </li>
        ))}
      </ol>
      {places.length < total && (
        <button type="button" className="button quiet no-print" onClick={onMore}>
          Show more
        </button>
      )}
    </section>
  );
}
