import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { AttachedFile, Attachment, Target } from "../connector.ts";
import type { Desk } from "./desk.ts";
import { entityOf, spokenKind } from "./entities.ts";
import { clean, refuse } from "./entry.ts";
import { featuresOf } from "./limits.ts";
import { listRows } from "./query.ts";
import { field, tag } from "./xml.ts";
import { supdoc } from "./xml-writes.ts";

/**
 * Puts a file on a record. A record over there has one attachment, which holds many files: the first file makes it, under a name
 * that follows from the record, and each further one is added. A file's name carries a part of its key, so that it is there once.
 */
export async function attachFile(desk: Desk, file: Attachment, target: Pick<Target, "kind" | "providerId">): Promise<AttachedFile> {
  const name = requireAccepted(desk, file, target);
  const object = entityOf[target.kind];
  const [record] = await listRows(desk.transport, object, ["RECORDNO", "SUPDOCID"], {
    field: "RECORDNO",
    is: "equal",
    values: [target.providerId],
  });
  if (record === undefined) {
    throw new Fault("record_stale", `The ${spokenKind(target.kind)} that the file belongs to is no longer in Intacct.`, {
      providerId: target.providerId,
    });
  }
  const known = record["SUPDOCID"] ?? "";
  const id = known || `LL${hash(`${object} ${target.providerId}`, 16)}`;
  const mark = hash(file.key, 8);
  const attached: AttachedFile = {
    providerId: `${id}/${name.stem}-${mark}`,
    version: mark,
    fileName: name.whole,
    sizeBytes: file.bytes.length,
  };
  const { folder } = desk.options;
  await tolerate(desk.transport.ask(tag("create_supdocfolder", [field("supdocfoldername", folder)])));
  const upload = {
    id,
    folder,
    name: `${name.stem}-${mark}`,
    extension: name.extension,
    base64: Buffer.from(file.bytes).toString("base64"),
    description: clean(file.note ?? "", 200),
  };
  if (!(await hasFile(desk, id, upload.name))) {
    const isNew = !(await exists(desk, id));
    await desk.transport.ask(supdoc(isNew ? "create_supdoc" : "update_supdoc", upload));
  }
  if (known === "") await link(desk, { object, providerId: target.providerId, key: file.key, id });
  return attached;
}

async function link(
  desk: Desk,
  { object, providerId, key, id }: { object: string; providerId: string; key: string; id: string },
): Promise<void> {
  const task = `${key}-link`;
  const entry = { object, head: { SUPDOCID: id }, lines: [], custom: {} };
  const outcome = (await desk.transport.run([{ id: task, write: { verb: "update", entry, recordNo: providerId } }])).get(task);
  if (outcome !== undefined && "fault" in outcome && outcome.fault.code !== "upstream_silent") throw outcome.fault;
}

/** The folder is there already after the first file. */
async function tolerate(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: unknown) => {
    if (!(error instanceof Fault) || error.code !== "number_taken") throw error;
  });
}

async function listed(desk: Desk, id: string) {
  const filter = tag("filter", [tag("expression", [field("field", "supdocid"), field("operator", "="), field("value", id)])]);
  const answer = await desk.transport.ask(tag("get_list", [filter], { object: "supdoc", maxitems: "10" }));
  return answer.children.find(({ name }) => name === "data")?.children ?? [];
}

async function exists(desk: Desk, id: string): Promise<boolean> {
  return (await listed(desk, id)).length > 0;
}

async function hasFile(desk: Desk, id: string, name: string): Promise<boolean> {
  const attachments = (await listed(desk, id)).flatMap(
    ({ children }) => children.find((child) => child.name === "attachments")?.children ?? [],
  );
  return attachments.some(({ children }) => children.some((child) => child.name === "attachmentname" && child.text.trim() === name));
}

function requireAccepted(desk: Desk, { bytes, contentType, fileName }: Attachment, { kind }: Pick<Target, "kind">) {
  const { attachmentTypes, attachmentBytesMax, attachmentKinds } = featuresOf(desk.options.transport);
  const whole = clean(fileName.replace(/["\\/:*?<>|]/g, "_"), 200);
  if (whole === "") refuse("The file has no name.");
  if (!attachmentKinds.includes(kind))
    refuse(`Intacct takes files from outside on ${attachmentKinds.map(spokenKind).join(", ")} only, not on a ${spokenKind(kind)}.`);
  if (!attachmentTypes.includes(contentType)) {
    refuse(`Files of type ${contentType} ("${whole}") are not sent to Intacct. Attach it as a PDF, picture, text or office document.`);
  }
  if (bytes.length === 0) refuse(`The file "${whole}" is empty.`);
  if (bytes.length > attachmentBytesMax)
    refuse(`The file "${whole}" has ${bytes.length} bytes; at most ${attachmentBytesMax} can be sent.`);
  const point = whole.lastIndexOf(".");
  const stem = point > 0 ? whole.slice(0, point) : whole;
  return { whole, stem: stem.slice(0, 80), extension: point > 0 ? whole.slice(point + 1) : "dat" };
}

function hash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
