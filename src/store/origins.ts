import type { Statement, Tx } from "./database.ts";
import { thisDatabase } from "./migrations/0005_origins.ts";

/** How long after a restore documents are looked up before they are sent: sources may send forgotten events again much later. */
const doubtDays = 7;

const notice: Statement = {
  name: "origins_notice",
  text: `insert into lane_origins (organization_id, books_id, database)
    select $1, $2, ${thisDatabase}
    on conflict (organization_id, books_id) do update
      set database = excluded.database, restored_at = now(), doubt_until = now() + make_interval(days => ${doubtDays})
      where lane_origins.database <> excluded.database
    returning restored_at is not null as restored`,
};

/**
 * Writes down which database a lane is worked on in: first when the lane is made, so that every copy of the database has it.
 * Answers whether this database was not the one this lane was last worked on in: it was restored, or a standby took over.
 */
export async function noticeRestore(tx: Tx, booksId: string): Promise<boolean> {
  const [row] = await tx.rows<{ restored: boolean }>(notice, [tx.organizationId, booksId]);
  return row?.restored ?? false;
}

const doubtful: Statement = {
  name: "origins_doubtful",
  text: "select 1 from lane_origins where organization_id = $1 and books_id = $2 and doubt_until > now()",
};

/** Whether the database was restored not long ago: it may have forgotten what is in these books. */
export async function isInDoubt(tx: Tx, booksId: string): Promise<boolean> {
  return (await tx.rows(doubtful, [tx.organizationId, booksId])).length > 0;
}

const doubt: Statement = {
  name: "origins_doubt",
  text: `update lane_origins set restored_at = now(), doubt_until = now() + make_interval(days => ${doubtDays})
    where organization_id = $1 returning books_id as "booksId"`,
};

/** Says that this database was put back from an older copy in a way that it cannot notice itself. Answers the books concerned. */
export function declareRestored(tx: Tx): Promise<{ booksId: string }[]> {
  return tx.rows(doubt, [tx.organizationId]);
}
