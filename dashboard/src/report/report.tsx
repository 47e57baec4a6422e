// The report of one reading: at a glance, chapter by chapter, then a section for each subject.
import { moment } from "../format.ts";
import type { Report } from "../manuscripts/manuscript.ts";
import { Chapters } from "./chapters.tsx";
import { Figures } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { Glance } from "./glance.tsx";
import { Section } from "./section.tsx";
import "./report.css";

export default function ReportView({
  report: { summary, chapters, sections, createdAt },
}: {
  readonly report: Report;
}) {
  return (
    <div className="report">
      <Glance summary={summary} />
      <Chapters chapters={chapters} />
      {sections.map(({ key, title, howToRead, figures, findings }) => (
        <Section key={key} title={title} howToRead={howToRead}>
          {figures.length > 0 && <Figures figures={figures} />}
          {findings.length > 0 && <Findings findings={findings} chapters={chapters} />}
          {figures.length + findings.length === 0 && <p className="soft">Nothing stands out here.</p>}
        </Section>
      ))}
      <p className="soft small">Report of {moment(createdAt)}.</p>
    </div>
  );
}
