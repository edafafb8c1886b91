import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { DocumentLine } from "../document.ts";
import { eventTotal, readEvent } from "../events/read.ts";
import { formatMinor } from "../money.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { readRuleSet } from "../rules/rule-set.ts";
import { buildDocuments, reverseDocument } from "./build.ts";

type Raw = Record<string, unknown>;
const ruleSet = readRuleSet(parse(readFileSync(new URL("../../../rule-sets/trucking.yaml", import.meta.url), "utf8"))).ruleSet!;
const rules = compileRuleSet(ruleSet, 3);
const journalRules = compileRuleSet({ ...ruleSet, settlement: { shape: "journal", negativeNet: "hold" } }, 3);

const examples = new Map(
  [...readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map((match) => {
    const raw = JSON.parse(match[1]!) as Raw;
    return [raw["type"] as string, raw];
  }),
);

function sum(lines: readonly DocumentLine[], role: DocumentLine["role"]): bigint {
  return lines
    .filter((line) => line.role === role)
    .reduce((total, { side, amountMinor }) => total + (side === "credit" ? amountMinor : -amountMinor), 0n);
}

const text = (minor: bigint): string => formatMinor(minor, "USD");
const cents = (min: number, max = 10_000_000) => fc.integer({ min, max }).map(BigInt);
const total = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);

/** Lines with codes of the list and their amounts in cents. */
function linesOf(codes: readonly string[], amount: fc.Arbitrary<bigint>) {
  return fc.array(fc.tuple(fc.constantFrom(...codes), amount), { minLength: 1, maxLength: 12 }).map((rows) => ({
    lines: rows.map(([code, minor], index) => ({ lineNo: index + 1, code, amount: text(minor) })),
    sum: total(rows.map(([, minor]) => minor)),
  }));
}

const codesOfKinds = (...kinds: string[]): string[] =>
  Object.entries(ruleSet.codes)
    .filter(([, { kind }]) => kinds.includes(kind))
    .map(([code]) => code);
const signed = cents(-500_000, 500_000);
const dims = fc.record({
  serviceLine: fc.constantFrom("OTR", "BROKERAGE"),
  division: fc.string(),
  terminal: fc.constantFrom("CHI", "DAL"),
  tractor: fc.string(),
});

const byLines = (type: string, kinds: string[], field: string) =>
  linesOf(codesOfKinds(...kinds), type === "customer_credit" ? cents(0) : signed).map(
    ({ lines, sum: all }): Raw => ({ type, lines, [field]: text(all) }),
  );
const settlements = fc
  .tuple(
    linesOf(codesOfKinds("PAY", "REIMB", "DED", "ESC"), signed),
    fc.constantFrom("employee", "ownerOperator"),
    cents(-50_000, 0),
    cents(0, 50_000),
  )
  .map(
    ([{ lines, sum: all }, type, carriedIn, carriedOut]): Raw => ({
      type: "driver_settlement",
      lines,
      payee: { type, id: "P", name: "Payee" },
      totals: {
        gross: "0",
        reimbursements: "0",
        deductions: "0",
        advancesRecovered: "0",
        escrow: "0",

        carryForwardIn: text(carriedIn),
        carryForwardOut: text(carriedOut),
        net: text(all + carriedIn + carriedOut),
      },
    }),
  );
const tickets = fc
  .tuple(
    linesOf(codesOfKinds("FUEL"), signed),
    signed,
    signed,
    fc.constantFrom("company", "ownerOperator", "driver"),
    fc.constantFrom("EFS", "BULK"),
  )
  .map(
    ([{ lines, sum: all }, fees, discount, fundedBy, provider]): Raw => ({
      type: "fuel_transaction",
      lines,
      fundedBy,
      provider,
      fees: text(fees),
      discount: text(discount),

      invoiceTotal: text(all),
      netTotal: text(all + fees - discount),
    }),
  );
const parts = fc.constantFrom("part", "labor", "outside", "supply", "tire", "core", "freight", "tax", "discount");
const orders = fc
  .tuple(
    fc.array(fc.tuple(parts, signed), { minLength: 1, maxLength: 10 }),
    fc.constantFrom("internal", "dealer", "roadside", "tire"),
    fc.constantFrom("tractor", "trailer", "reefer", "other"),
  )
  .map(
    ([rows, shop, asset]): Raw => ({
      type: "maintenance_order",
      shop: { kind: shop },
      asset: { kind: asset, unitNo: "1" },
      total: text(total(rows.map(([, minor]) => minor))),
      lines: rows.map(([kind, minor], index) => ({ lineNo: index + 1, kind, amount: text(minor) })),
    }),
  );
