// The tabs that GraphiQL opens with: the operations of the client contract, each with the fragments it needs.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type TypeNode,
  visit,
} from "graphql";
import { kindOf, placeholderOf } from "./ids.ts";

export interface Example {
  readonly query: string;
  readonly variables: string;
}

/** The name of an operation, and a line of what to do with it. */
export type Step = readonly [name: string, todo: string];

/** The named operations among the given GraphQL sources, in the order of the steps, each with its number. */
export function examplesFrom(sources: readonly string[], steps: readonly Step[]): Example[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations = new Map<string, OperationDefinitionNode>();
  for (const definition of sources.flatMap((source) => parse(source).definitions)) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.name)
      operations.set(definition.name.value, definition);
  }
  const there = steps.flatMap(([name, todo]) => {
    const operation = operations.get(name);
    return operation ? [{ operation, todo }] : [];
  });
  return there.map(({ operation, todo }, place) => {
    const { query, variables } = exampleOf(operation, fragments);
    return { query: `${comment(`${place + 1} of ${there.length}. ${todo}`)}\n${query}`, variables };
  });
}

// Characters: as many as are seen beside the answer on a small screen.
const COMMENT_WIDTH = 44;

function comment(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1] ?? "";
    if (line.length + word.length < COMMENT_WIDTH) lines[lines.length - 1] = line ? `${line} ${word}` : word;
    else lines.push(word);
  }
  return lines.map((line) => `# ${line}`).join("\n");
}

function exampleOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Example {
  const needed = new Set<FragmentDefinitionNode>();
  collect(operation, fragments, needed);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...needed] };
  return { query: print(document), variables: placeholders(operation) };
}

function collect(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  needed: Set<FragmentDefinitionNode>,
): void {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (fragment === undefined || needed.has(fragment)) return;
      needed.add(fragment);
      collect(fragment, fragments, needed);
    },
  });
}

/** Required variables only, each with a value to write over. */
function placeholders(operation: OperationDefinitionNode): string {
  const { variableDefinitions = [] } = operation;
  const required = variableDefinitions.filter(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && !defaultValue,
  );
  if (required.length === 0) return "";
  const ids = idsOf(operation);
  const values = Object.fromEntries(
    required.map(({ variable: { name }, type }) => [name.value, ids.get(name.value) ?? placeholder(type)]),
  );
  return JSON.stringify(values, null, 2);
}

/** What to write for the variables that are ids: it names the kind of thing that the field means. */
function idsOf(operation: OperationDefinitionNode): Map<string, string> {
  const ids = new Map<string, string>();
  visit(operation, {
    Field({ name, arguments: given = [] }) {
      for (const { name: argument, value } of given) {
        const kind = kindOf(name.value, argument.value);
        if (value.kind === Kind.VARIABLE && kind !== null) ids.set(value.name.value, placeholderOf(kind));
      }
    },
  });
  return ids;
}

function placeholder(type: TypeNode): unknown {
  if (type.kind === Kind.NON_NULL_TYPE) return placeholder(type.type);
  if (type.kind === Kind.LIST_TYPE) return [];
  switch (type.name.value) {
    case "ID":
      return "an id";
    case "Int":
    case "Float":
      return 1;
    case "String":
      return "";
    case "UpdateManuscriptInput":
      return { id: placeholderOf("Manuscript"), title: "Another title" };
    case "RetryJobsInput":
      return { ids: [placeholderOf("Job")] };
    case "AddManuscriptInput":
      return { title: "A short story", text: "Chapter One\n\nIt was raining. “Again,” said Anna." };
    default:
      return {};
  }
}
