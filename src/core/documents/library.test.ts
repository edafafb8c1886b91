import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { examples } from "../../../tests/setup/generated-events.ts";
import type { EventType, TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { compileSource, resolveRuleSet, type RuleSetSource } from "../rules/compose.ts";
import type { RuleSet } from "../rules/schema.ts";
import { buildDocuments } from "./build.ts";

const read = (name: string): string => readFileSync(new URL(`../../../rule-sets/${name}`, import.meta.url), "utf8");

/** A table whose cells hold neither commas nor quotes. */
function table(name: string): Record<string, string>[] {
  const [head = "", ...rows] = read(name).trim().split("\n");
  const columns = head.split(",");
  return rows.map((row) => {
    const cells = row.split(",");
    expect([name, row, cells.length]).toEqual([name, row, columns.length]);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]!]));
  });
}

const source = (name: string, base: RuleSetSource | null): RuleSetSource => ({
  name,
  version: 1,
  raw: parse(read(base === null ? `${name}.yaml` : `profiles/${name}.yaml`)) as Record<string, unknown>,
  base,
});
const trucking = source("trucking", null);
const profiles = ["small-carrier", "asset-carrier", "owner-operator-fleet", "broker", "mixed"].map((name) => source(name, trucking));
const resolved = (one: RuleSetSource): RuleSet => resolveRuleSet(one, null).ruleSet!;

const chart = table("chart.csv");
const codes = table("codes.csv");
const aliases = table("aliases.csv");
const numbers = new Set(chart.map(({ number }) => number!));
const core = new Set(chart.filter(({ set }) => set === "core").map(({ number }) => number!));

/** Every account a rule set can post to. */
function accountsOf(ruleSet: RuleSet): Set<string> {
  const { codes: catalogue, accounts, categories, documents, accruals, intercompany, rounding, lines, master } = ruleSet;
  const named = [
    ...Object.entries(catalogue).flatMap(([code, { account }]) => (isReplaced(ruleSet, code) ? [] : [account])),
    ...[...accounts, ...categories, ...accruals].map(({ account }) => account),
    ...documents.flatMap(({ kind, balance }) => (kind === "none" ? [] : balance.map(({ account }) => account))),
    ...intercompany.flatMap(({ dueFrom, dueTo }) => [dueFrom, dueTo]),
    ...lines.flatMap(({ account, offset }) => [account, offset]),
    rounding.account,
    master,
  ];
  return new Set(named.filter((account): account is string => !!account));
}

/** True where a row of the profile without conditions stands before the catalogue's own account. */
function isReplaced({ accounts }: RuleSet, code: string): boolean {
  return accounts.some((row) => row.code?.includes(code) && !row.where && !row.when && !row.event && !row.from && !row.to);
}

describe("the chart of accounts", () => {
  test("has 262 accounts, 165 of them core, each number and each role once", () => {
    expect([chart.length, core.size, numbers.size]).toEqual([262, 165, 262]);
    const roles = chart.map(({ role }) => role).filter((role) => role !== "");
    expect(new Set(roles).size).toBe(roles.length);
    expect(roles).toEqual(expect.arrayContaining(["receivable", "payable", "fuelClearing", "escrowLiability", "rounding", "suspense"]));
  });

  test("has every account that the default rules and the profiles can post to", () => {
    for (const one of [trucking, ...profiles]) {
      expect([one.name, [...accountsOf(resolved(one))].filter((account) => !numbers.has(account))]).toEqual([one.name, []]);
    }
  });
});

describe("the code catalogue", () => {
  const ruleSet = resolved(trucking);

  test("has 234 codes, and the rule set gives each the same name, kind and account", () => {
    expect(codes.length).toBe(234);
    for (const { code, name, kind, account } of codes) expect({ code, ...ruleSet.codes[code!] }).toEqual({ code, name, kind, account });
  });

  const typeOfKind: Record<string, EventType> = {
    ...{ REV: "customer_invoice", REV_FSC: "customer_invoice", REV_ACC: "customer_invoice", PT: "carrier_bill", PAY: "driver_settlement" },
    ...{
      REIMB: "driver_settlement",
      DED: "driver_settlement",
      FUEL: "fuel_transaction",
      TOLL: "toll_transaction",
      MAINT: "maintenance_order",
    },
    ...{ INS: "insurance_premium", LEASE: "equipment_payment", CLAIM: "claim", TAX: "carrier_bill", FIN: "factoring_funding" },
    ...{ FCASH: "fuel_transaction", ADVISS: "cash_advance", DEPR: "asset_event", FACCB: "factoring_collection" },
  };
  const alternates = codes.filter(({ alternateWhen }) => alternateWhen !== "" && !alternateWhen!.startsWith("choice:"));

  test.each(alternates.map((row) => [row["code"], row] as const))(
    "%s goes to its alternate account where the condition holds",
    (_, row) => {
      const rules = compileRuleSet(ruleSet, 1);
      const [path = "", value = ""] = row["alternateWhen"]!.split("=");
      const type = path === "event" ? (value as EventType) : (typeOfKind[row["code"]!] ?? typeOfKind[row["kind"]!]!);
      const raw: Record<string, unknown> = { type, date: "2026-11-20", currency: "USD", dims: {} };
      const line = { code: row["code"]!, part: path === "line.part" ? value : "line", amount: "1.00" };
      const [outer = "", inner] = path.split(".");
      if (inner === undefined) raw[outer] = value === "true" ? true : value;
      else if (outer !== "line") raw[outer] = { [inner]: value };
      const chosen = rules.account({ event: { dims: {}, ...raw } as unknown as TransportEvent, line });
      expect(chosen?.account).toBe(row["alternate"]);
    },
  );

  test("what others call it: the table and the rule set agree, and no alias hides a code of ours", () => {
    for (const kind of ["code", "product"] as const) {
      const listed = aliases.filter((row) => row["table"] === kind);
      expect(Object.fromEntries(listed.map(({ theirs, ours }) => [theirs, ours]))).toEqual(ruleSet.aliases[kind]);
    }
    const targets = Object.entries(ruleSet.aliases.code);
    expect(targets.filter(([theirs, ours]) => ruleSet.codes[theirs] !== undefined || ruleSet.codes[ours] === undefined)).toEqual([]);
  });
});

