import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./packages/softlabel/src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests read the library's source, so that no test passes against a stale build.
    alias: [
      { find: /^softlabel$/, replacement: source("index.ts") },
      { find: /^softlabel\/(linear|threads)$/, replacement: source("kernels/$1/index.ts") },
      { find: /^softlabel\/(calibration|statistics|tfjs|jax)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    // Some build a page first.
    hookTimeout: 60_000,
  },
});
