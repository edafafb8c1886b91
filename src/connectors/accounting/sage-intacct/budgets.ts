import { Fault } from "../../../core/errors.ts";
import type { Budget, ExchangeRate } from "../connector.ts";
import type { Desk } from "./desk.ts";
import { isoDate, minorOf } from "./formats.ts";
import { listRows } from "./query.ts";
import type { Row } from "./tasks.ts";

/** All budgets with their amounts by account and reporting period. Periods are theirs: a budget's months are named, not dated. */
export async function readBudgets(desk: Desk): Promise<Budget[]> {
  const { transport, options } = desk;
  const heads = await listRows(transport, "GLBUDGETHEADER", ["RECORDNO", "BUDGETID", "DESCRIPTION", "STATUS", "CURRENCY"]);
  if (heads.length === 0) return [];
  const periods = new Map(
    (await listRows(transport, "REPORTINGPERIOD", ["RECORDNO", "NAME", "START_DATE", "END_DATE", "STATUS"])).map((row) => [
      row["NAME"] ?? "",
      row,
    ]),
  );
  const fields = ["RECORDNO", "BUDGETKEY", "ACCT_NO", "PERIODNAME", "AMOUNT", "LOCATION_NO", "DEPT_NO"];
  const items = Map.groupBy(await listRows(transport, "GLBUDGETITEM", fields), (row) => row["BUDGETKEY"] ?? "");
  return heads.map((head) =>
    budgetOf(head, items.get(head["RECORDNO"] ?? "") ?? [], { periods, currency: head["CURRENCY"] || options.homeCurrency }),
  );
}

function budgetOf(
  head: Row,
  items: readonly Row[],
  { periods, currency }: { periods: ReadonlyMap<string, Row>; currency: string },
): Budget {
  const name = head["BUDGETID"] ?? "";
  const spans = items.map((item) => {
    const period = periods.get(item["PERIODNAME"] ?? "");
    const amountMinor = minorOf(item["AMOUNT"] ?? "", currency);
    const from = isoDate(period?.["START_DATE"] ?? "");
    if (period === undefined || from === "" || amountMinor === null) {
      throw new Fault(
        "upstream_silent",
        `Budget "${name}" has an amount or a period that cannot be read: ${item["PERIODNAME"] ?? ""}, ${item["AMOUNT"] ?? ""}`,
      );
    }
    return { item, amountMinor, from, through: isoDate(period["END_DATE"] ?? "") };
  });
  return {
    providerId: head["RECORDNO"] ?? "",
    name,
    from: spans.map(({ from }) => from).sort()[0] ?? "",
    through:
      spans
        .map(({ through }) => through)
        .sort()
        .at(-1) ?? "",
    period: spanOf(spans[0]),
    active: head["STATUS"]?.toLowerCase() !== "inactive",
    amounts: spans.map(({ item, amountMinor, from }) => ({
      date: from,
      accountId: item["ACCT_NO"] ?? "",
      amountMinor,
      classId: null,
      departmentId: item["DEPT_NO"] || null,
      customerId: null,
    })),
  };
}

/** By the length of its first period. */
function spanOf(span: { readonly from: string; readonly through: string } | undefined): Budget["period"] {
  const days = span === undefined ? 31 : (Date.parse(span.through) - Date.parse(span.from)) / 86_400_000;
  return days > 100 ? "year" : days > 40 ? "quarter" : "month";
}

/** The company's rate of a currency on a day, home units for one of it: the newest of its daily rates that began by then. */
export async function readExchangeRate(desk: Desk, currency: string, date: string): Promise<ExchangeRate | null> {
  const { homeCurrency } = desk.options;
  if (currency === homeCurrency) return { currency, homeCurrency, rate: "1", date };
  const lists = await listRows(desk.transport, "EXCHANGERATE", ["RECORDNO", "TYPENAME", "FROM_CURRENCY", "TO_CURRENCY"], {
    all: [
      { field: "FROM_CURRENCY", is: "equal", values: [currency] },
      { field: "TO_CURRENCY", is: "equal", values: [homeCurrency] },
    ],
  });
  if (lists.length === 0) return null;
  const fields = ["RECORDNO", "EXCHANGERATEKEY", "EFFECTIVE_START_DATE", "EXCHANGE_RATE"];
  const entries = await listRows(desk.transport, "EXCHANGERATEENTRY", fields, {
    all: [
      { field: "EXCHANGERATEKEY", is: "in", values: lists.map((row) => row["RECORDNO"] ?? "") },
      { field: "EFFECTIVE_START_DATE", is: "until", values: [date], as: "date" },
    ],
  });
  const started = (row: Row): string => isoDate(row["EFFECTIVE_START_DATE"] ?? "");
  const [newest] = entries.toSorted((a, b) => (started(a) > started(b) ? -1 : 1));
  const rate = newest?.["EXCHANGE_RATE"] ?? "";
  if (newest === undefined || !/^\d+(\.\d+)?$/.test(rate) || /^[0.]*$/.test(rate)) return null;
  return { currency, homeCurrency, rate, date: started(newest) || date };
}
