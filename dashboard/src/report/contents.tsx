// What the report holds, and the way to each part of it.
import { headingId } from "./section.tsx";

interface Entry {
  readonly name: string;
  readonly title: string;
}

export function Contents({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <nav className="contents no-print" aria-label="In this report">
      {entries.map(({ name, title }) => (
        // Buttons, not links: the address is taken by the manuscript.
        <button key={name} type="button" className="link" onClick={() => showSection(name)}>
          {title}
        </button>
      ))}
    </nav>
  );
}

function showSection(name: string): void {
  const heading = document.getElementById(headingId(name));
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}
