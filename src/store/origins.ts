import type { Statement, Tx } from "./database.ts";

/** How long after a restore documents are looked up before they are sent: sources may send forgotten events again much later. */
const doubtDays = 7;

// A copy that was recovered to a moment has a new timeline, one that was dumped and loaded is another database or server.
const notice: Statement = {
  name: "origins_notice",
  text: `insert into lane_origins (organization_id, books_id, database)
    select $1, $2, (select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
      || '/' || (select oid from pg_database where datname = current_database())
    on conflict (organization_id, books_id) do update
      set database = excluded.database, restored_at = now(), doubt_until = now() + make_interval(days => ${doubtDays})
      where lane_origins.database <> excluded.database
    returning restored_at is not null as restored`,
};

/** Answers whether this database was not the one this lane was last worked on in: it was restored, or a standby took over. */
export async function noticeRestore(tx: Tx, booksId: string): Promise<boolean> {
  const [row] = await tx.rows<{ restored: boolean }>(notice, [tx.organizationId, booksId]);
  return row?.restored ?? false;
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
