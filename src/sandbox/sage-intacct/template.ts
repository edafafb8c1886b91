import { listOf, objectOf, type JsonObject } from "../json.ts";
import { truckingChart } from "../trucking-chart.ts";
import type { Stored } from "./records.ts";
import type { Values, Work } from "./kind.ts";

/** What even an empty company has on its first day. */
const emptyChart = `
1010,Operating Checking,Bank
1050,Undeposited Funds,Other Current Asset
1100,Accounts Receivable,Accounts Receivable
2010,Accounts Payable,Accounts Payable
2040,Corporate Credit Card,Credit Card
2070,Accrued Expenses,Other Current Liability
2510,Unapplied Cash,Other Current Liability
3030,Retained Earnings,Equity
4920,Discounts,Income
8050,Realized Exchange Gain or Loss,Other Expense
`;

/** What the account types of the chart mean here: where they stand, and their normal side. */
const balanceSheet = /^(Bank|Accounts|Other (Current )?Asset|Other Current Liability|Fixed Asset|Credit Card|Long Term|Equity)/;
const creditNormal = /^(Accounts Payable|Credit Card|Other Current Liability|Long Term Liability|Equity|Income|Other Income)/;

function accountValues(line: string): Values {
  const [number = "", name = "", type = ""] = line.split(",");
  const isIncome = !balanceSheet.test(type);
  return {
    ACCOUNTNO: number,
    TITLE: name,
    NORMALBALANCE: creditNormal.test(type) ? "credit" : "debit",
    CLOSINGTYPE: isIncome ? "closing account" : "non-closing account",
    ACCOUNTTYPE: isIncome ? "incomestatement" : "balancesheet",
    ALTERNATIVEACCOUNT: type === "Accounts Payable" ? "Payables account" : type === "Accounts Receivable" ? "Receivables account" : "None",
  };
}

const terms: readonly (readonly [string, number])[] = [
  ["Due on receipt", 0],
  ["N7", 7],
  ["N15", 15],
  ["N30", 30],
  ["Net 30", 30],
  ["N45", 45],
];

const journals: readonly (readonly [string, string])[] = [
  ["GJ", "General Journal"],
  ["APJ", "Accounts Payable Journal"],
  ["ARJ", "Accounts Receivable Journal"],
  ["CDJ", "Cash Disbursements Journal"],
  ["CRJ", "Cash Receipts Journal"],
  ["EEJ", "Employee Expense Journal"],
  ["CCJ", "Credit Card Journal"],
  ["PYRJ", "Payroll Journal"],
];

const taxSolutions = ["Australia - GST", "United Kingdom - VAT", "South Africa - VAT"];

/** Fills a new company. The template is the state before the first write, so nothing of it is in the oracle. */
export function fillCompany(work: Work): void {
  const { template, options, rules } = work.company;
  const isTrucking = template === "trucking";
  const chart = isTrucking ? truckingChart : emptyChart;
  for (const line of chart.trim().split("\n")) plant(work, "GLACCOUNT", accountValues(line));
  for (const extra of listOf(options["accounts"])) plantAccount(work, objectOf(extra));
  for (const [name, days] of terms) {
    const values = { NAME: name, DESCRIPTION: name, DUEDAYS: String(days), DUEFROM: "from bill/invoice date" };
    plant(work, "APTERM", values);
    plant(work, "ARTERM", values);
  }
  for (const [symbol, title] of journals)
    plant(work, "GLJOURNAL", { SYMBOL: symbol, TITLE: title, ADJ: "false", DISALLOWDIRECTPOSTING: "false" });
  plant(work, "STATJOURNAL", { SYMBOL: "STJ", TITLE: "Statistical Journal" });
  plant(work, "EXCHANGERATETYPES", { NAME: "Intacct Daily Rate", DESCRIPTION: "Rates of the day" });
  for (const id of taxSolutions)
    plant(work, "TAXSOLUTION", { SOLUTIONID: id, DESCRIPTION: id, TAXMETHOD: id.endsWith("GST") ? "GST" : "VAT" });
  for (const user of rules.users)
    plant(work, "USERINFO", { LOGINID: user.id, DESCRIPTION: "Web Services user", USERTYPE: "business", ADMIN: "Off" });
  plantPeriods(work);
  plantBanks(work);
  plantLocations(work, isTrucking);
  if (isTrucking) plantCarrier(work);
}

function plantAccount(work: Work, extra: JsonObject): void {
  plant(work, "GLACCOUNT", {
    ...accountValues(""),
    ...Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, String(value)])),
  });
}

function plantPeriods(work: Work): void {
  const months = "January February March April May June July August September October November December".split(" ");
  for (const year of [2025, 2026, 2027]) {
    for (const [index, month] of months.entries()) {
      const start = `${year}-${String(index + 1).padStart(2, "0")}-01`;
      const end = new Date(Date.UTC(year, index + 1, 0)).toISOString().slice(0, 10);
      plant(work, "REPORTINGPERIOD", {
        NAME: `Month Ended ${month} ${year}`,
        HEADER1: `Month Ended ${month} ${year}`,
        START_DATE: start,
        END_DATE: end,
        BUDGETING: "true",
      });
    }
    plant(work, "REPORTINGPERIOD", {
      NAME: `Year Ended December ${year}`,
      HEADER1: `Year Ended December ${year}`,
      START_DATE: `${year}-01-01`,
      END_DATE: `${year}-12-31`,
      BUDGETING: "false",
    });
  }
}

