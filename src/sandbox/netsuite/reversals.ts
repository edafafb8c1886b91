import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Stored } from "./records.ts";
import type { Work } from "./work.ts";

/** The journal that takes back another one on its reversal date, as a create would send it. */
export function reversalOf(stored: Stored): JsonObject | null {
  const date = textOf(stored.body["reversalDate"]);
  if (date === null) return null;
  const {
    reversalDate: _date,
    reversalDefer: _defer,
    tranId: _tranId,
    transactionNumber: _number,
    postingPeriod: _period,
    tranDate: _day,
    ...body
  } = stored.body;
  const line = listOf(body["line"]).map((given) => {
    const { debit, credit, ...row } = objectOf(given);
    return { ...row, ...(credit === undefined ? {} : { debit: credit }), ...(debit === undefined ? {} : { credit: debit }) };
  });
  return { ...body, line, tranDate: date };
}

/** The journal that takes back this one; null when there is none. */
export function reversalId({ storage, company }: Work, id: number): number | null {
  const row = storage.get("SELECT reversal FROM ns_transactions WHERE company = ? AND id = ?", company.key, id);
  return typeof row?.["reversal"] === "number" ? row["reversal"] : null;
}

export function isReversal({ storage, company }: Work, id: number): boolean {
  return storage.get("SELECT is_reversal FROM ns_transactions WHERE company = ? AND id = ?", company.key, id)?.["is_reversal"] === 1;
}

/** Ties both journals to each other; null unties them. */
export function linkReversal({ storage, company }: Work, order: { original: number; reversal: number | null }): void {
  storage.run("UPDATE ns_transactions SET reversal = ? WHERE company = ? AND id = ?", order.reversal, company.key, order.original);
  storage.run(
    "UPDATE ns_transactions SET reversal = ?, is_reversal = 1 WHERE company = ? AND id = ?",
    order.original,
    company.key,
    order.reversal,
  );
}
