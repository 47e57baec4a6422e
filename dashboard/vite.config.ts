// Builds the two pages of the service into server/static: the author's dashboard and GraphiQL.
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// The client as it is written, not as it was last built.
const SOURCE = "@novelfoundry/source";
const server = "http://127.0.0.1:8000";
// Each page by itself: what both share would carry along what GraphiQL alone needs, all of graphql for one.
const page = process.env.PAGE ?? "index";

export default defineConfig({
  plugins: [react()],
  // The service may live under a path that is not known when the page is built.
  base: "./",
  resolve: { conditions: [SOURCE, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
  build: {
    outDir: "../server/static",
    emptyOutDir: page === "graphiql",
    // No data: addresses, which the page's content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Monaco is megabytes, and only on GraphiQL's page.
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      input: `${page}.html`,
      // GraphiQL's packages carry directives for a compiler that we do not run.
      checks: { moduleLevelDirective: false },
    },
  },
  server: {
    proxy: {
      "/graphql": { target: server, ws: true },
      "/manuscripts": server,
      "/session": server,
      "/config.json": server,
    },
  },
  // A machine that does much else beside the tests is slow, not wrong.
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], testTimeout: 30_000, hookTimeout: 30_000 },
});
