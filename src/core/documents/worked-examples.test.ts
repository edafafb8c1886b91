import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readEvent } from "../events/read.ts";
import { formatMinor } from "../money.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { readRuleSet } from "../rules/rule-set.ts";
import { buildDocuments } from "./build.ts";

type Raw = Record<string, unknown>;
const yaml = readFileSync(new URL("../../../rule-sets/trucking.yaml", import.meta.url), "utf8");
const { ruleSet } = readRuleSet(parse(yaml));
const rules = compileRuleSet(ruleSet!, 1);
const journalRules = compileRuleSet({ ...ruleSet!, settlement: { shape: "journal", negativeNet: "hold" } }, 2);

/** `Dr 5210 412.30` for every leg, in order, by document. */
function post(raw: Raw, by = rules): Record<string, string[]> {
  const { event, findings } = readEvent({ revision: 1, date: "2026-11-20", currency: "USD", dims: {}, ...raw });
  expect(findings).toEqual([]);
  const built = buildDocuments(event!, by);
  expect(built.findings).toEqual([]);
  return Object.fromEntries(
    built.documents.map(({ kind, number, lines }) => [
      `${kind} ${number}`,
      lines.map(({ side, account, amountMinor }) => `${side === "debit" ? "Dr" : "Cr"} ${account} ${formatMinor(amountMinor, "USD")}`),
    ]),
  );
}

function lines(...rows: [string, string, Raw?][]): Raw[] {
  return rows.map(([code, amount, more], index) => ({ lineNo: index + 1, ...(code === "" ? {} : { code }), amount, ...more }));
}

const customer = { id: "C-1", name: "Harbor Foods" };
const carrier = { id: "MC1", name: "Prairie Line Carriers" };

describe("revenue", () => {
  test("own fleet: linehaul, surcharge, detention, lumper", () => {
    const invoice = { type: "customer_invoice", id: "1", number: "104233", customer, total: "2785.22" };
    const charges = lines(["LH", "2062.90"], ["FSC", "387.32"], ["DET", "150.00"], ["LUM", "185.00"]);
    expect(post({ ...invoice, lines: charges })).toEqual({
      "invoice 104233": ["Cr 4010 2062.90", "Cr 4040 387.32", "Cr 4110 150.00", "Cr 4130 185.00", "Dr 1100 2785.22"],
    });
  });

  test("brokered load, and freight an owner-operator hauled", () => {
    const invoice = { type: "customer_invoice", id: "2", number: "104234", customer, dims: { serviceLine: "BROKERAGE" }, total: "2110.00" };
    expect(post({ ...invoice, lines: lines(["LH", "1750.00"], ["FSC", "210.00"], ["DET", "150.00"]) })).toEqual({
      "invoice 104234": ["Cr 4050 1750.00", "Cr 4045 210.00", "Cr 4210 150.00", "Dr 1100 2110.00"],
    });
    expect(post({ ...invoice, dims: {}, lines: lines(["LHOO", "2110.00"]) })).toEqual({
      "invoice 104234": ["Cr 4015 2110.00", "Dr 1100 2110.00"],
    });
  });

  test("a discount on an invoice becomes a credit memo beside it", () => {
    const invoice = { type: "customer_invoice", id: "3", number: "104235", customer, total: "950.00" };
    expect(post({ ...invoice, lines: lines(["LH", "1000.00"], ["DISC", "-50.00"]) })).toEqual({
      "invoice 104235": ["Cr 4010 1000.00", "Dr 1100 1000.00"],
      "credit_memo 104235-C": ["Dr 4920 50.00", "Cr 1100 50.00"],
    });
  });

  test("a credit memo turns the invoice's accounts round", () => {
    const credit = { type: "customer_credit", id: "4", number: "104233", kind: "creditOnly", customer, originalInvoiceNumber: "104233" };
    expect(post({ ...credit, reasonCode: "ACCESSORIAL_DISPUTE", lines: lines(["DET", "150.00"]), total: "150.00" })).toEqual({
      "credit_memo CM-104233": ["Dr 4110 150.00", "Cr 1100 150.00"],
    });
  });
});

describe("purchased transportation", () => {
  const bill = { type: "carrier_bill", id: "5", number: "88213-1", vendor: carrier, loadNo: "L1" };
  const charges: [string, string][] = [
    ["PTLH", "1500.00"],
    ["PTFSC", "150.00"],
    ["PTLUM", "60.00"],
  ];
  const posted = ["Dr 5130 1500.00", "Dr 5135 150.00", "Dr 5140 60.00", "Cr 2020 1710.00"];

  test("a carrier's bill", () => {
    expect(post({ ...bill, lines: lines(...charges), netPayable: "1710.00" })).toEqual({ "bill 88213-1": posted });
  });

  test("the quick-pay fee it gives us", () => {
    expect(post({ ...bill, lines: lines(...charges, ["PTQP", "-51.30"]), netPayable: "1658.70" })).toEqual({
      "bill 88213-1": posted,
      "vendor_credit 88213-1-C": ["Cr 4350 51.30", "Dr 2020 51.30"],
    });
  });

  test("an advance before delivery, and its recovery on the bill", () => {
    const advance = {
      type: "cash_advance",
      id: "6",
      instrument: "efsMoneyCode",
      amount: "500.00",
      fee: "8.50",
      payee: { type: "carrier", ...carrier },
    };
    expect(post(advance)).toEqual({ "expense CA-6": ["Dr 1150 500.00", "Dr 7085 8.50", "Cr 1010 508.50"] });
    const recovered = lines(...charges, ["PTADV", "-500.00"], ["ADVFEE", "-8.50"]);
    expect(post({ ...bill, lines: recovered, netPayable: "1201.50" })).toEqual({
      "bill 88213-1": posted,
      "vendor_credit 88213-1-C": ["Cr 1150 500.00", "Cr 7085 8.50", "Dr 2020 508.50"],
    });
  });
});

