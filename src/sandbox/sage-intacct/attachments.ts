import type { Work } from "./kind.ts";
import { refuseRule } from "./refusal.ts";

/** A file as it is sent: name without its extension, the extension, base64. */
export interface NewFile {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

export interface KeptFile {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

export function addFiles({ storage, records, company }: Work, attachment: string, files: readonly NewFile[]): number[] {
  return files.map(({ name, type, data }) => {
    const content = Buffer.from(data, "base64");
    if (name === "" || content.length === 0)
      refuseRule("An attached file has a name and content", { target: "attachments", category: "missingRequiredField" });
    const id = records.next(company.key, "file");
    storage.run("INSERT INTO intacct_files VALUES (?, ?, ?, ?, ?, ?)", company.key, id, attachment, name, type, content);
    return id;
  });
}

export function filesOf({ storage, company }: Work, attachment: string): KeptFile[] {
  const rows = storage.all("SELECT * FROM intacct_files WHERE company = ? AND attachment = ? ORDER BY id", company.key, attachment);
  return rows.map((row) => ({
    id: Number(row["id"]),
    name: String(row["name"]),
    type: String(row["type"]),
    content: Buffer.from(row["content"] as Uint8Array),
  }));
}

export function fileOf({ storage, company }: Work, id: string): KeptFile | null {
  const row = /^\d{1,15}$/.test(id)
    ? storage.get("SELECT * FROM intacct_files WHERE company = ? AND id = ?", company.key, Number(id))
    : undefined;
  return row === undefined
    ? null
    : { id: Number(row["id"]), name: String(row["name"]), type: String(row["type"]), content: Buffer.from(row["content"] as Uint8Array) };
}

export function removeFile({ storage, company }: Work, id: number): void {
  storage.run("DELETE FROM intacct_files WHERE company = ? AND id = ?", company.key, id);
}
