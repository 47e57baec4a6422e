// Apollo Client, urql, graphql-sse and TanStack Query as a front-end team would use them, against a running server.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { QueryClient } from "@tanstack/react-query";
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createHash } from "node:crypto";
import { OperationTypeNode } from "graphql";
import { createClient as createStreams } from "graphql-sse";
import { createClient as createSocket } from "graphql-ws";

const [origin, token] = process.argv.slice(2);
const url = `${origin}/graphql`;
const headers = { Authorization: `Bearer ${token}` };
const socket = createSocket({ url: url.replace("http", "ws"), connectionParams: headers });
const VIEWER = gql`query Viewer { viewer { id email } }`;
const ADD = gql`mutation Add($input: AddManuscriptInput!) {
  addManuscript(input: $input) { ... on Manuscript { id title } ... on Refusal { code message } }
}`;
const UPDATES = gql`subscription Updates { jobUpdates { asOf jobs { id } } }`;
const input = (title) => ({ input: { title, text: "It rained." } });

async function apollo() {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      ApolloLink.from([new PersistedQueryLink({ sha256 }), new HttpLink({ uri: url, headers })]),
    ),
  });
  const { data } = await client.query({ query: VIEWER });
  const added = await client.mutate({ mutation: ADD, variables: input("By Apollo") });
  const frame = await new Promise((resolve, reject) => {
    const heard = client.subscribe({ query: UPDATES }).subscribe({
      next: (result) => {
        resolve(result.data.jobUpdates);
        queueMicrotask(() => heard.unsubscribe());
      },
      error: reject,
    });
  });
  return { id: data.viewer.id, title: added.data.addManuscript.title, jobs: frame.jobs.length };
}

async function urql(options) {
  const client = new Client({
    url,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
    ...options,
  });
  const read = await client.query(VIEWER, {}).toPromise();
  const added = await client.mutation(ADD, input("By urql")).toPromise();
  const frame = await new Promise((resolve) => {
    const heard = client.subscription(UPDATES, {}).subscribe((result) => {
      resolve(result.data.jobUpdates);
      queueMicrotask(() => heard.unsubscribe());
    });
  });
  if (read.error ?? added.error) throw read.error ?? added.error;
  return { id: read.data.viewer.id, title: added.data.addManuscript.title, jobs: frame.jobs.length };
}

/** urql over nothing but fetch: its subscriptions ask for server-sent events. */
const urqlByFetch = () => urql({ exchanges: [cacheExchange, fetchExchange], fetchSubscriptions: true, preferGetMethod: true });

async function streams() {
  const client = createStreams({ url, headers });
  for await (const { data } of client.iterate({ query: "subscription { jobUpdates { jobs { id } } }" })) {
    return { jobs: data.jobUpdates.jobs.length };
  }
}

async function tanstack() {
  const queries = new QueryClient();
  const queryFn = async ({ signal }) => {
    const body = JSON.stringify({ query: "{ viewer { id } }" });
    const response = await fetch(url, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body, signal });
    return (await response.json()).data;
  };
  return { id: (await queries.fetchQuery({ queryKey: ["viewer"], queryFn })).viewer.id };
}

const seen = { apollo: await apollo(), urql: await urql(), urqlByFetch: await urqlByFetch(), streams: await streams(), tanstack: await tanstack() };
console.log(JSON.stringify(seen));
await socket.dispose();
