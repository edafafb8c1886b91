import type { JsonObject } from "../json.ts";
import { Refusal } from "./errors.ts";
import type { Posting, ReportAccount } from "./report-ledger.ts";
import { monthsOf } from "./report-period.ts";
import {
  cell,
  dataRow,
  money,
  moneyOrBlank,
  natural,
  reportOf,
  section,
  summaryRow,
  type Column,
  type ReportWork,
} from "./report-shape.ts";

/** The money columns of a statement, and which of them a posting belongs to. */
interface Split {
  readonly columns: readonly Column[];
  readonly indexOf: (posting: Posting) => number;
}

type Amounts = readonly bigint[];

/** Income less expenses within the period, by columns as asked. */
export function profitAndLoss(work: ReportWork): JsonObject {
  const by = work.query.get("summarize_column_by") ?? "Total";
  const postings = work.postings.filter(({ transaction }) => transaction.date >= work.period.start);
  const statement = ofType(work.chart);
  const relevant = postings.filter(({ account }) => statement.has(account));
  const split = splitBy(work, by, relevant);
  const hasTotal = split.columns.length !== 1 || by !== "Total";
  const columns: Column[] = [{ ColTitle: "", ColType: "Account" }, ...split.columns];
  if (hasTotal) columns.push({ ColTitle: "Total", ColType: "Money", MetaData: [{ Name: "ColKey", Value: "total" }] });
  if (relevant.length === 0) return reportOf(work, columns, [], { SummarizeColumnsBy: by });
  const amounts = new Map<string, bigint[]>();
  for (const posting of relevant) {
    const account = statement.get(posting.account);
    if (account === undefined) continue;
    const row = amounts.get(account.id) ?? split.columns.map(() => 0n);
    const index = split.indexOf(posting);
    row[index] = (row[index] ?? 0n) + natural(account, posting.minor);
    amounts.set(account.id, row);
  }
  const page: Page = { chart: work.chart, amounts, hasTotal, zero: split.columns.map(() => 0n) };
  return reportOf(work, columns, statementRows(page), { SummarizeColumnsBy: by });
}

function ofType(chart: readonly ReportAccount[]): Map<string, ReportAccount> {
  const isOurs = ({ classification }: ReportAccount) => classification === "Revenue" || classification === "Expense";
  return new Map(chart.filter(isOurs).map((account) => [account.id, account]));
}

const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function splitBy({ period }: ReportWork, by: string, postings: readonly Posting[]): Split {
  switch (by) {
    case "Total":
      return { columns: [{ ColTitle: "Total", ColType: "Money", MetaData: [{ Name: "ColKey", Value: "total" }] }], indexOf: () => 0 };
    case "Month": {
      const months = monthsOf(period);
      const columns = months.map(({ start, end }) => ({
        ColTitle: `${monthNames[Number(start.slice(5, 7)) - 1] ?? ""} ${start.slice(0, 4)}`,
        ColType: "Money",
        MetaData: [
          { Name: "StartDate", Value: start },
          { Name: "EndDate", Value: end },
          { Name: "ColKey", Value: `${monthNames[Number(start.slice(5, 7)) - 1] ?? ""} ${start.slice(0, 4)}` },
        ],
      }));
      return {
        columns,
        indexOf: ({ transaction }) => months.findIndex(({ start, end }) => transaction.date >= start && transaction.date <= end),
      };
    }
    case "Classes":
      return splitByName(postings, ({ klass }) => klass);
    case "Departments":
      return splitByName(postings, ({ department }) => department);
    default:
      throw new Refusal("5030", `Feature Not Supported Error : ProfitAndLoss by ${by}`, "summarize_column_by");
  }
}

/** A column for each name that occurs; what has none comes last. */
function splitByName(postings: readonly Posting[], nameOf: (posting: Posting) => string): Split {
  const names = [...new Set(postings.map(nameOf))].sort((left, right) => (left === "" ? 1 : right === "" ? -1 : left.localeCompare(right)));
  const columns = names.map((name) => {
    const title = name === "" ? "Not Specified" : name;
    return { ColTitle: title, ColType: "Money", MetaData: [{ Name: "ColKey", Value: title }] };
  });
  return { columns, indexOf: (posting) => names.indexOf(nameOf(posting)) };
}

interface Page {
  readonly chart: readonly ReportAccount[];
  readonly amounts: ReadonlyMap<string, Amounts>;
  readonly hasTotal: boolean;
  readonly zero: Amounts;
}

const add = (left: Amounts, right: Amounts): Amounts => left.map((amount, index) => amount + (right[index] ?? 0n));
const subtract = (left: Amounts, right: Amounts): Amounts => left.map((amount, index) => amount - (right[index] ?? 0n));

function cellsOf({ hasTotal }: Page, amounts: Amounts, isHeader = false) {
  const all = hasTotal ? [...amounts, amounts.reduce((sum, amount) => sum + amount, 0n)] : amounts;
  return all.map((amount) => (isHeader ? moneyOrBlank(amount) : money(amount)));
}

function statementRows(page: Page): JsonObject[] {
  const part = (type: string) => accountRows(page, (account) => account.type === type && account.parent === null);
  const [income, costs, expenses] = [part("Income"), part("Cost of Goods Sold"), part("Expense")];
  const [otherIncome, otherExpenses] = [part("Other Income"), part("Other Expense")];
  const gross = subtract(income.total, costs.total);
  const operating = subtract(gross, expenses.total);
  const other = subtract(otherIncome.total, otherExpenses.total);
  const sectionOf = (title: string, group: string, { rows, total }: { rows: JsonObject[]; total: Amounts }) => {
    if (rows.length === 0) return [];
    const header = [cell(title), ...cellsOf(page, page.zero, true)];
    return [section({ header, rows, summary: [cell(`Total ${title}`), ...cellsOf(page, total)], group })];
  };
  const sum = (title: string, group: string, amounts: Amounts) => summaryRow(group, [cell(title), ...cellsOf(page, amounts)]);
  return [
    ...sectionOf("Income", "Income", income),
    ...sectionOf("Cost of Goods Sold", "COGS", costs),
    sum("Gross Profit", "GrossProfit", gross),
    ...sectionOf("Expenses", "Expenses", expenses),
    sum("Net Operating Income", "NetOperatingIncome", operating),
    ...sectionOf("Other Income", "OtherIncome", otherIncome),
    ...sectionOf("Other Expenses", "OtherExpenses", otherExpenses),
    ...(otherIncome.rows.length + otherExpenses.rows.length === 0 ? [] : [sum("Net Other Income", "NetOtherIncome", other)]),
    sum("Net Income", "NetIncome", add(operating, other)),
  ];
}

/** Accounts with amounts, each above its children. */
function accountRows(page: Page, isMeant: (account: ReportAccount) => boolean): { rows: JsonObject[]; total: Amounts } {
  let total = page.zero;
  const rows = page.chart.filter(isMeant).flatMap((account): JsonObject[] => {
    const own = page.amounts.get(account.id);
    const below = accountRows(page, ({ parent }) => parent === account.id);
    const sum = add(own ?? page.zero, below.total);
    total = add(total, sum);
    const name = account.name.split(":").at(-1) ?? account.name;
    if (below.rows.length === 0) return own === undefined ? [] : [dataRow([cell(name, account.id), ...cellsOf(page, own)])];
    const header = [cell(name, account.id), ...cellsOf(page, own ?? page.zero, true)];
    return [section({ header, rows: below.rows, summary: [cell(`Total ${name}`), ...cellsOf(page, sum)] })];
  });
  return { rows, total };
}
