// The ids that the answers told, to fill in where an example asks for one.

/** Of what an example asks for the id. */
export type Kind = "Manuscript" | "Job";

const PLACEHOLDERS: readonly { readonly kind: Kind; readonly text: string }[] = [
  { kind: "Manuscript", text: "the id of a manuscript: run AddManuscript or Manuscripts first" },
  { kind: "Job", text: "the id of a job: run StartAnalysis first" },
];

/** What stands in the variables until an id is known; says where to get one. */
export function placeholderOf(kind: Kind): string {
  return PLACEHOLDERS.find((each) => each.kind === kind)?.text ?? "";
}

/** Which kind of id an argument of a field means: `manuscriptId`, or `id` of `cancelJob`. */
export function kindOf(field: string, argument: string): Kind | null {
  const said = argument.toLowerCase() === "id" ? field.toLowerCase() : argument.toLowerCase();
  if (said.includes("manuscript")) return "Manuscript";
  return said.includes("job") ? "Job" : null;
}

export class Ids {
  readonly #last = new Map<Kind, string>();

  /** Notes the ids in an answer; of several of a kind the first, which is the newest in a list. */
  note(answer: unknown): void {
    const found = new Map<Kind, string>();
    collect(answer, found);
    for (const [kind, id] of found) this.#last.set(kind, id);
  }

  /** The variables with the ids that are known; the same text where there is nothing to fill in. */
  filled(variables: string): string {
    let text = variables;
    for (const [kind, id] of this.#last) {
      text = text.replaceAll(JSON.stringify(placeholderOf(kind)), JSON.stringify(id));
    }
    return text;
  }
}

function collect(value: unknown, found: Map<Kind, string>): void {
  if (Array.isArray(value)) {
    for (const each of value) collect(each, found);
  } else if (typeof value === "object" && value !== null) {
    if ("id" in value && typeof value.id === "string") {
      const kind = kindInside(value.id);
      if (kind !== null && !found.has(kind)) found.set(kind, value.id);
    }
    for (const each of Object.values(value)) collect(each, found);
  }
}

/** The service's ids are base64 of `Kind:UUID`. Only here may anybody know that: it is its own tool. */
function kindInside(id: string): Kind | null {
  try {
    const text = atob(id);
    if (text.startsWith("Manuscript:")) return "Manuscript";
    return text.startsWith("Job:") ? "Job" : null;
  } catch {
    return null;
  }
}
