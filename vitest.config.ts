import { defineConfig } from "vitest/config";

const everything = ["src/**/*.test.ts", "tests/**/*.test.ts", "scripts/**/*.test.ts"];
const never = ["tests/browser/**", "**/node_modules/**"];
/** Tests that hold the clock against the program: nothing runs beside them. */
const timed = ["tests/e2e/start.test.ts", "tests/e2e/lanes.test.ts", "src/store/lane-turns.test.ts", "tests/simulate/**/*.test.ts"];
const limits = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { ...limits, name: "timed", include: timed, exclude: never, maxWorkers: 1, sequence: { groupOrder: 0 } } },
      { test: { ...limits, name: "all", include: everything, exclude: [...never, ...timed], maxWorkers: 2, sequence: { groupOrder: 1 } } },
    ],
  },
});
