/**
 * Counts a vitest JSON report. A file that failed before its first test counts as one failed test, and so does a run
 * that ended badly though every test passed: an error outside any test must not look like success.
 */
export function countsOf(report, endedWell) {
  const files = report?.testResults ?? [];
  const broken = files.filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"));
  const counts = {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + broken.length,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
  return counts.failed === 0 && !endedWell ? { ...counts, failed: 1 } : counts;
}

export function addCounts(one, other) {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped };
}

/** The line that says it all: `12 passed, 0 failed`, and `, 1 skipped` where any was. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
