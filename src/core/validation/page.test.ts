import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog, eventChecks, historyChecks } from "./catalog.ts";
import { findingCodes } from "./finding-codes.ts";
import { validationPage } from "./page.ts";

const root = join(import.meta.dirname, "../../..");
/** Rooms that make findings. The gateway only refuses requests, the emulators and the demo make none of ours. */
const rooms = ["audit", "connectors", "core", "engine", "net", "store", "webhooks"];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return path.endsWith(".ts") && !path.endsWith(".test.ts") ? [readFileSync(join(root, path), "utf8")] : [];
  });
}

/** The object literal around a place of a text. */
function around(text: string, at: number): string {
  let [start, end, depth] = [at, at, 0];
  for (; start > 0; start -= 1) {
    if (text[start] === "}") depth += 1;
    else if (text[start] === "{" && depth-- === 0) break;
  }
  for (depth = 0; end < text.length; end += 1) {
    if (text[end] === "{") depth += 1;
    else if (text[end] === "}" && depth-- === 0) break;
  }
  return text.slice(start, end);
}

/** Codes of findings as they stand in the source: beside a `fix`, a `remedy` or a `cause`.  */
function codesInSource(): Set<string> {
  const codes = new Set<string>();
  for (const text of rooms.flatMap((room) => sources(`src/${room}`))) {
    for (const match of text.matchAll(/\bcode:\s*([^,\n]+)/g)) {
      if (!/\b(fix|remedy|cause)\b/.test(around(text, match.index))) continue;
      for (const [, code] of match[1]!.matchAll(/"([a-z][a-z0-9_]+)"/g)) codes.add(code!);
    }
  }
  return codes;
}

test("docs/validation.md is what the checks and finding codes say", async () => {
  // After a change: npm test -- src/core/validation/page.test.ts -u
  await expect(validationPage()).toMatchFileSnapshot("../../../docs/validation.md");
});

test("every finding code of the source stands on the page, with cause and remedy", () => {
  const found = codesInSource();
  expect(found.size).toBeGreaterThan(120);
  const page = readFileSync(join(root, "docs/validation.md"), "utf8");
  expect([...found].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test("the page promises no code that nothing makes", () => {
  const whole = rooms
    .flatMap((room) => sources(`src/${room}`))
    .filter((text) => !text.includes("export const findingCodes"))
    .join("\n");
  // Some codes are put together: of the list of the books, or of the kind of an XML mistake.
  const isMade = (code: string): boolean => whole.includes(code) || /^xml_|^(class|department|location|project|entity|segment)_/.test(code);
  expect(findingCodes.map(({ code }) => code).filter((code) => !isMade(code))).toEqual([]);
});

test("codes are unique, and every check says when it speaks and what to do then, in sentences", () => {
  const codes = [...eventChecks, ...historyChecks, ...findingCodes].map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  for (const { code, cause, remedy, thresholds } of [...catalog.values()]) {
    expect(code).toMatch(/^[a-z][a-z_]+$/);
    for (const sentence of [cause, remedy, ...thresholds.map(({ about }) => `${about}.`)]) expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
  }
});
