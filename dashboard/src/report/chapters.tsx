// Chapter by chapter: how long, at what pace, how much of it is spoken.
import { useMemo, useState } from "react";
import { count, counted, decimal, percent } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Chart } from "./chart.tsx";
import { Section } from "./section.tsx";
import "./chapters.css";

type Chapter = Report["chapters"][number];

const HOW_TO_READ = `Read the shape, not the single bar. Long sentences slow a reader down, short ones hurry her on; a chapter of talk reads faster than one of description.

Look where a curve breaks its habit: a chapter twice as long as its neighbours, a climax with the longest sentences of the book. If you meant it, leave it.`;

export function Chapters({ chapters }: { readonly chapters: readonly Chapter[] }) {
  return (
    <Section title="Chapter by chapter" howToRead={HOW_TO_READ}>
      {chapters.length === 0 && (
        <p className="soft">No chapters were found, so the text was read as one piece.</p>
      )}
      {chapters.length > 1 && <Charts chapters={chapters} />}
      {chapters.length > 0 && (
        <details className="as-table" open={chapters.length === 1}>
          <summary>The same as a table</summary>
          <ChapterTable chapters={chapters} />
        </details>
      )}
    </Section>
  );
}

function Charts({ chapters }: { readonly chapters: readonly Chapter[] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { words, pace, talk } = useMemo(() => seriesOf(chapters), [chapters]);
  const chapter = pointed === null ? undefined : chapters[pointed];
  return (
    <div className="charts card">
      <p className="readout" aria-hidden="true">
        {chapter ? (
          <ChapterLine chapter={chapter} />
        ) : (
          <span className="soft">Point at a chapter to see its figures.</span>
        )}
      </p>
      <Chart
        title="Words"
        values={words}
        shape="bars"
        colour="--chart-words"
        format={count}
        onPoint={setPointed}
      />
      <Chart
        title="Words in a sentence, on average"
        values={pace}
        shape="line"
        colour="--chart-pace"
        format={count}
        onPoint={setPointed}
      />
      <Chart
        title="Share of dialogue"
        values={talk}
        shape="bars"
        colour="--chart-talk"
        format={percent}
        onPoint={setPointed}
      />
      <p className="visually-hidden">
        Three charts over the chapters. The table that follows holds the same figures.
      </p>
    </div>
  );
}

function seriesOf(chapters: readonly Chapter[]) {
  return {
    words: chapters.map(({ words }) => words),
    pace: chapters.map(({ meanSentenceWords }) => meanSentenceWords),
    talk: chapters.map(({ dialogueShare }) => dialogueShare),
  };
}

function ChapterLine({ chapter }: { readonly chapter: Chapter }) {
  return (
    <>
      <strong>{nameOf(chapter)}</strong>{" "}
      <span className="soft">
        {counted(chapter.words, "word")} · {decimal(chapter.meanSentenceWords)} in a sentence ·{" "}
        {percent(chapter.dialogueShare)} dialogue
      </span>
    </>
  );
}

/** What to call a chapter: its title, or its first words where it has none. */
export function nameOf({ number, title, opening }: Pick<Chapter, "number" | "title" | "opening">): string {
  return title || (opening ? `“${opening}…”` : `Section ${number}`);
}

function ChapterTable({ chapters }: { readonly chapters: readonly Chapter[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <section className="table-scroll" aria-label="Figures of each chapter" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Chapter</th>
            <th scope="col" className="number">
              Words
            </th>
            <th scope="col" className="number">
              Words in a sentence
            </th>
            <th scope="col" className="number">
              Dialogue
            </th>
          </tr>
        </thead>
        <tbody>
          {chapters.map((chapter) => (
            <tr key={chapter.number}>
              <th scope="row">{nameOf(chapter)}</th>
              <td className="number">{count(chapter.words)}</td>
              <td className="number">{decimal(chapter.meanSentenceWords)}</td>
              <td className="number">{percent(chapter.dialogueShare)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
