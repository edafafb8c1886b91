import { existsSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Call, Failed, WrongUse } from "./command.ts";
import { sentence } from "./format.ts";

/** The running server, as the client commands ask it. Answers are the contract's JSON. */
export interface Client {
  readonly get: <T>(path: string, query?: Readonly<Record<string, string | undefined>>) => Promise<T>;
  readonly send: <T>(method: "POST" | "PUT", path: string, body: unknown) => Promise<T>;
  /** Streams a body of any size. */
  readonly upload: <T>(path: string, body: Readable) => Promise<T>;
}

/** Finds the server and the key: flags first, then the environment, then the running demo's file. */
export function connect(call: Call): Client {
  const config = call.config();
  const file = join(config.dataDir, "demo.json");
  const demo = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { url?: string; key?: string }) : {};
  // The demo writes the address it really got; another one is meant only where host or port were set to something else.
  const isOther = (config.host !== "127.0.0.1" || config.port !== 4400) && config.port !== 0;
  const url = call.text("url") ?? config.publicUrl ?? (isOther ? undefined : demo.url) ?? `http://${config.host}:${config.port}`;
  const key = call.text("key") ?? config.demoKey ?? demo.key;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new WrongUse(`"${url}" is no http address.`);
  if (key === undefined) {
    throw new Failed(
      `No API key: nothing was found in ${file}. Start the demo with \`npm start\`, or hand one in with --key or LEDGERLANE_DEMO_KEY.`,
    );
  }
  return clientOf(url.replace(/\/+$/, ""), key);
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly body?: Readable | string;
}

function clientOf(url: string, key: string): Client {
  const ask = async <T>(out: Outgoing): Promise<T> => readAnswer<T>(await exchange(url, key, out), url);
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
      return ask({ method: "GET", path: given.length === 0 ? path : `${path}?${new URLSearchParams(given)}` });
    },
    send: (method, path, body) => ask({ method, path, body: JSON.stringify(body) }),
    upload: (path, body) => ask({ method: "POST", path, body }),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One exchange without a time limit of its own: a large file is answered when all of it is taken. */
async function exchange(url: string, key: string, { method, path, body }: Outgoing): Promise<Answer> {
  const target = new URL(url + path);
  const type = body === undefined ? {} : { "content-type": typeof body === "string" ? "application/json" : "application/octet-stream" };
  const request = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, {
    method,
    headers: { authorization: `Bearer ${key}`, accept: "application/json", ...type },
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
    });
  });
  answer.catch(() => undefined); // Told below, together with a failure to send.
  try {
    if (body === undefined || typeof body === "string") request.end(body);
    else await Promise.race([pipeline(body, request), answer]); // An early answer is an answer: the rest need not be sent.
    return await answer;
  } catch (error) {
    throw unreachable(url, error);
  }
}

function unreachable(url: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") return error as Error;
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH" || code === "ETIMEDOUT") {
    return new Failed(`Nothing answers at ${url}. Start it with \`npm start\`, or name another address with --url.`, { cause: error });
  }
  return new Failed(`The connection to ${url} broke (${message}). Run the command again: what was taken already changes nothing.`, {
    cause: error,
  });
}

function readAnswer<T>({ status, text }: Answer, url: string): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new Failed(`${url} answered ${status}, and not as Ledgerlane does. Is this the right address?`, { cause });
  }
  if (status >= 200 && status < 300) return body as T;
  const { detail, fix, errors = [] } = body as { detail?: string; fix?: string; errors?: { pointer: string; detail: string }[] };
  const places = errors.map((place) => `  ${place.pointer} ${place.detail}`);
  throw new Failed([sentence(detail ?? `The server answered ${status}`), ...places, fix ?? ""].filter((line) => line !== "").join("\n"));
}
