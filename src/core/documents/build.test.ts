import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { LedgerDocument } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { readRuleSet, type RuleSet } from "../rules/rule-set.ts";
import { buildDocuments, reverseDocument } from "./build.ts";
import { withSuffix } from "./number.ts";

type Raw = Record<string, unknown>;
const ruleSet = readRuleSet(parse(readFileSync(new URL("../../../rule-sets/trucking.yaml", import.meta.url), "utf8"))).ruleSet!;
const rules = compileRuleSet(ruleSet, 3);
const withRules = (change: Partial<RuleSet>) => compileRuleSet({ ...ruleSet, ...change }, 1);

const examples = new Map(
  [...readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map((match) => {
    const raw = JSON.parse(match[1]!) as Raw;
    return [raw["type"] as string, raw];
  }),
);

function event(type: string, change: Raw = {}): TransportEvent {
  const { event: read, findings } = readEvent({ ...structuredClone(examples.get(type)), ...change });
  expect(findings).toEqual([]);
  return read!;
}

describe("what a line says", () => {
  test("which rule chose it, from where in the event, and what an accountant wants to read", () => {
    const [bill] = buildDocuments(event("carrier_bill"), rules).documents;
    expect(bill?.lines[0]).toMatchObject({
      description: "Carrier linehaul · load L261112-0103",
      because: { ruleSet: "trucking", version: 3, row: "codes/PTLH", fallback: "row", matched: { code: "PTLH" }, from: "/lines/0" },
    });
    const [invoice] = buildDocuments(event("customer_invoice"), rules).documents;
    expect(invoice?.lines[0]).toMatchObject({
      item: "Linehaul Revenue - Company Fleet",
      description: "Linehaul · 842.0 mi × 2.45 · load L261113-0047 · unit 2207 · driver D-1187",
      quantity: "842.0",
      unitPrice: "2.45",
      dimensions: { class: "OTR-VAN", department: "CHI" },
    });
    expect(invoice).toMatchObject({ terms: "Net 30", dueDate: "2026-12-14", party: { type: "customer", id: "C-3310" } });
  });

  test("a row of accounts with the values that matched", () => {
    const [document] = buildDocuments(event("fuel_transaction", { fundedBy: "ownerOperator" }), rules).documents;
    expect(document?.lines[0]?.because.row).toMatch(/^accounts\/\d+$/);
    expect(document?.lines[0]?.because.matched).toEqual({ code: "FULSD", fundedBy: "ownerOperator" });
  });

  test("a line's own dims win, and texts are cut at 4,000 characters", () => {
    const lines = [{ lineNo: 1, code: "LH", description: "x".repeat(4_000), amount: "5.00", dims: { division: "LTL" } }];
    const [document] = buildDocuments(event("customer_invoice", { lines, total: "5.00" }), rules).documents;
    expect(document?.lines[0]?.dimensions).toEqual({ class: "LTL", department: "CHI" });
    expect(document?.dimensions["class"]).toBe("OTR-VAN");
    expect(document?.lines[0]?.description).toHaveLength(4_000);
  });

  test("the factor is paid where the carrier sold its receivables", () => {
    const remitTo = { id: "F-1", name: "Apex Factoring" };
    const [bill] = buildDocuments(event("carrier_bill", { remitTo }), rules).documents;
    expect(bill?.party).toEqual({ type: "vendor", ...remitTo });
    expect(bill?.memo).toContain("Prairie Line Carriers");
  });
});

describe("numbers", () => {
  const numberOf = (id: string): string => buildDocuments(event("fuel_transaction", { id }), rules).documents[0]!.number;

  test("are cut with a hash that keeps them apart, and are never the id's blanks or signs alone", () => {
    const long = "0f2a7c1e-77aa-4d0b-9b5e-1c2d3e4f5a6b";
    expect(numberOf("918273645")).toBe("F-918273645");
    expect(numberOf(long)).toMatch(/^F-0f2a7c1e-7\.[0-9A-Z]{8}$/);
    expect(numberOf(long)).toHaveLength(21);
    expect(new Set([numberOf("a b"), numberOf("a-b"), numberOf("a/b"), numberOf("a  b"), numberOf("äb"), numberOf("öb")]).size).toBe(6);
  });

  test("of 20,000 long ids are all different", () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `transaction-number-${index}`);
    expect(new Set(ids.map((id) => withSuffix(id, "-V", 21))).size).toBe(20_000);
  });

  test("do not change with the revision", () => {
    const [first] = buildDocuments(event("permit"), rules).documents;
    const [second] = buildDocuments(event("permit", { revision: 2, amount: "95.00" }), rules).documents;
    expect(second?.number).toBe(first?.number);
  });
});

