// A query of a team's own, typed by gql.tada from the schema that the running server told.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./schema-env.d.ts";

const graphql = initGraphQLTada<{ introspection: introspection; scalars: { DateTime: string; ID: string } }>();
const titles = graphql(`query Titles { manuscripts(first: 5) { edges { node { title latestJob { status } } } } }`);

type Data = ReturnType<NonNullable<(typeof titles)["__apiType"]>>;
export const first = (data: Data): string | undefined => data.manuscripts.edges[0]?.node.title;
export const status = (data: Data): "QUEUED" | string | undefined => data.manuscripts.edges[0]?.node.latestJob?.status;
// @ts-expect-error The server knows no such field, and the compiler knows that.
export const wrong = (data: Data) => data.manuscripts.edges[0]?.node.nothing;
