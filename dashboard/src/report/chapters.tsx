// Chapter by chapter: how long, at what pace, how much of it is spoken.
import { useCallback, useMemo, useState } from "react";
import { count, counted, decimal, percent } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { goTo, hrefOf } from "../route.ts";
import { Chart } from "./chart.tsx";
import { useManuscriptId } from "./context.ts";
import { nameOf } from "./names.ts";
import "./chapters.css";

type Chapter = Report["chapters"][number];

export function Chapters({ chapters }: { readonly chapters: readonly Chapter[] }) {
  // The heading of a part has words and no sentence: a hole in every curve.
  const told = useMemo(() => chapters.filter(({ sentences }) => sentences > 0), [chapters]);
  if (told.length === 0) return <p className="soft">There is no text here to measure.</p>;
  if (told.length === 1) return <ChapterTable chapters={told} />;
  return (
    <>
      <Charts chapters={told} />
      <details className="as-table">
        <summary>The same as a table</summary>
        <ChapterTable chapters={told} />
      </details>
    </>
  );
}

function Charts({ chapters }: { readonly chapters: readonly Chapter[] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { words, pace, talk } = useMemo(() => seriesOf(chapters), [chapters]);
  const chapter = pointed === null ? undefined : chapters[pointed];
  const id = useManuscriptId();
  const open = useCallback(
    (index: number) => {
      const number = chapters[index]?.number;
      if (number !== undefined) goTo({ page: "chapter", id, number });
    },
    [chapters, id],
  );
  return (
    <div className="charts card">
      <p className="readout" aria-hidden="true">
        {chapter ? (
          <ChapterLine chapter={chapter} />
        ) : (
          <span className="soft">Point at a chapter to see its figures, and open it with a click.</span>
        )}
      </p>
      <Chart
        title="Words"
        values={words}
        shape="bars"
        colour="--chart-words"
        format={count}
        onPoint={setPointed}
        onChoose={open}
      />
      <Chart
        title="Words in a sentence, on average"
        values={pace}
        shape="line"
        colour="--chart-pace"
        format={count}
        onPoint={setPointed}
        onChoose={open}
      />
      <Chart
        title="Share of dialogue"
        values={talk}
        shape="bars"
        colour="--chart-talk"
        format={percent}
        onPoint={setPointed}
        onChoose={open}
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
    pace: chapters.map(({ measured }) => measured.meanSentenceWords ?? 0),
    talk: chapters.map(({ measured }) => measured.dialogueShare ?? 0),
  };
}

function ChapterLine({ chapter }: { readonly chapter: Chapter }) {
  return (
    <>
      <strong>{nameOf(chapter)}</strong>{" "}
      <span className="soft">{[counted(chapter.words, "word"), ...proseOf(chapter)].join(" · ")}</span>
    </>
  );
}

/** What was measured of its prose: nothing of a part that only holds chapters. */
function proseOf({ measured: { meanSentenceWords, dialogueShare } }: Chapter): readonly string[] {
  return [
    ...(meanSentenceWords === null ? [] : [`${decimal(meanSentenceWords)} in a sentence`]),
    ...(dialogueShare === null ? [] : [`${percent(dialogueShare)} dialogue`]),
  ];
}

function ChapterTable({ chapters }: { readonly chapters: readonly Chapter[] }) {
  const id = useManuscriptId();
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
              <th scope="row">
                <a href={hrefOf({ page: "chapter", id, number: chapter.number })}>{nameOf(chapter)}</a>
              </th>
              <td className="number">{count(chapter.words)}</td>
              <td className="number">{orNone(chapter.measured.meanSentenceWords, decimal)}</td>
              <td className="number">{orNone(chapter.measured.dialogueShare, percent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}
