// Every chapter of two drafts side by side, and what became of it.
import { count, counted } from "../format.ts";
import { hrefOf } from "../route.ts";
import type { Comparison } from "./comparison.ts";

type Change = Comparison["chapters"][number];
type Side = Change["before"][number];

interface ChaptersProps {
  readonly changes: Comparison["chapters"];
  readonly before: string;
  readonly after: string;
}

export function Chapters({ changes, before, after }: ChaptersProps) {
  const notable = changes.filter(({ change, isMoved }) => change !== "SAME" || isMoved);
  const same = changes.length - notable.length;
  return (
    <section aria-label="Chapters">
      <h2>Chapters</h2>
      <p className="soft">
        {same > 0 && `${counted(same, "chapter")} did not change. `}
        Chapters are known again by their text, whatever they are called.
      </p>
      {notable.length > 0 && (
        <table className="changed-chapters">
          <thead>
            <tr>
              <th scope="col">What happened</th>
              <th scope="col">Then</th>
              <th scope="col">Now</th>
              <th scope="col" className="number">
                Words
              </th>
            </tr>
          </thead>
          <tbody>
            {notable.map((each) => (
              <tr key={`${numbers(each.before)} ${numbers(each.after)}`}>
                <th scope="row">{said(each)}</th>
                <td>
                  <Sides sides={each.before} manuscript={before} />
                </td>
                <td>
                  <Sides sides={each.after} manuscript={after} />
                </td>
                <td className="number">{difference(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Sides({ sides, manuscript }: { readonly sides: readonly Side[]; readonly manuscript: string }) {
  if (sides.length === 0) return <span className="soft">–</span>;
  return sides.map(({ number, title }) => (
    <a key={number} className="side" href={hrefOf({ page: "chapter", id: manuscript, number })}>
      {title}
    </a>
  ));
}

const SAID: Readonly<Partial<Record<string, string>>> = {
  SAME: "Moved",
  CHANGED: "Edited",
  SPLIT: "Split",
  MERGED: "Joined",
  REARRANGED: "Dealt out anew",
  NEW: "New",
  GONE: "Gone",
};

/** A change that a newer server tells is said to be one. */
function said({ change, isMoved }: Change): string {
  const word = SAID[change] ?? "Changed";
  return isMoved && change !== "SAME" ? `${word}, and moved` : word;
}

function difference({ before, after }: Change): string {
  const by = wordsOf(after) - wordsOf(before);
  if (before.length === 0 || after.length === 0) return count(Math.abs(by));
  return by === 0 ? "0" : `${by > 0 ? "+" : "−"}${count(Math.abs(by))}`;
}

function wordsOf(sides: readonly Side[]): number {
  return sides.reduce((sum, { words }) => sum + words, 0);
}

function numbers(sides: readonly Side[]): string {
  return sides.map(({ number }) => number).join();
}
