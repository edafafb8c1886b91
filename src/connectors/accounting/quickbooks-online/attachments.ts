import { createHash } from "node:crypto";
import type { AttachedFile, Attachment, Target } from "../connector.ts";
import type { Call } from "./api.ts";
import { entityOf } from "./entities.ts";
import { refuse } from "./entry.ts";
import { faultFrom, unreadable } from "./errors.ts";
import { quickBooksOnlineFeatures, writeTimeoutMs } from "./limits.ts";
import { clean, marker } from "./names.ts";
import { queryRows, quote } from "./query.ts";
import { faultIn, isObject, listOf, textOf, type JsonObject } from "./wire.ts";

const fileNameLengthMax = 1_000;
const noteLengthMax = 2_000;

/**
 * Puts a file on a record, once: a file that carries our mark there already is not sent again. Each part of the upload has
 * its own content type; the bytes travel as base64, which keeps the body plain text.
 */
export async function attachFile(call: Call, file: Attachment, target: Pick<Target, "kind" | "providerId">): Promise<AttachedFile> {
  const fileName = clean(file.fileName.replace(/["\\/]/g, "_"), fileNameLengthMax);
  requireAccepted(file, fileName);
  const there = await attachedBefore(call, file, target);
  if (there) return there;

  const mark = marker(file.key);
  const note = clean(file.note ?? "", noteLengthMax - mark.length - 1, true);
  const about = JSON.stringify({
    FileName: fileName,
    ContentType: file.contentType,
    Note: note ? `${note}\n${mark}` : mark,
    AttachableRef: [{ EntityRef: { type: entityOf[target.kind], value: target.providerId }, IncludeOnSend: false }],
  });
  const boundary = `ledgerlane-${createHash("sha256").update(about).digest("hex").slice(0, 40)}`;
  const answer = await call({
    method: "POST",
    path: "upload",
    body: multipart(boundary, about, { ...file, fileName }),
    contentType: `multipart/form-data; boundary=${boundary}`,
    timeoutMs: writeTimeoutMs,
  });
  const facts = { status: 200, traceId: "" };
  const [response] = listOf(answer, "AttachableResponse");
  const fault = faultIn(response);
  if (fault) throw faultFrom(fault, facts);
  const attachable = response?.["Attachable"];
  if (!isObject(attachable) || textOf(attachable, "Id") === "") throw unreadable(facts, "a success without the file in it");
  return attachedFile(attachable);
}

function requireAccepted({ bytes, contentType }: Attachment, fileName: string): void {
  const { attachmentTypes, attachmentBytesMax } = quickBooksOnlineFeatures;
  if (fileName === "") refuse("The file has no name.");
  if (!attachmentTypes.includes(contentType)) {
    refuse(`QuickBooks takes no files of type ${contentType} ("${fileName}"). Attach it as a PDF, picture, text or office document.`);
  }
  if (bytes.length === 0) refuse(`The file "${fileName}" is empty.`);
  if (bytes.length > attachmentBytesMax)
    refuse(`The file "${fileName}" has ${bytes.length} bytes; at most ${attachmentBytesMax} can be sent.`);
}

async function attachedBefore(call: Call, file: Attachment, target: Pick<Target, "kind" | "providerId">): Promise<AttachedFile | null> {
  const owner = `AttachableRef.EntityRef.Type = ${quote(entityOf[target.kind])} and AttachableRef.EntityRef.value = ${quote(target.providerId)}`;
  const rows = await queryRows(call, "Attachable", `select * from Attachable where ${owner} maxresults 1000`);
  const ours = rows.find((row) => textOf(row, "Note").split(/\s+/).includes(marker(file.key)));
  return ours ? attachedFile(ours) : null;
}

function attachedFile(record: JsonObject): AttachedFile {
  const size = Number(textOf(record, "Size") || "NaN");
  return {
    providerId: textOf(record, "Id"),
    version: textOf(record, "SyncToken"),
    fileName: textOf(record, "FileName"),
    sizeBytes: Number.isFinite(size) ? size : null,
  };
}

function multipart(boundary: string, about: string, { fileName, contentType, bytes }: Attachment): string {
  const lines = Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\r\n");
  return [
    `--${boundary}`,
    'Content-Disposition: form-data; name="file_metadata_01"; filename="attachment.json"',
    "Content-Type: application/json; charset=UTF-8",
    "",
    about,
    `--${boundary}`,
    `Content-Disposition: form-data; name="file_content_01"; filename="${fileName}"`,
    `Content-Type: ${contentType}`,
    "Content-Transfer-Encoding: base64",
    "",
    lines,
    `--${boundary}--`,
    "",
  ].join("\r\n");
}
