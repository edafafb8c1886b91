import { afterAll, beforeAll, describe } from "vitest";
import { changeCases, listCases } from "./cases-changes.ts";
import { findCases, strangerCases } from "./cases-find.ts";
import { namesakeCases, partyCases } from "./cases-parties.ts";
import { batchCases, detailCases, postCases } from "./cases-post.ts";
import { refusalCases, silenceCases, waitCases } from "./cases-trouble.ts";
import { openBench, type Bench, type World } from "./world.ts";

/** Gives each case a company of its own. */
export interface ContractSetup {
  readonly start: () => Promise<void>;
  readonly company: () => Promise<World>;
  readonly stop: () => Promise<void>;
}

/** What every accounting connector must do, over its emulator: one suite, so that the engine may treat all alike. */
export function accountingContract(name: string, setup: ContractSetup): void {
  describe(`${name} keeps the accounting contract`, () => {
    beforeAll(setup.start);
    afterAll(setup.stop);
    const bench = async (): Promise<Bench> => openBench(await setup.company());
    const topics = {
      posting: [postCases, batchCases, detailCases],
      finding: [findCases, strangerCases],
      parties: [partyCases, namesakeCases],
      trouble: [silenceCases, waitCases, refusalCases],
      changes: [changeCases, listCases],
    };
    for (const [topic, cases] of Object.entries(topics)) {
      describe(topic, () => {
        for (const add of cases) add(bench);
      });
    }
  });
}
