import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = dirname(import.meta.dirname);

/** Rows of the table of cases: id, file, words. */
const cases = [
  ...readFileSync(join(root, "docs/reliability.md"), "utf8").matchAll(/^\| ([A-D|K]\d\d[^|]*) \| [^|]* \| `([^`]+)` › ([^|]+?) \|$/gm),
].map(([, id, file, words]) => ({ id: id!, file: file!, words: words! }));

test("docs/reliability.md has its table of cases", () => {
  expect(cases.length).toBeGreaterThan(30);
});

test.each(cases)("the test that shows $id exists", ({ file, words }) => {
  expect(existsSync(join(root, file))).toBe(true);
  // Names are put together from a sentence and its cases: every word stands in the file.
  expect(readFileSync(join(root, file), "utf8")).toContain(words);
});
