// The report of one analysis: at a glance, then a section for each subject; the chapters' charts stand in theirs.
import { fullMoment } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Chapters } from "./chapters.tsx";
import { Contents } from "./contents.tsx";
import { Figures } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { GLANCE, Glance } from "./glance.tsx";
import { Section } from "./section.tsx";
import "./report.css";

/** The section that the charts over the chapters belong to. */
const STRUCTURE = "structure";

type SectionOfReport = Report["sections"][number];

interface ReportViewProps {
  readonly report: Report;
  /** How long its analysis ran, as words; null when nobody knows. */
  readonly took: string | null;
}

export default function ReportView({ report, took }: ReportViewProps) {
  const { summary, chapters, sections, createdAt } = report;
  return (
    <div className="report">
      <Contents entries={[GLANCE, ...sections.map(({ key, title }) => ({ name: key, title }))]} />
      <Glance summary={summary} />
      {sections.map((section) => (
        <Section key={section.key} name={section.key} title={section.title} howToRead={section.howToRead}>
          {section.key === STRUCTURE ? (
            <Chapters chapters={chapters} />
          ) : (
            <Content section={section} chapters={chapters} />
          )}
        </Section>
      ))}
      <p className="soft small">
        Report of {fullMoment(createdAt)}
        {took !== null && `; it took ${took}`}.
      </p>
    </div>
  );
}

function Content({
  section: { figures, findings },
  chapters,
}: {
  readonly section: SectionOfReport;
  readonly chapters: Report["chapters"];
}) {
  if (figures.length + findings.length === 0) return <p className="soft">Nothing stands out here.</p>;
  return (
    <>
      {figures.length > 0 && <Figures figures={figures} />}
      {findings.length > 0 && <Findings findings={findings} chapters={chapters} />}
    </>
  );
}