describe("reversal", () => {
  const first = (type: string, change: Raw = {}): LedgerDocument => buildDocuments(event(type, change), rules).documents[0]!;

  test.each([
    ["customer_invoice", "credit_memo", "104233-V"],
    ["customer_credit", "invoice", "CM-104233-1-V"],
    ["carrier_bill", "vendor_credit", "88213-1-V"],
    ["fuel_transaction", "journal_entry", "F-918273645-V"],
    ["permit", "journal_entry", "P-TX-TX-550193-V"],
  ])("of a %s is a %s", (type, kind, number) => {
    const document = first(type);
    const reversed = reverseDocument(document, { date: "2026-12-01" });
    expect(reversed).toMatchObject({ kind, number, date: "2026-12-01", totalMinor: document.totalMinor });
    expect(reversed.terms ?? reversed.dueDate).toBeUndefined();
    expect(reversed.party).toEqual(kind === "journal_entry" ? undefined : document.party);
  });
});

describe("findings", () => {
  const codesOf = (one: TransportEvent, by = rules): string[] =>
    buildDocuments(one, by).findings.map(({ code, severity }) => `${code} ${severity}`);

  test("a code without a row: one cause for all events with it, and no document", () => {
    const lines = [{ lineNo: 1, code: "XYZ", amount: "411.34" }];
    const { documents, findings } = buildDocuments(event("fuel_transaction", { lines }), rules);
    expect(documents).toEqual([]);
    expect(findings).toMatchObject([
      { code: "code_unmapped", severity: "block", field: "/lines/0/code", cause: "code_unmapped:fuel_transaction:XYZ" },
    ]);
    const [permit] = buildDocuments(event("permit", { permitType: "lunar" }), rules).findings;
    expect(permit?.cause).toBe("code_unmapped:permit:lunar/amount");
  });

  test("a negative net is held, with its documents ready for release", () => {
    const lines = [
      { lineNo: 1, code: "PLH", amount: "100.00" },
      { lineNo: 2, code: "DINSPD", amount: "-300.00" },
    ];
    const totals = { gross: "100.00", reimbursements: "0", deductions: "300.00", advancesRecovered: "0", escrow: "0", net: "-200.00" };
    const { documents, findings } = buildDocuments(event("driver_settlement", { lines, totals }), rules);
    expect(findings).toMatchObject([{ code: "net_negative", severity: "hold" }]);
    expect(documents.map(({ kind, totalMinor }) => [kind, totalMinor])).toEqual([
      ["bill", 10000n],
      ["vendor_credit", 30000n],
    ]);
  });

  test("an event that was stored without dims is built all the same, and a net of minus nothing is not negative", () => {
    const { dims: _, ...stored } = event("toll_transaction");
    const { documents, findings } = buildDocuments(stored as TransportEvent, rules);
    expect(findings).toEqual([]);
    expect(documents[0]?.dimensions).toEqual({});
    const lines = [
      { lineNo: 1, code: "PLH", amount: "300.00" },
      { lineNo: 2, code: "DINSPD", amount: "-300.00" },
    ];
    const totals = { gross: "300.00", reimbursements: "0", deductions: "300.00", advancesRecovered: "0", escrow: "0", net: "-0.00" };
    expect(codesOf(event("driver_settlement", { lines, totals }))).toEqual([]);
  });

  test("nothing to post: no money, excluded by a rule, voided", () => {
    expect(codesOf(event("toll_transaction", { amount: "0.00" }))).toEqual(["document_zero warn"]);
    expect(codesOf(event("lumper_receipt", { paidBy: "carrier" }))).toEqual(["excluded_by_rule warn"]);
    expect(buildDocuments(event("permit", { status: "void" }), rules)).toEqual({ documents: [], findings: [] });
  });

  test("no row in documents, none in balance, no item, no party, no class", () => {
    expect(codesOf(event("permit"), withRules({ documents: [] }))).toEqual(["document_unmapped block"]);
    const documents = ruleSet.documents.map((row) => ({ ...row, balance: [{ account: "1", where: { "line.part": "never" } }] }));
    expect(codesOf(event("toll_transaction"), withRules({ documents }))).toEqual(["balance_unmapped block"]);
    expect(new Set(codesOf(event("customer_invoice"), withRules({ items: {} })))).toEqual(new Set(["item_unmapped block"]));
    const partyless = ruleSet.documents.map((row) => ({ ...row, party: "none" as const }));
    expect(codesOf(event("carrier_bill"), withRules({ documents: partyless }))).toEqual(["party_missing block"]);
    const dimensions = { class: { from: ["division"], values: {}, unknown: "block" as const }, department: null };
    expect(new Set(codesOf(event("toll_transaction"), withRules({ dimensions })))).toEqual(new Set(["dimension_unmapped block"]));
  });
});
