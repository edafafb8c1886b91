import type { JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { Refusal } from "./errors.ts";
import type { Records } from "./records.ts";
import { generalLedger, journalReport } from "./report-details.ts";
import { chartOf, postingsUntil, type Filter } from "./report-ledger.ts";
import { readPeriod } from "./report-period.ts";
import { profitAndLoss } from "./report-profit.ts";
import type { ReportWork } from "./report-shape.ts";
import { cell, isPosition, money, moneyOrBlank, reportOf } from "./report-shape.ts";
import { fiscalYearStart } from "./report-period.ts";
import { pacificDate } from "./time.ts";

interface Asked {
  readonly company: Company;
  readonly storage: Storage;
  readonly records: Records;
  readonly atMs: number;
}

const reports: Readonly<Record<string, (work: ReportWork) => JsonObject>> = {
  TrialBalance: trialBalance,
  GeneralLedger: generalLedger,
  ProfitAndLoss: profitAndLoss,
  JournalReport: journalReport,
};

/** Computes a report from what stands in the ledger now. */
export function runReport(asked: Asked, name: string, query: URLSearchParams): JsonObject {
  const report = Object.hasOwn(reports, name) ? reports[name] : undefined;
  if (report === undefined) throw new Refusal("5030", `Feature Not Supported Error : There is no report ${name} here`, name);
  const method = query.get("accounting_method") ?? "Accrual";
  if (method === "Cash")
    throw new Refusal("5030", "Feature Not Supported Error : Reports are on the accrual basis only", "accounting_method");
  if (method !== "Accrual") throw new Refusal("2170", `Invalid Enumeration : ${method}`, "accounting_method");
  const summarized = query.get("summarize_column_by") ?? "Total";
  if (summarized !== "Total" && name !== "ProfitAndLoss") {
    throw new Refusal("5030", `Feature Not Supported Error : ${name} by ${summarized}`, "summarize_column_by");
  }
  const { company, storage, atMs } = asked;
  const period = readPeriod(query, pacificDate(atMs), company.rules.fiscalMonth);
  const filter = readFilter(asked, query);
  const chart = chartOf(storage, company);
  return report({ name, company, atMs, period, query, chart, postings: postingsUntil(asked, period.end, filter), filter });
}

function readFilter({ company, records }: Asked, query: URLSearchParams): Filter {
  const ids = (name: string) => (query.get(name) ?? "").split(",").filter((id) => id !== "");
  const named = (parameter: string, entity: string): ReadonlySet<string> | null => {
    const asked = ids(parameter);
    if (asked.length === 0) return null;
    return new Set(
      asked.map((id) => {
        const found = records.referent(company.key, entity, id);
        if (found === null) throw new Refusal("2500", `Invalid Reference Id : ${entity} element id ${id} not found`, parameter);
        return found.name;
      }),
    );
  };
  const parties = [...ids("vendor").map((id) => `Vendor ${id}`), ...ids("customer").map((id) => `Customer ${id}`)];
  const accounts = ids("account");
  return {
    accounts: accounts.length === 0 ? null : new Set(accounts),
    parties: parties.length === 0 ? null : new Set(parties),
    classes: named("class", "Class"),
    departments: named("department", "Department"),
  };
}

/** Balances as of the last day: accounts of the balance sheet from the beginning, income and expenses of this fiscal year. */
function trialBalance(work: ReportWork): JsonObject {
  const { chart, postings, period, company } = work;
  const yearStart = fiscalYearStart(period.end, company.rules.fiscalMonth);
  const byId = new Map(chart.map((account) => [account.id, account]));
  const retained = chart.find(({ subtype }) => subtype === "RetainedEarnings");
  const balances = new Map<string, bigint>();
  for (const { account: id, minor, transaction } of postings) {
    const account = byId.get(id);
    const isEarlier = account !== undefined && !isPosition(account) && transaction.date < yearStart;
    const target = isEarlier ? (retained?.id ?? "") : id;
    balances.set(target, (balances.get(target) ?? 0n) + minor);
  }
  const listed = [...chart.map(({ id, name }) => ({ id, name })), { id: "", name: "Retained Earnings" }];
  const rows = listed.flatMap(({ id, name }): JsonObject[] => {
    const minor = balances.get(id) ?? 0n;
    if (minor === 0n) return [];
    const cells = [id === "" ? cell(name) : cell(name, id), moneyOrBlank(minor > 0n ? minor : 0n), moneyOrBlank(minor < 0n ? -minor : 0n)];
    return [{ ColData: cells.map((one) => ({ ...one })) }];
  });
  const sum = (sign: bigint) => [...balances.values()].reduce((total, minor) => (minor * sign > 0n ? total + minor * sign : total), 0n);
  const total: JsonObject = {
    group: "GrandTotal",
    type: "Section",
    Summary: { ColData: [cell("TOTAL"), money(sum(1n)), money(sum(-1n))].map((one) => ({ ...one })) },
  };
  const columns = [
    { ColTitle: "", ColType: "Account" },
    { ColTitle: "Debit", ColType: "Money" },
    { ColTitle: "Credit", ColType: "Money" },
  ];
  return reportOf(work, columns, rows.length === 0 ? [] : [...rows, total]);
}
