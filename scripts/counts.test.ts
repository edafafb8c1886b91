import { expect, test } from "vitest";
// @ts-expect-error Plain JavaScript: it runs before anything is installed.
import { addCounts, closingLine, countsOf } from "./counts.mjs";

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((each) => ({ status: each })) });

test("a file that broke before its first test counts as a failed test", () => {
  const report = {
    numPassedTests: 2,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [file("failed"), file("failed", "failed", "passed"), file("passed", "passed")],
  };
  expect(closingLine(countsOf(report, false))).toBe("2 passed, 2 failed, 2 skipped");
});

test("a run that ended badly is never all green, and one without a report has failed", () => {
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [file("passed", "passed")] };
  expect(closingLine(countsOf(report, true))).toBe("3 passed, 0 failed");
  expect(closingLine(countsOf(report, false))).toBe("3 passed, 1 failed");
  expect(closingLine(countsOf(null, false))).toBe("0 passed, 1 failed");
});

test("runs add up", () => {
  expect(closingLine(addCounts({ passed: 1, failed: 0, skipped: 2 }, { passed: 4, failed: 1, skipped: 0 }))).toBe(
    "5 passed, 1 failed, 2 skipped",
  );
});
