import { defineConfig } from "vitest/config";

// Needs a chromium; `npm test` does not.
export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"],
    passWithNoTests: true,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
