import { afterAll, beforeAll, describe } from "vitest";
import { changeCases, listCases, listKindCases } from "./cases-changes.ts";
import { fileCases } from "./cases-files.ts";
import { findCases, strangerCases } from "./cases-find.ts";
import { namesakeCases, partyCases } from "./cases-parties.ts";
import { messageCases } from "./cases-messages.ts";
import { moneyCases, onceCases, settleCases, shownCases } from "./cases-payments.ts";
import { batchCases, costCases, detailCases, postCases } from "./cases-post.ts";
import { goneCases, lostCases, readCases, removeCases, staleCases, updateCases } from "./cases-records.ts";
import { planCases, reportCases } from "./cases-reports.ts";
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
      posting: [postCases, batchCases, costCases, detailCases],
      finding: [findCases, strangerCases],
      parties: [partyCases, namesakeCases],
      trouble: [silenceCases, waitCases, refusalCases],
      changes: [changeCases, listKindCases, listCases],
      records: [readCases, updateCases, staleCases, removeCases, goneCases, lostCases],
      payments: [settleCases, onceCases, shownCases, moneyCases],
      reports: [reportCases, planCases],
      files: [fileCases],
      messages: [messageCases],
    };
    for (const [topic, cases] of Object.entries(topics)) {
      describe(topic, () => {
        for (const add of cases) add(bench);
      });
    }
  });
}
