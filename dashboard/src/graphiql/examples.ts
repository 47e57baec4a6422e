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

export interface Example {
  readonly query: string;
  readonly variables: string;
}

/** The named operations among the given GraphQL sources, in the order of the names. */
export function examplesFrom(sources: readonly string[], names: readonly string[]): Example[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations = new Map<string, OperationDefinitionNode>();
  for (const definition of sources.flatMap((source) => parse(source).definitions)) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.name)
      operations.set(definition.name.value, definition);
  }
  return names.flatMap((name) => {
    const operation = operations.get(name);
    return operation ? [exampleOf(operation, fragments)] : [];
  });
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
function placeholders({ variableDefinitions = [] }: OperationDefinitionNode): string {
  const required = variableDefinitions.filter(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && !defaultValue,
  );
  if (required.length === 0) return "";
  const values = Object.fromEntries(
    required.map(({ variable, type }) => [variable.name.value, placeholder(type)]),
  );
  return JSON.stringify(values, null, 2);
}

function placeholder(type: TypeNode): unknown {
  if (type.kind === Kind.NON_NULL_TYPE) return placeholder(type.type);
  if (type.kind === Kind.LIST_TYPE) return [];
  switch (type.name.value) {
    case "ID":
      return "an id from the query manuscripts";
    case "Int":
    case "Float":
      return 1;
    case "String":
      return "";
    case "UpdateManuscriptInput":
      return { id: "an id from the query manuscripts", title: "Another title" };
    case "RetryJobsInput":
      return { ids: ["an id from the query jobs"] };
    case "AddManuscriptInput":
      return { title: "A short story", text: "Chapter One\n\nIt was raining. “Again,” said Anna." };
    default:
      return {};
  }
}
