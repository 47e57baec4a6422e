// The report as tables, for a spreadsheet: RFC 4180, with a byte order mark, by which Excel knows UTF-8.
import type { Report } from "../../manuscripts/manuscript.ts";
import { nameOf, nameOfNumber } from "../names.ts";

type Cell = string | number | null;

const MARK = "\ufeff";

/** A row a chapter. */
export function chaptersTable({ chapters }: Report): string {
  const head = ["Number", "Chapter", "Words", "Sentences", "Paragraphs", "Minutes to read", "Dialogue"];
  const rest = ["Words in a sentence", "Their spread", "Longest sentence", "Reading ease", "Grade"];
  const rows = chapters.map((chapter) => {
    const { dialogueShare, meanSentenceWords, sentenceSpread, readingEase, grade } = chapter.measured;
    const counted = [chapter.words, chapter.sentences, chapter.paragraphs, chapter.readingMinutes];
    const longest = chapter.longestSentenceWords;
    return [
      chapter.number,
      nameOf(chapter),
      ...counted,
      dialogueShare,
      meanSentenceWords,
      sentenceSpread,
      longest,
    ].concat([readingEase, grade]);
  });
  return table([[...head, ...rest], ...rows]);
}

/** A row a place that the report shows; a row for a finding that has none. */
export function findingsTable({ sections, chapters }: Report): string {
  const head = [
    "Section",
    "Kind",
    "Finding",
    "Count",
    "In 10,000 words",
    "Times as often as usual",
    "Chapter",
  ];
  const rows = sections.flatMap(({ title, kinds, findings }) =>
    findings.flatMap(({ kind, label, count, per10000, ratio, places }): Cell[][] => {
      const name = kinds.find(({ key }) => key === kind)?.title ?? title;
      const first = [title, name, label, count, per10000, ratio];
      if (places.length === 0) return [[...first, null, null, null]];
      return places.map((place) => [
        ...first,
        nameOfNumber(chapters, place.chapter),
        place.paragraph,
        place.quote,
      ]);
    }),
  );
  return table([[...head, "Paragraph", "Words around it"], ...rows]);
}

function table(rows: readonly (readonly Cell[])[]): string {
  return `${MARK}${rows.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`;
}

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // A spreadsheet takes for a formula what begins so, also where an author wrote it in her novel.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
