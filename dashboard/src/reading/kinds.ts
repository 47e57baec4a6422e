// The kinds of findings of a report, and which of them are switched on in the text.
import type { Report } from "../manuscripts/manuscript.ts";

export interface Kind {
  readonly key: string;
  readonly title: string;
  readonly section: string;
  readonly why: string;
  readonly leave: string;
  readonly count: number;
  readonly byChapter: readonly number[];
  /** Which of the styles of underlines it has. */
  readonly style: number;
}

/** How many underlines of reading.css can be told apart. */
const STYLES = 8;

export function kindsOf({ sections }: Report): Kind[] {
  const all = sections.flatMap(({ key: section, kinds }) => kinds.map((kind) => ({ ...kind, section })));
  return all.filter(({ count }) => count > 0).map((kind, index) => ({ ...kind, style: index % STYLES }));
}

/** A kind that says why it may matter is a habit of style; names and frequent words would underline half of the text. */
export function firstOn(kinds: readonly Kind[]): ReadonlySet<string> {
  const habits = kinds.filter(({ why }) => why !== "");
  return new Set(habits.map(({ key }) => key));
}
