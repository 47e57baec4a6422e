// The report as text: Markdown, as any editor takes it.
import { count, decimal, fullMoment, percent, readingTime } from "../../format.ts";
import type { Report } from "../../manuscripts/manuscript.ts";
import { figureText } from "../figures.tsx";
import { nameOf, nameOfNumber } from "../names.ts";

type Section = Report["sections"][number];
type Finding = Section["findings"][number];

export function markdown(title: string, report: Report): string {
  const parts = [
    `# ${escaped(title)}`,
    `Report of ${fullMoment(report.createdAt)}.`,
    ...glance(report),
    ...highlights(report),
    ...chapters(report),
    ...report.sections.flatMap((section) => sectionText(section, report)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function glance({
  summary: { words, chapters, readingMinutes, sentences, measured, notes },
}: Report): string[] {
  const spoken = measured.dialogueShare === null ? [] : [`${percent(measured.dialogueShare)} spoken`];
  const figures = [
    `${count(words)} words`,
    `${count(chapters)} chapters`,
    `${readingTime(readingMinutes)} to read`,
    ...spoken,
    `${count(sentences)} sentences`,
  ];
  return ["## At a glance", `${figures.join(" · ")}.`, ...notes.map(escaped)];
}

function highlights({ highlights: found, chapters: all }: Report): string[] {
  if (found.length === 0) return [];
  const lines = found.map(({ sentence, why, leave, place }, index) => {
    const where = place ? ` (${escaped(nameOfNumber(all, place.chapter))}: “${escaped(place.quote)}”)` : "";
    return `${index + 1}. **${escaped(sentence)}**${where} ${escaped(why)} ${escaped(leave)}`.trim();
  });
  return [lines.join("\n")];
}

function chapters({ chapters: all }: Report): string[] {
  const told = all.filter(({ sentences }) => sentences > 0);
  const rows = told.map((chapter) => {
    const { meanSentenceWords, dialogueShare } = chapter.measured;
    const pace = meanSentenceWords === null ? "" : decimal(meanSentenceWords);
    const talk = dialogueShare === null ? "" : percent(dialogueShare);
    return `| ${escaped(nameOf(chapter))} | ${count(chapter.words)} | ${pace} | ${talk} |`;
  });
  const head = "| Chapter | Words | Words in a sentence | Dialogue |\n| --- | ---: | ---: | ---: |";
  return ["## Chapters", [head, ...rows].join("\n")];
}

function sectionText({ key, title, howToRead, figures, findings }: Section, report: Report): string[] {
  if (key === "structure" || figures.length + findings.length === 0) return [];
  const measured = figures.map((figure) => {
    const meaning = figure.meaning === "" ? "" : ` (${escaped(figure.meaning)})`;
    return `- ${escaped(figure.label)}: ${figureText(figure)}${meaning}`;
  });
  return [
    `## ${escaped(title)}`,
    ...(howToRead === "" ? [] : [`*${escaped(howToRead.replaceAll(/\s+/g, " "))}*`]),
    ...(measured.length === 0 ? [] : [measured.join("\n")]),
    ...(findings.length === 0 ? [] : [findings.map((finding) => findingText(finding, report)).join("\n")]),
  ];
}

function findingText({ label, count: times, note, places }: Finding, { chapters: all }: Report): string {
  const quotes = places.map(
    ({ chapter, paragraph, quote }) =>
      `  - “${escaped(quote)}” (${escaped(nameOfNumber(all, chapter))}, paragraph ${count(paragraph)})`,
  );
  const head = `- **${escaped(label)}**, ${count(times)}${note === "" ? "" : `: ${escaped(note)}`}`;
  return [head, ...quotes].join("\n");
}

/** Her words mean nothing to Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|~]/g, "\\$&").replaceAll(/\s+/g, " ");
}
