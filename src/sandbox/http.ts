import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parseJson, type Json } from "./json.ts";

/** One request as an emulator sees it. */
export interface SandboxRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON, parsed once; undefined when it is no JSON. */
  json(): Json | undefined;
  /** False when the body has bytes that are not UTF-8. */
  readonly isUtf8: boolean;
  /** Where this server is reached, for links in answers. */
  readonly origin: string;
  /** A fault told the emulator to act as if no idempotency key had come. */
  readonly ignoreKey: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What is sent in the place of the body, where it is no text. */
  readonly bytes?: Buffer;
}

/** More than the largest upload of any system; the systems refuse what is too large for them. */
const bodyBytesMax = 128 * 1024 * 1024;

/** Reads the whole body. A sender may also send too much, or hang up half way. */
export function readBody(message: IncomingMessage): Promise<Buffer | "too large" | "gone"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyBytesMax) chunks.push(chunk);
    });
    message.on("end", () => resolve(size > bodyBytesMax ? "too large" : Buffer.concat(chunks)));
    message.on("error", () => resolve("gone"));
  });
}

export function toRequest(message: IncomingMessage, body: Buffer): SandboxRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  let parsed: { value: Json | undefined } | null = null;
  return {
    method: message.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    headers: message.headers,
    body,
    json() {
      parsed ??= { value: parseJson(body.toString("utf8")) };
      return parsed.value;
    },
    isUtf8: isUtf8(body),
    origin: `http://${message.headers.host ?? "127.0.0.1"}`,
    ignoreKey: false,
  };
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json;charset=UTF-8" }, body: JSON.stringify(value) };
}

export function htmlAnswer(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/html;charset=UTF-8" }, body };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text for HTML and XML, in elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
