// The report of one analysis: at a glance, then a section for each subject; the chapters' charts stand in theirs.
import { fullMoment } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { BANDS, Bands } from "./bands.tsx";
import { Chapters } from "./chapters.tsx";
import { Contents } from "./contents.tsx";
import { ManuscriptId } from "./context.ts";
import { Curve } from "./curve.tsx";
import { Figures } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { GLANCE, Glance } from "./glance.tsx";
import { KindNotes, Walks } from "./kinds.tsx";
import { Section } from "./section.tsx";
import { Take } from "./take/take.tsx";
import "./report.css";

/** The section that the charts over the chapters belong to. */
const STRUCTURE = "structure";

type SectionOfReport = Report["sections"][number];

interface ReportViewProps {
  /** The manuscript's id. */
  readonly manuscript: string;
  readonly title: string;
  readonly report: Report;
  /** How long its analysis ran, as words; null when nobody knows. */
  readonly took: string | null;
}

export default function ReportView({ manuscript, title, report, took }: ReportViewProps) {
  const { chapters, sections, bands, createdAt } = report;
  const entries = sections.map(({ key, title }) => ({ name: key, title }));
  return (
    <ManuscriptId value={manuscript}>
      <div className="report">
        <Take title={title} report={report} />
        <Contents entries={[GLANCE, ...(bands.length > 0 ? [BANDS] : []), ...entries]} />
        <Glance report={report} />
        <Bands bands={bands} />
        {sections.map((section) => (
          <Section
            key={section.key}
            name={section.key}
            title={section.title}
            howToRead={section.howToRead}
            more={<KindNotes kinds={section.kinds} source={section.source} />}
          >
            {section.key === STRUCTURE && <Chapters chapters={chapters} />}
            <Content section={section} report={report} />
          </Section>
        ))}
        <p className="soft small">
          Report of {fullMoment(createdAt)}
          {took !== null && `; it took ${took}`}.
        </p>
      </div>
    </ManuscriptId>
  );
}

function Content({
  section: { key, figures, findings, kinds, curve },
  report,
}: {
  readonly section: SectionOfReport;
  readonly report: Report;
}) {
  if (key === STRUCTURE) return null;
  if (figures.length + findings.length + curve.length === 0)
    return <p className="soft">Nothing stands out here.</p>;
  return (
    <>
      <Curve values={curve} />
      {figures.length > 0 && <Figures figures={figures} />}
      <Walks kinds={kinds} hasText={report.hasText} />
      {findings.length > 0 && <Findings findings={findings} report={report} />}
    </>
  );
}
