import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { configurationTable } from "../src/config.ts";

// Our own rules, where no linter knows them. Each failure names the files.

const root = dirname(import.meta.dirname);
const notOurs = new Set(["node_modules", ".git", ".ledgerlane", "dist", "coverage", "package-lock.json", "LICENSE"]);

/** Every text file of the project, with paths from its root. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (notOurs.has(entry.name) || entry.name.endsWith(".log")) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return /\.(ts|tsx|mjs|cjs|css|html|json|ya?ml|md|csv|edi|xml|sh)$/.test(entry.name) || path === ".ci/run" ? [path] : [];
  });
}

const texts = new Map(filesBelow("").map((path) => [path, readFileSync(join(root, path), "utf8")]));

/** `path:line` of every line that `pattern` finds in the files that `isMeant`. */
function places(pattern: RegExp, isMeant: (path: string) => boolean): string[] {
  return [...texts]
    .filter(([path]) => isMeant(path) && path !== "tests/tidy.test.ts")
    .flatMap(([path, text]) =>
      text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
    );
}

const isProgram = (path: string): boolean => path.startsWith("src/") && path.endsWith(".ts") && !path.endsWith(".test.ts");

/** Tables of data that are easier to read in one piece. */
const dataFiles: readonly string[] = [];

test("only the rooms that write open a transaction", () => {
  // The emulators keep books of their own, in a database of their own.
  const writers = /^src\/((store|engine|audit|webhooks|sandbox)\/|app\.ts$)/;
  expect(places(/\.transaction\(/, (path) => isProgram(path) && !writers.test(path))).toEqual([]);
});

test("no file of src is longer than 300 lines, but for listed tables of data", () => {
  const long = [...texts]
    .filter(([path]) => isProgram(path) && !dataFiles.includes(path))
    .map(([path, text]) => [path, text.trimEnd().split("\n").length] as const);
  expect(long.filter(([, lines]) => lines > 300)).toEqual([]);
});

test("nothing is put off in a comment", () => {
  expect(places(/\b(TODO|FIXME|XXX|HACK)\b/, () => true)).toEqual([]);
});

test("the environment is read in one place and understood in another", () => {
  expect(places(/process\.env/, (path) => isProgram(path) && path !== "src/cli/main.ts")).toEqual([]);
});

test("there are no classes but errors", () => {
  const isListed = (path: string): boolean => path === "src/core/rules/expression.ts"; // The CEL library knows a type by its class.
  expect(
    places(/^\s*(export )?(abstract )?class (?!\w+ extends \w*(Error|Fault|Refusal)\b)/, (path) => isProgram(path) && !isListed(path)),
  ).toEqual([]);
});

test("files speak of the product, not of how and where it was made", () => {
  const made =
    /\b(this|previous|earlier|next|last) session\b|\bissue #?\d+\b|\/work\/|\bshared\/|registry\.npmjs|\bpypi\.org|deb\.debian\.org/i;
  expect(places(made, () => true)).toEqual([]);
});

test("the lockfile names no download address", () => {
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
});

test("versions are exact", () => {
  const manifest = JSON.parse(texts.get("package.json")!) as Record<string, Record<string, string>>;
  const all = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  expect(all.filter(([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("docs/configuration.md is what the settings say", async () => {
  // After a change of src/config.ts: npm test -- tests/tidy.test.ts -u
  await expect(configurationTable()).toMatchFileSnapshot("../docs/configuration.md");
});

describe("decisions", () => {
  const files = [...texts.keys()].filter((path) => path.startsWith("docs/decisions/"));

  test.each(files)("%s says context, choice and price", (path) => {
    expect(path).toMatch(/^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/);
    const headings = [...texts.get(path)!.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(["Context", "Choice", "Price"]));
  });

  test("are numbered once each", () => {
    const numbers = files.map((path) => path.slice("docs/decisions/".length).slice(0, 4));
    expect(numbers).toEqual([...new Set(numbers)]);
  });
});

test("links between our pages lead somewhere", () => {
  const dead = [...texts]
    .filter(([path]) => path.endsWith(".md"))
    .flatMap(([path, text]) =>
      [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)/g)]
        .filter(([, target]) => !existsSync(join(root, dirname(path), target!)))
        .map(([, target]) => `${path}: ${target}`),
    );
  expect(dead).toEqual([]);
});
