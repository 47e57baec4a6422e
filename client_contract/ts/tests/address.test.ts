import { expect, test } from "vitest";
import { addressOf } from "../address.ts";

test.each([
  ["https://example.org", "https://example.org/graphql"],
  ["https://example.org/", "https://example.org/graphql"],
  ["https://example.org/novels", "https://example.org/novels/graphql"],
  ["https://example.org/novels/", "https://example.org/novels/graphql"],
])("a service at %s is asked at %s", (origin, address) => {
  expect(addressOf(origin, "graphql").href).toBe(address);
});
