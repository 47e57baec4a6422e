// What chapters are called, and what is said where there is no text of them.
import type { Report } from "../manuscripts/manuscript.ts";

type Chapter = Pick<Report["chapters"][number], "number" | "title" | "opening">;

/** Its title, or its first words where it has none. */
export function nameOf({ number, title, opening }: Chapter): string {
  return title || (opening ? `“${opening}…”` : `Section ${number}`);
}

export function nameOfNumber(chapters: Report["chapters"], number: number): string {
  const chapter = chapters[number - 1] ?? chapters.find((each) => each.number === number);
  return chapter ? nameOf(chapter) : "Before the first chapter";
}

export const NO_TEXT =
  "This report was made before the text was kept with it, or the text is too long to be kept. Analyse the manuscript again to read it here, with every finding in its place.";
