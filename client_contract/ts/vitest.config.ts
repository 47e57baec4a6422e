import { defineConfig } from "vitest/config";

// The tests wait for signals; the limit is for a machine under load.
export default defineConfig({ test: { testTimeout: 20_000 } });
