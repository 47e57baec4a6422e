// A section of the report: a heading, how to read it, its content.
import type { ReactNode } from "react";

interface SectionProps {
  /** Stable, and one of its kind on the page. */
  readonly name: string;
  readonly title: string;
  /** What the figures mean, and when to leave them alone. A blank line starts a new paragraph. */
  readonly howToRead: string;
  /** What else belongs to how to read it. */
  readonly more?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ name, title, howToRead, more, children }: SectionProps) {
  const id = headingId(name);
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id} tabIndex={-1}>
        {title}
      </h2>
      {howToRead !== "" && (
        <details className="how-to-read">
          <summary>How to read this</summary>
          <div>
            {howToRead.split(/\n\n+/).map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
            {more}
          </div>
        </details>
      )}
      {children}
    </section>
  );
}

export function headingId(name: string): string {
  return `report-${name}`;
}
