import type { Statement, Tx } from "./database.ts";

/** Successful calls of one books in one month, the way its provider meters them. */
export interface MonthUsage {
  readonly writes: number;
  readonly meteredReads: number;
}

const add: Statement = {
  name: "usage_add",
  text: `insert into usage_months (organization_id, books_id, month, writes, metered_reads) values ($1, $2, date_trunc('month', $3::timestamptz at time zone 'UTC'), $4, $5)
    on conflict (organization_id, books_id, month) do update
    set writes = usage_months.writes + excluded.writes, metered_reads = usage_months.metered_reads + excluded.metered_reads`,
};

/** Adds what was used to the month of `at` (UTC). */
export async function addUsage(tx: Tx, booksId: string, at: Date, used: MonthUsage): Promise<void> {
  await tx.change(add, [tx.organizationId, booksId, at.toISOString(), used.writes, used.meteredReads]);
}

const select: Statement = {
  name: "usage_of_month",
  text: `select writes::int, metered_reads::int as "meteredReads" from usage_months
    where organization_id = $1 and books_id = $2 and month = date_trunc('month', $3::timestamptz at time zone 'UTC')`,
};

/** What was used in the month of `at` (UTC) so far. */
export async function findUsage(tx: Tx, booksId: string, at: Date): Promise<MonthUsage> {
  const [row] = await tx.rows<MonthUsage>(select, [tx.organizationId, booksId, at.toISOString()]);
  return row ?? { writes: 0, meteredReads: 0 };
}
