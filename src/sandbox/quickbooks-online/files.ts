import type { Answer, SandboxRequest } from "../http.ts";
import { isObject, parseJson, type Json, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import type { Companies } from "./company.ts";
import { faultOf, missing, notFound, Refusal } from "./errors.ts";
import { sealOf, temporaryUrl } from "./file-links.ts";
import type { Work } from "./kind.ts";
import { attachable } from "./plain-kinds.ts";
import { readParts, type Part } from "./multipart.ts";
import { perform } from "./perform.ts";

const types: Readonly<Record<string, readonly string[]>> = {
  ai: ["application/postscript", "application/illustrator"],
  csv: ["text/csv"],
  doc: ["application/msword"],
  docx: ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  eps: ["application/postscript"],
  gif: ["image/gif"],
  jpeg: ["image/jpeg", "image/jpg"],
  jpg: ["image/jpeg", "image/jpg"],
  ods: ["application/vnd.oasis.opendocument.spreadsheet"],
  pdf: ["application/pdf"],
  png: ["image/png"],
  rtf: ["text/rtf", "application/rtf"],
  tif: ["image/tiff", "image/tif"],
  txt: ["text/plain"],
  xls: ["application/vnd.ms-excel", "application/vnd/ms-excel"],
  xlsx: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  xml: ["text/xml", "application/xml"],
};

/** `POST /upload`: pairs of metadata and content; each becomes an attachable of its own, or a fault of its own. */
export function upload(work: Work, request: SandboxRequest): JsonObject {
  const bytesMax = work.company.switches.uploadMegabytes * 1024 * 1024;
  if (request.body.length > bytesMax) throw new Refusal("6030", `Upload size exceeds the limit : ${request.body.length} bytes`);
  const parts = readParts(request.headers["content-type"] ?? "", request.body);
  if (parts === null) throw new Refusal("1050", "Invalid Content Type : An upload is multipart/form-data");
  const contents = parts.filter(({ name }) => name.startsWith("file_content_"));
  if (contents.length === 0) throw missing("file_content_01");
  return { AttachableResponse: contents.map((content) => uploadOne(work, content, parts)) };
}

function uploadOne(work: Work, content: Part, parts: readonly Part[]): JsonObject {
  try {
    return work.storage.part(() => {
      const { metadata, name, type } = describeFile(content, parts);
      const made = perform(work, attachable, { ...metadata, FileName: name, ContentType: type }, null);
      const id = String(idOf(made["Attachable"]));
      keepFile(work, { id, name, type, bytes: content.bytes });
      const stored = work.records.find(work.company.key, "Attachable", id);
      if (stored === null) throw new Error(`Attachable ${id} vanished`);
      const facts = { Size: content.bytes.length, FileAccessUri: `/v3/company/${work.company.id}/download/${id}` };
      const body = { ...stored.body, ...facts };
      work.records.update(work.company.key, { ...stored, body, columns: { name } });
      return {
        Attachable: { ...(isObject(made["Attachable"]) ? made["Attachable"] : {}), ...facts, TempDownloadUri: temporaryUrl(work, id) },
      };
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    work.records.forget();
    return { Fault: faultOf(error) as unknown as JsonObject };
  }
}

function idOf(value: Json | undefined): Json | undefined {
  return isObject(value) ? value["Id"] : undefined;
}

function describeFile(content: Part, parts: readonly Part[]): { metadata: JsonObject; name: string; type: string } {
  const number = content.name.slice("file_content_".length);
  const described = parts.find(({ name }) => name === `file_metadata_${number}`);
  const metadata = described === undefined ? {} : parseJson(described.bytes.toString("utf8"));
  if (!isObject(metadata)) throw new Refusal("6040", `Invalid file metadata : file_metadata_${number} is not readable`);
  const name = typeof metadata["FileName"] === "string" ? metadata["FileName"] : (content.fileName ?? "");
  if (name === "") throw new Refusal("6040", "Invalid file metadata : FileName is missing", "FileName");
  const ending = /\.([A-Za-z]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const allowed = Object.hasOwn(types, ending) ? types[ending] : undefined;
  const type = (content.type ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (allowed === undefined || !allowed.includes(type)) {
    throw new Refusal("6041", `Invalid file : ${name} of type ${type === "" ? "none" : type} is not supported`, "ContentType");
  }
  if (content.bytes.length === 0) throw new Refusal("6041", `Invalid file : ${name} is empty`);
  return { metadata, name, type };
}

function keepFile({ storage, company }: Work, file: { id: string; name: string; type: string; bytes: Buffer }): void {
  storage.run("INSERT OR REPLACE INTO qbo_files VALUES (?, ?, ?, ?, ?)", company.key, file.id, file.name, file.type, file.bytes);
}

/** `GET /download/{id}`: the temporary address as plain text. */
export function download(work: Work, id: string | null): Answer {
  const row = id === null ? undefined : work.storage.get("SELECT id FROM qbo_files WHERE company = ? AND id = ?", work.company.key, id);
  if (row === undefined) throw notFound("plain");
  return { status: 200, headers: { "content-type": "text/plain;charset=UTF-8" }, body: temporaryUrl(work, String(id)) };
}

/** Serves a file by its temporary address. */
export function serveFile(
  parts: { companies: Companies; storage: Storage; now: () => number },
  request: SandboxRequest,
  path: string,
): Answer {
  const [, realm = "", id = ""] = /^\/files\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const company = parts.companies.find(realm);
  const expires = Number(request.query.get("expires"));
  const isGood = company !== null && expires > parts.now() && request.query.get("signature") === sealOf(company, id, expires);
  const row = isGood ? parts.storage.get("SELECT * FROM qbo_files WHERE company = ? AND id = ?", company.key, id) : undefined;
  const content = row?.["content"];
  if (row === undefined || !(content instanceof Uint8Array)) {
    return { status: 403, headers: { "content-type": "text/plain" }, body: "This address has expired" };
  }
  return { status: 200, headers: { "content-type": String(row["type"]) }, body: "", bytes: Buffer.from(content) };
}
