// A section of the report: a heading, how to read it, its content.
import { type ReactNode, useId } from "react";

interface SectionProps {
  readonly title: string;
  /** What the figures mean, and when to leave them alone. A blank line starts a new paragraph. */
  readonly howToRead: string;
  readonly children: ReactNode;
}

export function Section({ title, howToRead, children }: SectionProps) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {howToRead !== "" && (
        <details className="how-to-read">
          <summary>How to read this</summary>
          <div>
            {howToRead.split(/\n\n+/).map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </div>
        </details>
      )}
      {children}
    </section>
  );
}