function plantBanks(work: Work): void {
  plant(work, "CHECKINGACCOUNT", { BANKACCOUNTID: "BANK1", BANKNAME: "Prairie Bank", GLACCOUNTNO: "1010", CURRENCY: "USD" });
  if (work.company.template === "trucking")
    plant(work, "CHECKINGACCOUNT", { BANKACCOUNTID: "BANK2", BANKNAME: "Prairie Bank", GLACCOUNTNO: "1020", CURRENCY: "USD" });
  plant(work, "CREDITCARD", {
    CARDID: "FUEL1",
    DESCRIPTION: "Fuel cards",
    CARDTYPE: "Visa",
    LIABILITYTYPE: "Credit",
    LIABACCTNO: "2040",
    CURRENCY: "USD",
  });
}

/** One location with its terminals, or two entities that share them. */
function plantLocations(work: Work, isTrucking: boolean): void {
  const { multiEntity } = work.company.rules;
  const entity = (id: string, name: string) =>
    plant(work, "LOCATION", { LOCATIONID: id, NAME: name, ISENTITY: String(multiEntity), CURRENCY: "USD" });
  const terminal = (id: string, name: string, parent: string) =>
    plant(work, "LOCATION", { LOCATIONID: id, NAME: name, PARENTID: parent, ISENTITY: "false" });
  entity("100", work.company.name);
  if (multiEntity) entity("200", `${work.company.name} Logistics`);
  if (!isTrucking) return;
  terminal("DAL", "Dallas", "100");
  terminal("CHI", "Chicago", "100");
  terminal("ATL", "Atlanta", multiEntity ? "200" : "100");
}

const divisions: readonly (readonly [string, string])[] = [
  ["OTR-VAN", "Over the road, van"],
  ["REEFER", "Refrigerated"],
  ["DEDICATED", "Dedicated fleets"],
  ["OO-FLEET", "Owner-operators"],
  ["BROKERAGE", "Brokerage"],
];

function plantCarrier(work: Work): void {
  for (const [id, title] of [
    ["OPS", "Operations"],
    ["SHOP", "Maintenance"],
    ["SAFETY", "Safety"],
    ["ADMIN", "Administration"],
  ] as const)
    plant(work, "DEPARTMENT", { DEPARTMENTID: id, TITLE: title });
  for (const [id, name] of divisions) plant(work, "CLASS", { CLASSID: id, NAME: name });
  for (const [id, name] of [
    ["LINEHAUL", "Linehaul"],
    ["FSC", "Fuel surcharge"],
    ["ACCESSORIAL", "Accessorials"],
  ] as const)
    plant(work, "ITEM", { ITEMID: id, NAME: name, ITEMTYPE: "Non-Inventory" });
  for (const unit of ["T-1042", "T-1043", "T-1044"]) plant(work, "UNIT", { NAME: unit, DESCRIPTION: `Tractor ${unit}` });
  for (const [id, name] of [
    ["D-77", "Pat Rivers"],
    ["D-78", "Lee Ortega"],
  ] as const) {
    plant(work, "CONTACT", { CONTACTNAME: name, PRINTAS: name });
    plant(work, "EMPLOYEE", { EMPLOYEEID: id, NAME: name, "PERSONALINFO.CONTACTNAME": name, "PERSONALINFO.PRINTAS": name });
  }
  plant(work, "PROJECT", { PROJECTID: "L-90210", NAME: "Load L-90210", PROJECTCATEGORY: "Contract" });
  for (const [number, title] of [
    ["S-MILES", "Miles"],
    ["S-LOADS", "Loads"],
    ["S-GALLONS", "Gallons"],
  ] as const)
    plant(work, "STATACCOUNT", { ACCOUNTNO: number, TITLE: title, ACCOUNTTYPE: "forperiod" });
  for (const [label, account] of [
    ["Lumper", "5645"],
    ["Tolls", "5630"],
    ["Scales", "5635"],
    ["Travel", "5075"],
  ] as const)
    plant(work, "EEACCOUNTLABEL", { ACCOUNTLABEL: label, DESCRIPTION: label, GLACCOUNTNO: account });
  for (const name of ["Company card", "Personal"])
    plant(work, "EXPENSEPAYMENTTYPE", { NAME: name, DESCRIPTION: name, NONREIMBURSABLE: String(name === "Company card") });
  plant(work, "SUPDOCFOLDER", { NAME: "TMS", DESCRIPTION: "Documents of the transportation system" });
}

function plant(work: Work, object: string, values: Values): Stored {
  const { company, records, atMs } = work;
  const kind = work.kindOf(object);
  if (kind === null) throw new Error(`The template has no kind ${object}`);
  const recordno = records.next(company.key, kind.counter);
  const createdMs = Math.floor(atMs / 1000) * 1000;
  const common = { object, recordno, parent: null, entity: "", date: null, minor: null, createdMs, updatedMs: createdMs, legs: [] };
  const stored: Stored = {
    ...common,
    id: values[kind.id] ?? null,
    values: { STATUS: "active", ...values, CREATEDBY: "admin", MODIFIEDBY: "admin" },
  };
  records.insert(company.key, stored);
  return stored;
}
