import { createHash } from "node:crypto";
import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { Source } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { insertFile } from "../store/files.ts";
import type { Actor } from "./actor.ts";
import type { FileReceipt, MessageBody, Receipt, Remark } from "./receipts.ts";
import { takeIn } from "./ingest.ts";
import type { EngineParts } from "./parts.ts";

const headBytes = 4096;
const problemsMax = 1000;

/**
 * Takes a file in as a stream: recognized by its head where no format was named, its events taken batch by batch, and
 * remembered by its content. Sending the same file again finds every event known and changes nothing.
 */
export async function takeFileIn(
  parts: EngineParts,
  actor: Actor,
  file: { format: string | null; name: string; body: MessageBody; source: Source },
): Promise<FileReceipt> {
  const { source } = file;
  const { head, body, digest } = await watch(file.body);
  const format = file.format ?? recognize(parts, head, file.name);
  const counts: Record<Receipt["status"], number> = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 };
  const problems: Receipt[] = [];
  const remarks: Remark[] = [];
  for await (const { receipts, remarks: some } of takeIn(parts, actor, source, { format, body })) {
    remarks.push(...some.slice(0, problemsMax - remarks.length));
    for (const receipt of receipts) {
      counts[receipt.status] += 1;
      if (receipt.status !== "accepted" && receipt.status !== "duplicate" && problems.length < problemsMax) problems.push(receipt);
    }
  }
  const { sha256, size } = digest();
  const taken = { sha256, sourceId: source.sourceId, name: file.name, format, size, counts };
  const isNew = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const inserted = await insertFile(tx, taken);
    const facts = { source: source.sourceId, name: file.name, format, size, counts, known: !inserted };
    const entry = {
      actor: `${actor.type}:${actor.id}`,
      action: "file.taken",
      objectType: "file" as const,
      objectId: sha256.toString("hex"),
      facts,
    };
    await appendAudit(tx, parts.now(), [entry]);
    return inserted;
  });
  const id = sha256.toString("hex");
  return { id, name: file.name, format, sha256: id, known: !isNew, counts, problems, remarks };
}

export function recognize(parts: EngineParts, head: string, name: string): string {
  const connector = parts.tmsConnectors.find((one) => one.recognizes(head, name));
  if (connector !== undefined) return connector.format;
  const known = parts.tmsConnectors.map((one) => one.format).join(", ");
  throw new Fault("format_unknown", `"${name}" does not look like a format we know (${known}); name the format if it is one of them`);
}

/** Reads the head, then hands on the whole stream while counting and hashing it. */
export async function watch(body: MessageBody) {
  const hash = createHash("sha256");
  let size = 0;
  const iterator = body[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let firstSize = 0;
  let ended = false;
  while (firstSize < headBytes && !ended) {
    const next = await iterator.next();
    ended = next.done === true;
    if (!next.done) {
      first.push(next.value);
      firstSize += next.value.length;
    }
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    const pass = (chunk: Uint8Array) => {
      hash.update(chunk);
      size += chunk.length;
      return chunk;
    };
    for (const chunk of first.splice(0)) yield pass(chunk);
    while (!ended) {
      const next = await iterator.next();
      ended = next.done === true;
      if (!next.done) yield pass(next.value);
    }
  }
  const head = Buffer.concat(first).subarray(0, headBytes).toString("utf8");
  return { head, body: rest(), digest: () => ({ sha256: hash.digest(), size }) };
}
