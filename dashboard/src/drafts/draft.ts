// What an author has entered and nobody has accepted yet.

export interface Draft {
  readonly title: string;
  readonly text: string;
  /** Files that she chose and that the server has not taken yet, in her order. */
  readonly files: readonly File[];
}

export const EMPTY: Draft = { title: "", text: "", files: [] };

export function isEmpty({ title, text, files }: Draft): boolean {
  return title === "" && text === "" && files.length === 0;
}
