// Sends what GraphiQL runs: subscriptions over graphql-transport-ws, the rest over HTTP, both with a bearer token.
import type { Fetcher } from "@graphiql/toolkit";
import type { GetToken } from "@novelfoundry/client";
import { getOperationAST } from "graphql";
import { createClient } from "graphql-ws";

export function createFetcher(getToken: GetToken): Fetcher {
  const url = new URL("/graphql", location.href);
  const socket = createClient({
    url: url.href.replace(/^http/, "ws"),
    connectionParams: async () => ({ Authorization: `Bearer ${await getToken({ refresh: false })}` }),
  });

  return async (params, options) => {
    const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
    const { query, variables } = params;
    if (operation?.operation === "subscription") {
      return socket.iterate({ query, variables, operationName: params.operationName ?? null });
    }
    const response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json, application/json;q=0.9",
        "content-type": "application/json",
        authorization: `Bearer ${await getToken({ refresh: false })}`,
        ...options?.headers,
      },
      body: JSON.stringify(params),
    });
    return response.json();
  };
}
