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

/** `Dr 5210 412.30` for every leg, in order, by document. */
function post(raw: Raw): Record<string, string[]> {
  const { event, findings } = readEvent({ revision: 1, date: "2026-11-20", currency: "USD", dims: {}, ...raw });
  expect(findings).toEqual([]);
  const built = buildDocuments(event!, rules);
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

describe("fuel", () => {
  const ticket = { type: "fuel_transaction", id: "918273645", provider: "EFS", vendor: { id: "LOVES", name: "Love's" } };

  test("on the company's card, by product", () => {
    const bought = lines(["", "412.30", { product: "ULSD" }], ["", "28.15", { product: "DEF" }], ["FREEF", "96.40"]);
    expect(
      post({ ...ticket, fundedBy: "company", lines: bought, fees: "2.00", discount: "0.00", invoiceTotal: "536.85", netTotal: "538.85" }),
    ).toEqual({
      "journal_entry F-918273645": ["Dr 5210 412.30", "Dr 5225 28.15", "Dr 5220 96.40", "Dr 5245 2.00", "Cr 2050 538.85"],
    });
  });

  test("with cash and a discount", () => {
    const bought = lines(["FULSD", "411.34"], ["FCASH", "50.00"]);
    expect(
      post({ ...ticket, fundedBy: "company", lines: bought, fees: "2.00", discount: "11.00", invoiceTotal: "461.34", netTotal: "452.34" }),
    ).toEqual({
      "journal_entry F-918273645": ["Dr 5210 411.34", "Dr 1145 50.00", "Dr 5245 2.00", "Cr 5230 11.00", "Cr 2050 452.34"],
    });
  });

  test("for an owner-operator all of it is a receivable", () => {
    const bought = lines(["FULSD", "600.00"], ["FDEF", "22.11"]);
    expect(
      post({
        ...ticket,
        fundedBy: "ownerOperator",
        lines: bought,
        fees: "2.00",
        discount: "0",
        invoiceTotal: "622.11",
        netTotal: "624.11",
      }),
    ).toEqual({
      "journal_entry F-918273645": ["Dr 1140 600.00", "Dr 1140 22.11", "Dr 1140 2.00", "Cr 2050 624.11"],
    });
  });

  test("out of our own tank it comes out of inventory", () => {
    const bought = lines(["", "300.00", { product: "ULSD" }]);
    expect(
      post({
        ...ticket,
        provider: "BULK",
        fundedBy: "company",
        lines: bought,
        fees: "0",
        discount: "0",
        invoiceTotal: "300.00",
        netTotal: "300.00",
      }),
    ).toEqual({
      "journal_entry F-918273645": ["Dr 5215 300.00", "Cr 1310 300.00"],
    });
  });
});

describe("maintenance", () => {
  const order = { type: "maintenance_order", id: "12", number: "58213", vendor: { id: "V-1", name: "Interstate Repair" } };
  const tractor = { kind: "tractor", unitNo: "2207" };
  const trailer = { kind: "trailer", unitNo: "53-104" };

  test("an outside shop's bill, tax with the repair", () => {
    const work = lines(
      ["", "640.00", { kind: "part", vmrs: "013-001-023" }],
      ["", "420.00", { kind: "labor" }],
      ["", "44.80", { kind: "tax" }],
    );
    expect(post({ ...order, shop: { kind: "vendor" }, asset: tractor, lines: work, total: "1104.80" })).toEqual({
      "bill M-58213": ["Dr 5315 640.00", "Dr 5315 420.00", "Dr 5315 44.80", "Cr 2010 1104.80"],
    });
  });

  test("our own shop: parts out of stock, wages absorbed", () => {
    const work = lines(["", "310.00", { kind: "part" }], ["", "180.00", { kind: "labor" }]);
    expect(post({ ...order, shop: { kind: "internal" }, asset: tractor, lines: work, total: "490.00" })).toEqual({
      "journal_entry M-58213": ["Dr 5320 310.00", "Dr 5325 180.00", "Cr 1320 310.00", "Cr 6020 180.00"],
    });
  });

  test.each([
    ["tires of a tractor", tractor, { kind: "tire" }, {}, "5340"],
    ["tires of a trailer, by VMRS", trailer, { kind: "part", vmrs: "017-002-001" }, {}, "5345"],
    ["the reefer unit", trailer, { kind: "part", vmrs: "082-001-001" }, {}, "5335"],
    ["a trailer", trailer, { kind: "labor" }, {}, "5330"],
    ["preventive maintenance", tractor, { kind: "labor" }, { repairType: "scheduledPM" }, "5310"],
    ["an accident", tractor, { kind: "part" }, { repairType: "accident" }, "5355"],
    ["roadside help", tractor, { kind: "labor" }, { shop: { kind: "roadside" } }, "5350"],
    ["supplies", tractor, { kind: "supply" }, {}, "5370"],
    ["a core charge", tractor, { kind: "core" }, {}, "1180"],
    ["an overhaul of a tractor", tractor, { kind: "part" }, { capitalize: true }, "1510"],
    ["an overhaul of a trailer", trailer, { kind: "part" }, { capitalize: true }, "1520"],
  ])("%s", (...[, asset, line, more, account]) => {
    expect(post({ ...order, shop: { kind: "dealer" }, asset, lines: lines(["", "100.00", line]), total: "100.00", ...more })).toEqual({
      "bill M-58213": [`Dr ${account} 100.00`, "Cr 2010 100.00"],
    });
  });

  test("a core credit on the shop's bill becomes a vendor credit", () => {
    const work = lines(["", "100.00", { kind: "part" }], ["", "-30.00", { kind: "core" }]);
    expect(post({ ...order, shop: { kind: "dealer" }, asset: tractor, lines: work, total: "70.00" })).toEqual({
      "bill M-58213": ["Dr 5315 100.00", "Cr 2010 100.00"],
      "vendor_credit M-58213-C": ["Cr 1180 30.00", "Dr 2010 30.00"],
    });
  });
});

describe("tolls, lumpers, permits, receipts", () => {
  const vendor = { id: "V-2", name: "Agency" };
  const toll = { type: "toll_transaction", id: "13", agency: "ISTHA", vendor, amount: "48.75" };
  const lumper = { type: "lumper_receipt", id: "14", number: "R-1", vendor, loadNo: "L1", amount: "185.00", fee: "3.00" };
  const permit = { type: "permit", id: "15", number: "550", jurisdiction: "TX", vendor, amount: "90.00", serviceFee: "12.50" };

  test("tolls", () => {
    expect(post({ ...toll, prePaid: true })).toEqual({ "journal_entry T-13": ["Dr 5630 48.75", "Cr 1240 48.75"] });
    expect(post({ ...toll, prePaid: false, fee: "1.00", discount: "0.75" })).toEqual({
      "bill T-13": ["Dr 5630 48.00", "Dr 5630 1.00", "Cr 2010 49.00"],
    });
    expect(post({ ...toll, prePaid: true, violation: true })).toEqual({ "journal_entry T-13": ["Dr 5640 48.75", "Cr 1240 48.75"] });
    expect(post({ ...toll, prePaid: true, fundedBy: "ownerOperator" })).toEqual({
      "journal_entry T-13": ["Dr 1140 48.75", "Cr 1240 48.75"],
    });
  });

  test.each([
    ["company", "expense", "1010"],
    ["card", "expense", "2040"],
    ["moneyCode", "journal_entry", "1145"],
    ["driverCash", "journal_entry", "1145"],
  ])("a lumper paid by %s", (paidBy, kind, account) => {
    expect(post({ ...lumper, paidBy })).toEqual({ [`${kind} L-R-1-L1`]: ["Dr 5645 185.00", "Dr 7085 3.00", `Cr ${account} 188.00`] });
  });

  test.each([
    ["trip", "5625"],
    ["OS_OW", "5625"],
    ["IRP", "1220"],
    ["UCR", "1230"],
    ["HVUT2290", "1225"],
    ["KYU", "5240"],
  ])("a permit of type %s", (permitType, account) => {
    expect(post({ ...permit, permitType })).toEqual({
      "expense P-TX-550": [`Dr ${account} 90.00`, `Dr ${account} 12.50`, "Cr 2040 102.50"],
    });
  });

  test("receipts, and one with something returned", () => {
    const receipt = { type: "miscellaneous_expense", id: "16", vendor };
    expect(post({ ...receipt, lines: lines(["FSCALE", "14.50"], ["EXMEAL", "11.25"]), total: "25.75" })).toEqual({
      "expense X-16": ["Dr 5635 14.50", "Dr 7065 11.25", "Cr 2040 25.75"],
    });
    expect(post({ ...receipt, lines: lines(["FSCALE", "14.50"], ["EXMEAL", "-20.00"]), total: "-5.50" })).toEqual({
      "journal_entry X-16": ["Dr 5635 14.50", "Cr 7065 20.00", "Dr 2040 5.50"],
    });
  });
});
