// Sends what GraphiQL runs: subscriptions over graphql-transport-ws, the rest over HTTP, both with a bearer token.
import type { Fetcher } from "@graphiql/toolkit";
import type { GetToken } from "@novelfoundry/client";
import { GraphQLError, Kind, type OperationDefinitionNode, parse } from "graphql";
import { createClient } from "graphql-ws";
import { addressOf } from "../address.ts";

/** Told of each answer, and how many milliseconds it took; of a subscription, of its first frame. */
export type Answered = (answer: unknown, milliseconds: number) => void;

export function createFetcher(getToken: GetToken, answered: Answered): Fetcher {
  const url = addressOf("graphql");
  const socket = createClient({
    url: url.href.replace(/^http/, "ws"),
    connectionParams: async () => ({ Authorization: `Bearer ${await getToken({ refresh: false })}` }),
  });

  return async ({ query, variables, operationName: named }, options) => {
    const began = performance.now();
    const operation = meant(query, named ?? null);
    const operationName = operation?.name?.value ?? null;
    if (operation?.operation === "subscription") {
      return timed(socket.iterate({ query, variables, operationName }), began, answered);
    }
    const response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json, application/json;q=0.9",
        "content-type": "application/json",
        authorization: `Bearer ${await getToken({ refresh: false })}`,
        ...options?.headers,
      },
      body: JSON.stringify({ query, variables, operationName }),
    });
    const answer = await response.json();
    // What GraphiQL asks for itself is nobody's answer.
    if (operationName !== "IntrospectionQuery") answered(answer, performance.now() - began);
    return answer;
  };
}

async function* timed<T>(frames: AsyncIterable<T>, began: number, answered: Answered): AsyncGenerator<T> {
  let took: number | null = null;
  for await (const frame of frames) {
    took ??= performance.now() - began;
    answered(frame, took);
    yield frame;
  }
}

// GraphiQL names the operation that it knew last, which the text of a tab just chosen may not hold.
function meant(query: string, named: string | null): OperationDefinitionNode | undefined {
  const operations = operationsOf(query);
  return operations.find((operation) => operation.name?.value === named) ?? operations[0];
}

function operationsOf(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch (error) {
    // What is wrong with the text is the server's to say.
    if (error instanceof GraphQLError) return [];
    throw error;
  }
}