describe("profiles", () => {
  test.each(profiles.map((one) => [one.name, one] as const))("%s grows from trucking without a complaint", (_, one) => {
    const { ruleSet, findings } = resolveRuleSet(one, null);
    expect(findings).toEqual([]);
    expect(ruleSet?.name).toBe(one.name);
    expect(ruleSet?.documents.length).toBeGreaterThan(resolved(trucking).documents.length - 1);
  });

  test.each(["small-carrier", "owner-operator-fleet", "broker"])("%s keeps within the 250 accounts of QuickBooks Online Plus", (name) => {
    const used = accountsOf(resolved(profiles.find((one) => one.name === name)!));
    expect(new Set([...core, ...used]).size).toBeLessThanOrEqual(250);
  });

  test("a small carrier needs few accounts beside the core chart", () => {
    const used = accountsOf(resolved(profiles[0]!));
    expect([...used].filter((account) => !core.has(account)).length).toBeLessThan(20);
  });
});

describe("what a profile changes", () => {
  const accounts = (name: string, raw: Record<string, unknown>): string[] => {
    const example = examples.get(raw["type"] as string)!;
    const { event, findings } = readEvent({ ...structuredClone(example), ...raw });
    expect(findings).toEqual([]);
    const rules = compileSource(profiles.find((one) => one.name === name)!, null);
    const built = buildDocuments(event!, rules);
    expect(built.findings.filter(({ severity }) => severity === "block")).toEqual([]);
    return built.documents.flatMap(({ kind, lines }) => lines.map(({ account }) => `${kind} ${account}`));
  };
  const invoice = (code: string) => ({
    type: "customer_invoice",
    lines: [{ lineNo: 1, code, amount: "10.00" }],
    total: "10.00",
    dims: { terminal: "CHI" },
  });
  const plate = { type: "permit", permitType: "IRP", validFrom: "2027-01-01", validTo: "2027-03-31" };

  test("a broker's freight is brokerage revenue, whatever service line the TMS sends", () => {
    expect(accounts("broker", invoice("LH"))).toEqual(["invoice 4050", "invoice 1100"]);
    expect(accounts("broker", invoice("DET"))).toEqual(["invoice 4210", "invoice 1100"]);
    expect(accounts("asset-carrier", invoice("LH"))).toEqual(["invoice 4010", "invoice 1100"]);
    expect(accounts("owner-operator-fleet", invoice("LH"))).toEqual(["invoice 4015", "invoice 1100"]);
  });

  test("a small carrier expenses its plates, others use them up", () => {
    expect(accounts("small-carrier", plate)).toEqual(["expense 5610", "expense 5610", "expense 2040"]);
    expect(accounts("asset-carrier", plate).filter((leg) => leg === "journal_entry 5610")).toHaveLength(3);
  });

  test("an asset carrier's engine work of 10,000 and more is capital", () => {
    const lines = [{ lineNo: 1, kind: "part", vmrs: "045-001-001", amount: "12000.00" }];
    const overhaul = { type: "maintenance_order", lines, total: "12000.00" };
    expect(accounts("asset-carrier", overhaul)).toEqual(["bill 1510", "bill 2010"]);
    expect(accounts("small-carrier", overhaul)).toEqual(["bill 5315", "bill 2010"]);
  });
});

test("every dimension says where each accounting system carries it", () => {
  const rows = table("dimensions.csv");
  expect(rows.length).toBe(14);
  expect(rows.flatMap((row) => Object.entries(row)).filter(([, cell]) => cell === "")).toEqual([]);
});
