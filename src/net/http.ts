import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { Fault } from "../core/errors.ts";

/** One request to somebody else's server. */
export interface OutboundRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange: waiting for a socket, connecting, sending, and reading the answer to its end. */
  readonly timeoutMs: number;
  /** Largest answer taken, in bytes; 32 MiB when left out. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const connectTimeoutMs = 5_000;
const maxBytesDefault = 32 * 1024 * 1024;

/**
 * Idle sockets are dropped after four seconds. A server may close an idle socket just as we write to it, and for a POST
 * that cannot be told from a request that ran: a short idle life makes it rare.
 */
const pool = { keepAlive: true, maxSockets: 20, maxFreeSockets: 10, timeout: 4_000 } as const;
const httpAgent = new HttpAgent(pool);
const httpsAgent = new HttpsAgent(pool);

/**
 * The one outbound HTTP call. Any complete answer is returned, whatever its status; redirects are not followed.
 *
 * Faults: `upstream_unreachable` only when surely no byte of the request left (name not found, refused, TLS failure,
 * connect time-out, abort before a connection stood). Everything later (time-out, reset, cut or oversized answer) is
 * `upstream_silent`: the request may have run. Neither carries headers, bodies or the query string.
 */
export function send(request: OutboundRequest): Promise<OutboundResponse> {
  const { url, signal } = request;
  if (signal?.aborted) return Promise.reject(faultOf(request, { mayHaveLeft: false, reason: "aborted" }));

  return new Promise((resolve, reject) => {
    const exchange = start(request);
    const progress = watchConnection(exchange, url.protocol === "https:");
    let settled = false;
    let answered = false;
    const onAbort = (): void => fail("aborted");
    const deadline = setTimeout(() => fail("timeout"), request.timeoutMs);

    function settle(): boolean {
      if (settled) return false;
      settled = true;
      clearTimeout(deadline);
      progress.stop();
      signal?.removeEventListener("abort", onAbort);
      return true;
    }
    function fail(reason: string): void {
      if (!settle()) return;
      const fault = faultOf(request, { mayHaveLeft: progress.mayHaveLeft(), reason });
      exchange.destroy();
      reject(fault);
    }

    progress.onConnectTimeout(() => fail("connect_timeout"));
    signal?.addEventListener("abort", onAbort, { once: true });
    // Stays in place after the end: a late error of a destroyed socket must not become an uncaught one.
    exchange.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    exchange.on("close", () => answered || fail("closed"));
    exchange.on("response", (response) => {
      answered = true;
      readText(response, request.maxBytes ?? maxBytesDefault).then(
        (text) => {
          if (settle()) resolve({ status: response.statusCode ?? 0, headers: flatten(response), text });
        },
        (error: unknown) => fail(error instanceof Error ? error.message : "cut"),
      );
    });
    exchange.end(request.body);
  });
}

function start({ url, method, headers, body }: OutboundRequest): ClientRequest {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...headers, ...length } };
  if (url.protocol === "https:") return httpsRequest(url, { ...options, agent: httpsAgent });
  if (url.protocol === "http:") return httpRequest(url, { ...options, agent: httpAgent });
  throw new TypeError(`Only http and https can be called, not ${url.protocol}`);
}

/** Knows whether a byte of the request may have left: from the moment a connection stands, or a used one is handed out. */
function watchConnection(exchange: ClientRequest, secure: boolean) {
  let mayHaveLeft = false;
  let timer: NodeJS.Timeout | undefined;
  let onTimeout = (): void => {};

  exchange.once("socket", (socket: Socket) => {
    if (!socket.connecting) {
      mayHaveLeft = true;
      return;
    }
    timer = setTimeout(() => onTimeout(), connectTimeoutMs);
    socket.once(secure ? "secureConnect" : "connect", () => {
      mayHaveLeft = true;
      clearTimeout(timer);
    });
  });
  return {
    mayHaveLeft: () => mayHaveLeft,
    onConnectTimeout: (act: () => void) => {
      onTimeout = act;
    },
    stop: () => clearTimeout(timer),
  };
}

/** Reads to the end, counting as it goes. Fails when the answer is longer than allowed or ends before it is complete. */
async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Error("truncated");
  }
  if (bytes > maxBytes) throw new Error("too_large");
  if (!response.complete) throw new Error("truncated");
  return Buffer.concat(chunks).toString("utf8");
}

function flatten(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

/** Only method, host and path are told: query strings, headers and bodies can hold secrets. */
function faultOf({ method, url }: OutboundRequest, { mayHaveLeft, reason }: { mayHaveLeft: boolean; reason: string }): Fault {
  const details = { method, host: url.host, path: url.pathname, reason };
  if (mayHaveLeft)
    return new Fault("upstream_silent", `${url.host} gave no complete answer (${reason}); the request may have run`, details);
  return new Fault("upstream_unreachable", `${url.host} cannot be reached (${reason}); nothing was sent`, details);
}
