import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as correct from "../../src/core/posting/steps.ts";
import type { StoreMistakes } from "./posting-store.ts";
import { runSeed } from "./run.ts";
import type { Protocol } from "./worker.ts";

/** A mistake somebody could make: in the text of the steps, or in what the store does. */
export interface Mutant {
  readonly name: string;
  /** What stands in the file, exactly once, and what is put in its place. */
  readonly edit?: { readonly file: "decide.ts" | "steps.ts"; readonly from: string; readonly to: string };
  readonly mistakes?: StoreMistakes;
}

export const mutants: readonly Mutant[] = [
  { name: "the intent is not written before sending", mistakes: { dropIntent: true } },
  { name: "outcomes are written without looking at the lease", mistakes: { noFence: true } },
  { name: "the key is one of the attempt, not of the document", mistakes: { keyOfAttempt: true } },
  { name: "what a killed worker was sending is ready again", mistakes: { abandonedIsReady: true } },
  { name: "the worker's clock decides when a request is over", mistakes: { workersClock: true } },
  { name: "a payment does not wait for its invoice", mistakes: { chainIgnored: true } },
  { name: "a restored database is not noticed", mistakes: { restoreUnnoticed: true } },
  {
    name: "after a restore only what was never sent is looked up first",
    edit: {
      file: "steps.ts",
      from: "function intentOf({ inDoubt }: Candidate): Intent {\n  return inDoubt ?",
      to: "function intentOf({ inDoubt, attempts }: Candidate): Intent {\n  return inDoubt && attempts === 0 ?",
    },
  },
  {
    name: "a record is adopted by its number, whatever it says",
    edit: { file: "decide.ts", from: "(record) => record.sameContent && record.active", to: "(record) => record.active" },
  },
  {
    name: "a look-up before the execution limit counts as absence",
    edit: { file: "decide.ts", from: "const isSettled = posting.settledInMs <= 0;", to: "const isSettled = true;" },
  },
  {
    name: "the time of a look-up is its end, not its beginning",
    edit: {
      file: "steps.ts",
      from: "  const found = await books.find(itemsOf(uncertain));\n  const decided = uncertain.map((posting) => ({\n    posting,",
      to: "  const lookedAt = ports.elapsedMs();\n  const found = await books.find(itemsOf(uncertain));\n  const took = ports.elapsedMs() - lookedAt;\n  const decided = uncertain.map((one) => ({ ...one, settledInMs: one.settledInMs - took })).map((posting) => ({\n    posting,",
    },
  },
  {
    name: "records that are found late are not waited for",
    edit: {
      file: "decide.ts",
      from: "executionLimitMs, lookUpLagMs = 0 }: Bounds): number",
      to: "executionLimitMs }: Bounds, lookUpLagMs = 0): number",
    },
  },
  {
    name: "silence counts as not sent",
    edit: {
      file: "decide.ts",
      from: 'if (fault.remedy === "confirm") {',
      to: 'if (fault.remedy === "confirm" && fault.code !== "upstream_silent") {',
    },
  },
  {
    name: "an item without an answer counts as not sent",
    edit: {
      file: "steps.ts",
      from: 'fault: new Fault("upstream_silent", `The books gave',
      to: 'fault: new Fault("upstream_unreachable", `The books gave',
    },
  },
  {
    name: "answers of a batch are matched by position",
    edit: {
      file: "steps.ts",
      from: "chunk.map((posting) => ({ posting, answer: onlyAnswer(posting.key, byKey.get(posting.key) ?? []), leftAt }))",
      to: "chunk.map((posting, at) => ({ posting, answer: onlyAnswer(posting.key, byKey.size === 0 ? [] : answers.slice(at, at + 1)), leftAt }))",
    },
  },
  {
    name: "a request may leave however long after its intent",
    edit: { file: "steps.ts", from: "if (now > until) throw", to: "if (now > until + 1e12) throw" },
  },
  {
    name: "a key is repeated where the provider promises nothing",
    edit: { file: "decide.ts", from: "{ replayMs = 0 }: Bounds): boolean", to: "_bounds: Bounds, replayMs = 86_400_000): boolean" },
  },
  {
    name: "a repetition that was not sent proves the first absent",
    edit: { file: "decide.ts", from: "if (posting.settledInMs > 0)\n", to: "if (posting.settledInMs > 1e12)\n" },
  },
  {
    name: "an equal record of somebody else is adopted while ours may still appear",
    edit: { file: "decide.ts", from: "marked.length > 0 || !isSettled ? marked : same", to: "marked.length > 0 ? marked : same" },
  },
  {
    name: "a number that somebody else has is a conflict while ours may still appear",
    edit: {
      file: "decide.ts",
      from: "  if (!isSettled) return mayReplay",
      to: "  if (!isSettled && found.length > 0) return refuse(base, conflictFound(posting.key, found[0]!));\n  if (!isSettled) return mayReplay",
    },
  },
];

const core = fileURLToPath(new URL("../../src/core/", import.meta.url));

/** The first seed of at most `seedsMax` that shows the mistake; null when none does. */
export async function seedThatKills(mutant: Mutant, seedsMax: number): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), "ledgerlane-mutant-"));
  try {
    const protocol = mutant.edit === undefined ? correct : await planted(mutant.edit, folder);
    for (let seed = 1; seed <= seedsMax; seed++) {
      if ((await runSeed(seed, protocol, mutant.mistakes)).violation !== null) return seed;
    }
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The steps with one edit, as a module of their own. The product's files stay as they are. */
async function planted({ file, from, to }: NonNullable<Mutant["edit"]>, folder: string): Promise<Protocol> {
  mkdirSync(join(folder, "posting"));
  for (const name of ["errors.ts", "posting.ts", "posting"]) cpSync(join(core, name), join(folder, name), { recursive: true });
  const path = join(folder, "posting", file);
  const text = readFileSync(path, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold this exactly once any more: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return (await import(pathToFileURL(join(folder, "posting", "steps.ts")).href)) as Protocol;
}
