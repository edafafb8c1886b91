import { parseArgs } from "node:util";
import * as protocol from "../../src/core/posting/steps.ts";
import { mutants, seedThatKills } from "./mutants.ts";
import { optionsOf } from "./options.ts";
import { type Result, runSeed } from "./run.ts";

const usage = `npm run simulate -- --seed N           runs one seed again and prints what it decided
npm run simulate -- --seeds N [--from M]  runs N seeds, from M or from 1 on
npm run simulate -- --mutants [--seeds N] plants mistakes and prints the seed that shows each`;

const { values } = parseArgs({
  options: { seed: { type: "string" }, seeds: { type: "string" }, from: { type: "string" }, mutants: { type: "boolean" } },
});

/** A mistake is looked for in this many seeds. */
const seedsPerMutant = 1_000;

async function runOne(seed: number): Promise<boolean> {
  const result = await runSeed(seed, protocol);
  console.log(JSON.stringify({ ...result, options: optionsOf(seed) }, null, 2));
  return result.violation === null;
}

async function runMany(from: number, seeds: number): Promise<boolean> {
  const began = performance.now();
  const total = { seeds, documents: 0, records: 0, kills: 0, crashes: 0, restores: 0, virtualMinutes: 0 };
  const failed: Result[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await runSeed(seed, protocol);
    for (const name of ["documents", "records", "kills", "crashes", "restores", "virtualMinutes"] as const) total[name] += result[name];
    if (result.violation !== null) failed.push(result);
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  console.log(JSON.stringify({ ...total, seconds, failed: failed.map(({ seed, violation }) => ({ seed, violation })) }));
  return failed.length === 0;
}

async function runMutants(seedsMax: number): Promise<boolean> {
  let isWell = true;
  for (const mutant of mutants) {
    const seed = await seedThatKills(mutant, seedsMax);
    isWell &&= seed !== null;
    console.log(JSON.stringify({ mutant: mutant.name, killedBySeed: seed }));
  }
  return isWell;
}

function numberOf(text: string | undefined, otherwise: number): number {
  const number = Number(text ?? otherwise);
  if (!Number.isInteger(number) || number < 1) throw new Error(usage);
  return number;
}

const isWell =
  values.mutants === true
    ? await runMutants(numberOf(values.seeds, seedsPerMutant))
    : values.seed === undefined
      ? await runMany(numberOf(values.from, 1), numberOf(values.seeds, 1_000))
      : await runOne(numberOf(values.seed, 1));
process.exitCode = isWell ? 0 : 1;
