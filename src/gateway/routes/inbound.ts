import type { IncomingMessage } from "node:http";
import { Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import type { FileReceipt, MessageBody, Receipt } from "../../engine/engine.ts";
import { readBody } from "../body.ts";
import { problem } from "../errors.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { FileReceipt as FileReceiptSchema, Problem, Receipts } from "../schemas.ts";

const mebibyte = 1024 * 1024;

/** Which format a message is in, by its content type. CloudEvents are JSON that the JSON reader unwraps. */
const formats: Readonly<Record<string, string>> = {
  "application/json": "json",
  "application/cloudevents+json": "json",
  "application/cloudevents-batch+json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/xml": "xml",
  "text/xml": "xml",
};

const example = `{"type":"fuel_transaction","id":"918273645","revision":1,"number":"0044821","date":"2026-11-20","currency":"USD",
 "dims":{"entity":"01","terminal":"DAL","tractor":"T-1042","driver":"D-77"},
 "vendor":{"id":"LOVES","name":"Love's Travel Stops"},"provider":"EFS","fundedBy":"company","location":{"region":"TX","country":"US"},
 "lines":[{"lineNo":1,"code":"FULSD","product":"ULSD","quantity":{"value":"112.418","uom":"gal"},"unitPrice":"3.6590","amount":"411.34"}],
 "fees":"2.00","discount":"0.00","invoiceTotal":"411.34","netTotal":"413.34"}`;

const source = Type.Optional(
  Type.String({ minLength: 1, maxLength: 100, description: "Source the events come from; a key of a source needs none" }),
);

const eventsSchema = {
  summary: "Send events",
  description:
    "One event, an array, NDJSON, CloudEvents or XML. Every event is stored safely before the answer. One receipt an event, in the order of the message: accepted, duplicate (known already, nothing happens), conflict (same revision, other content) or rejected. Sending a message again is always safe.",
  tags: ["Intake"],
  consumes: Object.keys(formats),
  example,
  querystring: Type.Object({ source }, { additionalProperties: false }),
  response: { 202: Receipts, 422: Problem },
};

const filesSchema = {
  summary: "Send a file",
  description:
    "Streams a file of any size up to the limit. `auto` recognizes the format by its first bytes and name. The same file again changes nothing and answers 200.",
  tags: ["Intake"],
  consumes: ["application/octet-stream", "text/csv", ...Object.keys(formats)],
  params: Type.Object({
    format: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,40}$", description: "auto, fuel-card-csv, edi-210, json, ndjson, xml" }),
  }),
  querystring: Type.Object(
    { name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "File name" })), source },
    { additionalProperties: false },
  ),
  response: { 200: FileReceiptSchema, 202: FileReceiptSchema },
};

/** Where money facts come in. Bodies are handed on as they arrive, never parsed or kept whole here. */
export function inboundRoutes(gateway: Gateway, options: GatewayOptions): void {
  const { engine, messageBytesMax = 32 * mebibyte, fileBytesMax = 2048 * mebibyte } = options;
  gateway.register(async (app: Gateway) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request: unknown, _payload: IncomingMessage, done: (error: Error | null) => void) => done(null));

    app.post(
      "/v1/events",
      { schema: eventsSchema, config: { permission: "send", bodyBytesMax: messageBytesMax } },
      async (request, reply) => {
        const format = formatOf(request.headers["content-type"]);
        const body = watched(request.raw, messageBytesMax);
        const receipts = await engine.ingest(request.actor, { format, body: body.chunks, ...sourceOf(request.query.source) });
        if (body.cutBy() !== null) throw cutOff(body.cutBy()!, receipts);
        if (receipts.some(({ status }) => status === "accepted" || status === "duplicate")) return reply.code(202).send({ receipts });
        const words = { detail: noneTaken(receipts), fix: "Mend the events as the findings of their receipts say and send them again." };
        const refused = { ...problem(422, "events_rejected", request.id, words), receipts };
        return reply.code(422).header("content-type", "application/problem+json; charset=utf-8").send(refused);
      },
    );

    app.post(
      "/v1/files/:format",
      { schema: filesSchema, config: { permission: "send", bodyBytesMax: fileBytesMax } },
      async (request, reply) => {
        const { format } = request.params;
        const body = watched(request.raw, fileBytesMax);
        const name = request.query.name ?? "file";
        const file = { format: format === "auto" ? null : format, name, body: body.chunks, ...sourceOf(request.query.source) };
        const receipt: FileReceipt = await engine.ingestFile(request.actor, file);
        if (body.cutBy() !== null) throw cutOff(body.cutBy()!, receipt.problems);
        return reply.code(receipt.known ? 200 : 202).send(receipt);
      },
    );
  });
}

function sourceOf(given: string | undefined): { sourceId?: string } {
  return given === undefined ? {} : { sourceId: given };
}

function formatOf(contentType: string | undefined): string {
  const bare = contentType?.split(";")[0]!.trim().toLowerCase() ?? "";
  const format = formats[bare];
  if (format !== undefined) return format;
  const seen = bare === "" ? "No Content-Type was sent" : `The Content-Type "${bare}" is not one for events`;
  throw new Fault("format_unknown", `${seen}; known are ${Object.keys(formats).join(", ")}`);
}

/** The body, and whether it was too large: the engine keeps what came before the limit, but the sender must hear of it. */
function watched(raw: IncomingMessage, bytesMax: number): { chunks: MessageBody; cutBy: () => Fault | null } {
  let cut: Fault | null = null;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* readBody(raw, bytesMax);
    } catch (error) {
      if (error instanceof Fault && error.code === "body_too_large") cut = error;
      throw error;
    }
  }
  return { chunks: chunks(), cutBy: () => cut };
}

function cutOff(fault: Fault, receipts: readonly Receipt[]): Fault {
  const taken = receipts.filter(({ status }) => status === "accepted").length;
  const kept = taken === 0 ? "" : `. The first ${taken} events were taken; sending them again is safe`;
  return new Fault(fault.code, fault.message + kept, fault.details, { cause: fault });
}

function noneTaken(receipts: readonly Receipt[]): string {
  if (receipts.length === 0) return "The message holds no event";
  const first = receipts.flatMap(({ place, findings }) =>
    findings.map(({ message }) => (place === "" ? message : `${place}: ${message}`)),
  )[0];
  const count = receipts.length === 1 ? "The event was not taken" : `None of the ${receipts.length} events was taken`;
  return first === undefined ? count : `${count}. ${first}`;
}
