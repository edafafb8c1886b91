import { Fault } from "../../../core/errors.ts";
import type { Budget, BudgetAmount } from "../connector.ts";
import type { Call } from "./api.ts";
import { activeOrNot, queryRows } from "./query.ts";
import { listOf, minorOf, refOf, textOf, type JsonObject } from "./wire.ts";

/** A budget has a row for each account and month: few of them fill an answer. */
const budgetsPerPage = 20;

/** All budgets, inactive ones too. The documentation says `Annually`, the schema `Yearly`: both are read. */
export async function readBudgets(call: Call, homeCurrency: string): Promise<Budget[]> {
  const budgets = new Map<string, Budget>();
  for (let start = 1; ; start += budgetsPerPage) {
    const rows = await queryRows(
      call,
      "Budget",
      `select * from Budget where ${activeOrNot} orderby Id startposition ${start} maxresults ${budgetsPerPage}`,
    );
    for (const row of rows) budgets.set(textOf(row, "Id"), budgetOf(row, homeCurrency));
    if (rows.length < budgetsPerPage) return [...budgets.values()];
  }
}

function budgetOf(row: JsonObject, homeCurrency: string): Budget {
  const name = textOf(row, "Name");
  const period = periods[textOf(row, "BudgetEntryType").toLowerCase()];
  if (period === undefined)
    throw new Fault("upstream_silent", `Budget "${name}" has an unknown period "${textOf(row, "BudgetEntryType")}"`);
  return {
    providerId: textOf(row, "Id"),
    name,
    from: textOf(row, "StartDate"),
    through: textOf(row, "EndDate"),
    period,
    active: row["Active"] !== false,
    amounts: listOf(row, "BudgetDetail").map((detail) => amountOf(detail, name, homeCurrency)),
  };
}

const periods: Readonly<Record<string, Budget["period"]>> = { monthly: "month", quarterly: "quarter", annually: "year", yearly: "year" };

function amountOf(detail: JsonObject, name: string, currency: string): BudgetAmount {
  const amountMinor = minorOf(detail["Amount"], currency);
  if (amountMinor === null) throw new Fault("upstream_silent", `Budget "${name}" has an amount that is none: ${String(detail["Amount"])}`);
  return {
    date: textOf(detail, "BudgetDate"),
    accountId: refOf(detail, "AccountRef"),
    amountMinor,
    classId: refOf(detail, "ClassRef") || null,
    departmentId: refOf(detail, "DepartmentRef") || null,
    customerId: refOf(detail, "CustomerRef") || null,
  };
}
