import type { Check, CheckFacts } from "./check.ts";
import { anyChecks } from "./checks-any.ts";
import { costChecks } from "./checks-costs.ts";
import { fuelChecks } from "./checks-fuel.ts";
import { ledgerChecks } from "./checks-ledger.ts";
import { payChecks } from "./checks-pay.ts";
import { salesChecks } from "./checks-sales.ts";
import { alikeChecks } from "./history-alike.ts";
import { duplicateChecks } from "./history-duplicates.ts";
import { patternChecks } from "./history-patterns.ts";
import type { HistoryCheck } from "./trace.ts";

/** Checks that need the event, its documents and the books' lists. */
export const eventChecks: readonly Check[] = [...anyChecks, ...salesChecks, ...costChecks, ...fuelChecks, ...payChecks, ...ledgerChecks];
/** Checks that compare with what came before. */
export const historyChecks: readonly HistoryCheck[] = [...alikeChecks, ...duplicateChecks, ...patternChecks];
/** Every check an organization may set, by code. */
export const catalog: ReadonlyMap<string, CheckFacts> = new Map([...eventChecks, ...historyChecks].map((check) => [check.code, check]));
