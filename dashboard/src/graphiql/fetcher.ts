// Sends what GraphiQL runs: subscriptions over graphql-transport-ws, the rest over HTTP, both with a bearer token.
import type { Fetcher } from "@graphiql/toolkit";
import type { GetToken } from "@novelfoundry/client";
import { GraphQLError, Kind, type OperationDefinitionNode, parse } from "graphql";
import { createClient } from "graphql-ws";
import { addressOf } from "../address.ts";

export function createFetcher(getToken: GetToken): Fetcher {
  const url = addressOf("graphql");
  const socket = createClient({
    url: url.href.replace(/^http/, "ws"),
    connectionParams: async () => ({ Authorization: `Bearer ${await getToken({ refresh: false })}` }),
  });

  return async ({ query, variables, operationName: named }, options) => {
    const operation = meant(query, named ?? null);
    const operationName = operation?.name?.value ?? null;
    if (operation?.operation === "subscription") {
      return socket.iterate({ query, variables, operationName });
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
    return response.json();
  };
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