const tolls = fc.tuple(signed, cents(0, 900), cents(0, 900), fc.boolean(), fc.constantFrom("company", "ownerOperator")).map(
  ([amount, fee, discount, prePaid, fundedBy]): Raw => ({
    type: "toll_transaction",
    amount: text(amount),
    fee: text(fee),
    discount: text(discount),
    prePaid,
    fundedBy,
  }),
);
const single = fc
  .tuple(cents(0), cents(0, 900))
  .chain(([amount, fee]) =>
    fc.constantFrom<Raw>(
      { type: "cash_advance", amount: text(amount), fee: text(fee) },
      { type: "lumper_receipt", amount: text(amount), fee: text(fee), paidBy: "card" },
      { type: "permit", amount: text(amount), serviceFee: text(fee) },
    ),
  );
const events = fc
  .tuple(
    fc.oneof(
      byLines("customer_invoice", ["REV", "REV_FSC", "REV_ACC", "REV_ADJ"], "total"),
      byLines("customer_credit", ["REV", "REV_FSC", "REV_ACC", "REV_ADJ"], "total"),
      byLines("carrier_bill", ["PT", "ADV", "CLAIM"], "netPayable"),
      byLines("miscellaneous_expense", ["FUEL", "EXP", "LEASE"], "total"),

      settlements,
      tickets,
      orders,
      tolls,
      single,
    ),
    dims,
    fc.string({ minLength: 1, maxLength: 60 }).filter((id) => id.trim() !== "" && /^[\x20-\x7e]+$/.test(id)),
  )
  .map(([raw, ofEvent, id]) => ({
    ...structuredClone(examples.get(raw["type"] as string)),
    ...raw,
    id,
    number: id,
    dims: { ...ofEvent, division: ofEvent.division.trim().replace(/[^\x20-\x7e]/g, "") },
  }));

describe("any valid event", () => {
  test("builds balanced documents whose other side comes to the event's total", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (raw, asJournal) => {
        const { event: one, findings } = readEvent(raw);
        expect(findings).toEqual([]);
        const built = buildDocuments(one!, asJournal ? journalRules : rules);
        expect(built.findings.filter(({ severity }) => severity === "block")).toEqual([]);
        let owed = 0n;
        for (const document of built.documents) {
          expect(sum(document.lines, "detail") + sum(document.lines, "balance")).toBe(0n);
          expect(document.lines.every(({ amountMinor }) => amountMinor > 0n)).toBe(true);
          expect(document.totalMinor).toBe(
            document.lines.reduce((all, { side, amountMinor }) => all + (side === "debit" ? amountMinor : 0n), 0n),
          );
          expect(document.number.length).toBeLessThanOrEqual(21);
          owed += sum(document.lines, "balance");
        }
        const sense = one!.type === "customer_invoice" ? -1n : 1n;
        expect(owed * sense).toBe(eventTotal(one!));
      }),
      { numRuns: 1_500 },
    );
  });

  test("a bill, an invoice and their opposites never have a line against their sign", () => {
    const detailSide: Record<string, string> = {
      bill: "debit",
      vendor_credit: "credit",
      invoice: "credit",
      credit_memo: "debit",
      expense: "debit",
    };
    fc.assert(
      fc.property(events, (raw) => {
        for (const { kind, lines } of buildDocuments(readEvent(raw).event!, rules).documents) {
          if (kind === "journal_entry") continue;
          expect(new Set(lines.filter(({ role }) => role === "detail").map(({ side }) => side))).toEqual(new Set([detailSide[kind]]));
          expect(lines.filter(({ role }) => role === "balance")).toHaveLength(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("is built the same way each time, and its reversal takes back every account to zero", () => {
    fc.assert(
      fc.property(events, (raw) => {
        const { documents } = buildDocuments(readEvent(raw).event!, rules);
        expect(buildDocuments(readEvent(raw).event!, rules).documents).toEqual(documents);
        for (const document of documents) {
          const reversed = reverseDocument(document, { date: "2026-12-01" });
          const balances = new Map<string, bigint>();
          for (const { account, side, amountMinor } of [...document.lines, ...reversed.lines]) {
            balances.set(account, (balances.get(account) ?? 0n) + (side === "debit" ? amountMinor : -amountMinor));
          }
          expect([...balances.values()].every((balance) => balance === 0n)).toBe(true);
          expect(reversed.number.length).toBeLessThanOrEqual(21);
          expect(reversed.number.endsWith("-V")).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
