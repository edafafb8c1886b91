import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { examples, generated, party, type Raw, settlement, trucking } from "../../../tests/setup/generated-events.ts";
import { canonicalJson } from "../canonical.ts";
import type { LedgerDocument } from "../document.ts";
import { eventTypes, type TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { type CompiledRules, compileRuleSet } from "../rules/compile.ts";
import type { RuleSet, SplitRow } from "../rules/schema.ts";
import { buildDocuments, reverseDocument } from "./build.ts";

const events = fc
  .tuple(fc.oneof(...Object.values(generated)), fc.constantFrom(undefined, "01"), fc.constantFrom("7", "a-long-identifier-of-a-record"))
  .map(([raw, entity, id]): Raw => {
    const example = structuredClone(examples.get(raw["type"] as string)!);
    // Optional amounts of the example that the generated ones do not go with.
    for (const name of ["taxes", "expectedTotal", "financedAmount", "interest"]) delete example[name];
    return { ...example, number: id, ...raw, id, dims: { terminal: "CHI", division: "OTR-VAN", ...(entity ? { entity } : {}) } };
  });

const weight = fc.constantFrom("1", "2", "0.333", "0");
const split: fc.Arbitrary<SplitRow> = fc.record({
  parts: fc.array(
    fc.record({ dims: fc.constantFrom<Record<string, string>[]>({ terminal: "DAL" }, { entity: "02" }, { tractor: "T-1" }), weight }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});
/** What is set at random in the sections that divide, add and move lines. */
const options = fc.record({
  shape: fc.constantFrom("bill_plus_credit", "negative_lines", "journal"),
  negativeNet: fc.constantFrom("hold", "carry_forward"),
  negatives: fc.constantFrom("credit", "lines", "journal"),
  rounding: fc.constantFrom("largest_remainder", "line"),
  splits: fc.array(split, { maxLength: 2 }),
  keepsEntities: fc.boolean(),
  hasMetrics: fc.boolean(),
});

type Options = typeof options extends fc.Arbitrary<infer Chosen> ? Chosen : never;

/** The default rules with those options. */
function rulesOf({ shape, negativeNet, negatives, rounding, splits, keepsEntities, hasMetrics }: Options): CompiledRules {
  const metric = { event: [...eventTypes], per: "line", quantity: "line.quantity.value", rate: "0.125", side: "debit" } as const;
  const kept: RuleSet["dimensions"] = keepsEntities ? { entity: { from: ["entity"], values: {}, unknown: "keep" } } : {};
  const ruleSet: RuleSet = {
    ...trucking,
    items: { ...trucking.items, 1810: "Due from Affiliates", 7095: "Small Balance Write-Off & Rounding" },
    documents: trucking.documents.map((row) => (row.kind === "journal_entry" ? row : { ...row, negatives })),
    settlement: { shape, negativeNet },
    rounding: { splits: rounding, account: "7095", limit: "0.05" },
    splits,
    dimensions: { ...trucking.dimensions, ...kept },
    lines: hasMetrics
      ? [
          { ...metric, account: "5210", offset: "2070" },
          { ...metric, event: ["fuel_transaction"], account: "5225", unit: "gal" },
        ]
      : [],
  };
  return compileRuleSet(ruleSet, 7);
}

/** What the lines of one entity come to; zero when the document balances in each of its entities. */
function byEntity({ lines: legs }: LedgerDocument): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { side, amountMinor, dimensions } of legs) {
    const entity = dimensions["entity"] ?? "";
    sums[entity] = (sums[entity] ?? 0n) + (side === "debit" ? amountMinor : -amountMinor);
  }
  return sums;
}

function at(event: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce((value, step) => (value as Raw | undefined)?.[step], event);
}

describe("any event of any type, under any rules", () => {
  test("every type is generated", () => expect(Object.keys(generated).sort()).toEqual([...eventTypes].sort()));

  test("its documents balance in every currency and entity, say why of each line, and come out the same again", () => {
    fc.assert(
      fc.property(options, fc.array(events, { minLength: 20, maxLength: 40 }), (chosen, batch) => {
        const rules = rulesOf(chosen);
        const again = rulesOf(chosen);
        for (const raw of batch) {
          const { event, findings } = readEvent(raw);
          expect(findings).toEqual([]);
          const built = buildDocuments(event!, rules);
          const blocks = built.findings.filter(({ severity }) => severity === "block").map(({ code }) => code);
          // Lines of several entities on a document of none: only the source knows whose it is.
          expect(blocks.filter((code) => code !== "entity_missing")).toEqual([]);
          expect(canonicalJson(buildDocuments(readEvent(raw).event!, again).documents)).toBe(canonicalJson(built.documents));
          const numbers = built.documents.map(({ kind, number }) => `${kind} ${number}`);
          expect(new Set(numbers).size).toBe(numbers.length);
          for (const document of built.documents) checkDocument(document, event!);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function checkDocument(document: LedgerDocument, event: TransportEvent): void {
  expect(document.number.length).toBeLessThanOrEqual(21);
  expect(document.currency).toBe(event.currency);
  expect(Object.values(byEntity(document)).filter((left) => left !== 0n)).toEqual([]);
  for (const { because, amountMinor, role } of document.lines) {
    expect(amountMinor > 0n).toBe(true);
    expect([because.ruleSet, because.version, because.row !== ""]).toEqual(["trucking", 7, true]);
    if (role === "detail") expect(at(event, because.from)).toBeDefined();
  }
  checkReversal(document);
}

/** What a void or a correction takes back: every account, amount and quantity, in the same currency. */
function checkReversal(document: LedgerDocument): void {
  const reversed = reverseDocument(document, { date: "2027-01-31" });
  expect([reversed.currency, reversed.exchangeRate, reversed.totalMinor]).toEqual([
    document.currency,
    document.exchangeRate,
    document.totalMinor,
  ]);
  expect(reversed.number.length).toBeLessThanOrEqual(21);
  const left = new Map<string, bigint>();
  for (const { account, side, amountMinor } of [...document.lines, ...reversed.lines]) {
    left.set(account, (left.get(account) ?? 0n) + (side === "debit" ? amountMinor : -amountMinor));
  }
  expect([...left.values()].every((sum) => sum === 0n)).toBe(true);
  expect(reversed.statistics?.map(({ quantity }) => quantity)).toEqual(document.statistics?.map(({ quantity }) => `-${quantity}`));
}

describe("pay with deductions", () => {
  /** What each account and each payee comes to. */
  const balances = (documents: readonly LedgerDocument[]): Record<string, bigint> => {
    const sums: Record<string, bigint> = {};
    for (const { lines: legs, party: head } of documents) {
      for (const { account, side, amountMinor, role, party: own } of legs) {
        const payee = role === "balance" ? ` ${(own ?? head)?.id}` : "";
        const key = `${account}${payee}`;
        sums[key] = (sums[key] ?? 0n) + (side === "debit" ? amountMinor : -amountMinor);
      }
    }
    return Object.fromEntries(Object.entries(sums).filter(([, left]) => left !== 0n));
  };

  const shapes = (["hold", "carry_forward"] as const).map((negativeNet) =>
    (["bill_plus_credit", "negative_lines", "journal"] as const).map((shape) =>
      compileRuleSet({ ...trucking, settlement: { shape, negativeNet } }, 1),
    ),
  );

  test("leaves the same balances and the same open amount for the payee in every shape", () => {
    fc.assert(
      fc.property(settlement, fc.constantFrom(...shapes), (pay, rules) => {
        const raw = { ...structuredClone(examples.get("driver_settlement")!), ...pay, payee: { type: "ownerOperator", ...party } };
        const event = readEvent(raw).event!;
        const [first, ...others] = rules.map((by) => {
          const { documents } = buildDocuments(event, by);
          // Nothing is sent that the books refuse: a bill whose total is negative.
          for (const { kind, lines: legs } of documents) {
            if (kind === "bill") expect(legs.filter(({ role, side }) => role === "balance" && side === "debit")).toEqual([]);
          }
          return balances(documents);
        });
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 1_000 },
    );
  });
});
