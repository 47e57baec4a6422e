// Taking the report along: on paper, as text, as tables, as data.
import type { Report } from "../../manuscripts/manuscript.ts";
import { chaptersTable, findingsTable } from "./csv.ts";
import { markdown } from "./markdown.ts";

interface TakeProps {
  readonly title: string;
  readonly report: Report;
}

export function Take({ title, report }: TakeProps) {
  const save = (ending: string, type: string, text: string) =>
    download(`${fileName(title)}${ending}`, type, text);
  const data = () => `${JSON.stringify({ title, ...report }, null, 2)}\n`;
  const ways: readonly (readonly [string, () => void])[] = [
    ["Print", () => print()],
    ["Text (Markdown)", () => save(".md", "text/markdown", markdown(title, report))],
    ["Chapters (CSV)", () => save(" chapters.csv", "text/csv", chaptersTable(report))],
    ["Findings (CSV)", () => save(" findings.csv", "text/csv", findingsTable(report))],
    ["Data (JSON)", () => save(".json", "application/json", data())],
  ];
  return (
    <ul className="take no-print" aria-label="Take the report along">
      {ways.map(([name, take]) => (
        <li key={name}>
          <button type="button" className="link" onClick={take}>
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Without what some system takes in no file's name. */
function fileName(title: string): string {
  const name = title.replace(/[\p{Cc}<>:"/\\|?*]+/gu, " ").trim();
  return name.slice(0, 100) || "Report";
}

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has to have begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
