// The report's first figures.
import { count, percent, readingTime } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Highlights } from "./highlights.tsx";
import { NO_TEXT } from "./names.ts";
import { Section } from "./section.tsx";

export const GLANCE = { name: "glance", title: "At a glance" };

type Summary = Report["summary"];

export function Glance({ report }: { readonly report: Report }) {
  const { summary } = report;
  const { words, sentences, chapters, readingMinutes, measured } = summary;
  return (
    <Section name={GLANCE.name} title={GLANCE.title} howToRead={howToRead(summary)}>
      <Highlights report={report} />
      <dl className="glance">
        <Figure name={words === 1 ? "word" : "words"} value={count(words)} />
        <Figure name={chapters === 1 ? "chapter" : "chapters"} value={count(chapters)} />
        <Figure name="reading time" value={readingTime(readingMinutes)} />
        {measured.dialogueShare !== null && <Figure name="spoken" value={percent(measured.dialogueShare)} />}
        <Figure name={sentences === 1 ? "sentence" : "sentences"} value={count(sentences)} />
      </dl>
      {summary.divisions.includes(" and ") && <p className="soft">{summary.divisions}.</p>}
      {summary.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <LeftOut titles={summary.leftOut} />
      {!report.hasText && <p className="soft no-print">{NO_TEXT}</p>}
    </Section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function LeftOut({ titles }: { readonly titles: readonly string[] }) {
  if (titles.length === 0) return null;
  return (
    <p className="soft">
      Not counted, because the file marks it as no part of the story: {titles.join(", ")}.
    </p>
  );
}

function howToRead({ wordsPerMinute, frontWords, backWords }: Summary): string {
  const around = frontWords + backWords;
  return [
    "Most novels have 60,000 to 120,000 words. They are counted as Word does: what stands between spaces or long dashes, so that mother-in-law is one.",
    `The reading time assumes ${count(wordsPerMinute)} words a minute, as an adult reads fiction in silence.`,
    around > 0
      ? `${count(around)} of the words stand before or after the story, such as a title page or a dedication.`
      : "",
  ]
    .join(" ")
    .trim();
}
