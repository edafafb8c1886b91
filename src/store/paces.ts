import { fresh, type PaceState } from "../core/pace/pace.ts";
import type { Published } from "../core/pace/windows.ts";
import type { Statement, Tx } from "./database.ts";

const lock: Statement = {
  name: "paces_lock",
  text: `select state, extract(epoch from clock_timestamp())::float8 * 1000 as at from paces
    where organization_id = $1 and books_id = $2 for update`,
};
const put: Statement = {
  name: "paces_put",
  text: `insert into paces (organization_id, books_id, state, published) values ($1, $2, $3, $4)
    on conflict (organization_id, books_id) do update set state = excluded.state, published = excluded.published`,
};
// A slot that is lost with the database's last instant is at most one that was never used, or is a second old by the time
// the database is back: no reason to wait for the disk before every call.
const relaxed: Statement = { name: "paces_relaxed", text: "set local synchronous_commit = off" };

/**
 * Changes the pace of one books, alone: every process that calls these books passes here. `change` gets the time in
 * milliseconds by the database's clock, the only one they share.
 */
export async function changePace<T extends { readonly state: PaceState }>(
  tx: Tx,
  books: { readonly booksId: string; readonly published: Published },
  change: (state: PaceState, at: number) => T,
): Promise<T & { readonly at: number }> {
  const { booksId, published } = books;
  const [, rows] = await Promise.all([tx.change(relaxed), readLocked(tx, booksId)]);
  let [row] = rows;
  if (row === undefined) {
    // The first call ever: nobody else can have called between, because the row that is put here is waited for.
    await tx.change(put, [tx.organizationId, booksId, "{}", JSON.stringify(published)]);
    [row] = await readLocked(tx, booksId);
  }
  const changed = change(stateOf(row!.state), row!.at);
  await tx.change(put, [tx.organizationId, booksId, JSON.stringify(changed.state), JSON.stringify(published)]);
  return { ...changed, at: row!.at };
}

function readLocked(tx: Tx, booksId: string): Promise<{ state: Partial<PaceState>; at: number }[]> {
  return tx.rows(lock, [tx.organizationId, booksId]);
}

const selectAll: Statement = {
  name: "paces_all",
  text: `select books_id as "booksId", state, published, extract(epoch from clock_timestamp())::float8 * 1000 as at from paces where organization_id = $1`,
};

/** The pace of one books as it stands. */
export interface PaceRow {
  readonly booksId: string;
  readonly state: PaceState;
  /** The limits it is kept to; null before the first call. */
  readonly published: Published | null;
  /** Now, in milliseconds of the clock its times are of. */
  readonly at: number;
}

/** The pace of every books of the organization. */
export async function listPaces(tx: Tx): Promise<PaceRow[]> {
  const rows = await tx.rows<Omit<PaceRow, "state"> & { state: Partial<PaceState> }>(selectAll, [tx.organizationId]);
  return rows.map((row) => ({ ...row, state: stateOf(row.state) }));
}

function stateOf(stored: Partial<PaceState>): PaceState {
  return { ...fresh, ...stored, trouble: { ...fresh.trouble, ...stored.trouble } };
}
