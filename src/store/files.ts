import type { Statement, Tx } from "./database.ts";

/** A file that was taken in, by its content. */
export interface TakenFile {
  readonly sha256: Buffer;
  readonly sourceId: string;
  readonly name: string;
  readonly format: string;
  readonly size: number;
  readonly counts: Readonly<Record<string, number>>;
}

const insert: Statement = {
  name: "files_insert",
  text: `insert into files (organization_id, sha256, source_id, name, format, size, counts) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (organization_id, source_id, sha256) do nothing`,
};

/** Remembers a file. False: the same bytes were taken from this source before. */
export async function insertFile(tx: Tx, file: TakenFile): Promise<boolean> {
  const { sha256, sourceId, name, format, size, counts } = file;
  return (await tx.change(insert, [tx.organizationId, sha256, sourceId, name, format, size, JSON.stringify(counts)])) === 1;
}