describe("drivers", () => {
  const week = {
    type: "driver_settlement",
    number: "S-47-1187",
    periodStart: "2026-11-09",
    periodEnd: "2026-11-15",
    payDate: "2026-11-20",
  };
  const contractor = { type: "ownerOperator", id: "OO-1", name: "R. Alvarez Trucking" };
  const pay: [string, string][] = [
    ["PLH", "1547.18"],
    ["PFSC", "387.32"],
    ["DFUEL", "-624.11"],
    ["DINSPD", "-95.00"],
    ["DESC", "-100.00"],
    ["DADV", "-200.00"],
  ];
  const totals = {
    gross: "1934.50",
    reimbursements: "0",
    deductions: "719.11",
    advancesRecovered: "200.00",
    escrow: "100.00",
    net: "915.39",
  };
  const owner = { ...week, id: "7", payee: contractor, lines: lines(...pay), totals };

  test("an owner-operator's settlement: a bill and a credit that leave the net open", () => {
    expect(post(owner)).toEqual({
      "bill DS-S-47-1187": ["Dr 5110 1547.18", "Dr 5115 387.32", "Cr 2030 1934.50"],
      "vendor_credit DS-S-47-1187-D": ["Cr 1140 624.11", "Cr 2225 95.00", "Cr 2210 100.00", "Cr 1145 200.00", "Dr 2030 1019.11"],
    });
  });

  test("the same as one journal entry, with the payee on its payable", () => {
    expect(post(owner, journalRules)).toEqual({
      "journal_entry DS-S-47-1187": [
        "Dr 5110 1547.18",
        "Dr 5115 387.32",
        "Cr 1140 624.11",
        "Cr 2225 95.00",
        "Cr 2210 100.00",
        "Cr 1145 200.00",
        "Cr 2030 915.39",
      ],
    });
    const { documents } = buildDocuments(readEvent({ revision: 1, date: "2026-11-20", currency: "USD", ...owner }).event!, journalRules);
    expect(documents[0]?.party).toBeUndefined();
    expect(documents[0]?.lines.at(-1)?.party).toEqual({ type: "vendor", id: "OO-1", name: "R. Alvarez Trucking" });
  });

  test("a company driver's week: accrued wages and per diem", () => {
    const driver = { type: "employee", id: "D-77", name: "J. Novak" };
    const wages = { gross: "1480.00", reimbursements: "220.00", deductions: "0", advancesRecovered: "0", escrow: "0", net: "1700.00" };
    expect(post({ ...week, id: "8", payee: driver, lines: lines(["PLOAD", "1480.00"], ["PERDIEM", "220.00"]), totals: wages })).toEqual({
      "journal_entry DS-S-47-1187": ["Dr 5010 1480.00", "Dr 5035 220.00", "Cr 2110 1700.00"],
    });
  });

  test("a shortfall is carried to the next week and settled there", () => {
    const first = {
      gross: "100.00",
      reimbursements: "0",
      deductions: "300.00",
      advancesRecovered: "0",
      escrow: "0",
      carryForwardOut: "200.00",
      net: "0.00",
    };
    expect(post({ ...week, id: "9", payee: contractor, lines: lines(["PLH", "100.00"], ["DINSPD", "-300.00"]), totals: first })).toEqual({
      "bill DS-S-47-1187": ["Dr 5110 100.00", "Dr 1140 200.00", "Cr 2030 300.00"],
      "vendor_credit DS-S-47-1187-D": ["Cr 2225 300.00", "Dr 2030 300.00"],
    });
    const next = {
      gross: "1000.00",
      reimbursements: "0",
      deductions: "0",
      advancesRecovered: "0",
      escrow: "0",
      carryForwardIn: "-200.00",
      net: "800.00",
    };
    expect(post({ ...week, id: "10", payee: contractor, lines: lines(["PLH", "1000.00"]), totals: next })).toEqual({
      "bill DS-S-47-1187": ["Dr 5110 1000.00", "Cr 2030 1000.00"],
      "vendor_credit DS-S-47-1187-D": ["Cr 1140 200.00", "Dr 2030 200.00"],
    });
  });

  test("cash to drivers and owner-operators", () => {
    const advance = { type: "cash_advance", id: "11", instrument: "comchek", amount: "300.00", fee: "6.50" };
    expect(post({ ...advance, payee: { type: "driver", id: "D-77", name: "J. Novak" } })).toEqual({
      "expense CA-11": ["Dr 1145 300.00", "Dr 7085 6.50", "Cr 1010 306.50"],
    });
    expect(post({ ...advance, payee: contractor })).toEqual({ "expense CA-11": ["Dr 1145 300.00", "Dr 7085 6.50", "Cr 1010 306.50"] });
  });
});
