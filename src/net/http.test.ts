import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Fault } from "../core/errors.ts";
import { send, type OutboundRequest } from "./http.ts";

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
});

/** A server that speaks bytes: `onRequest` gets the socket, how many requests came on it, and everything received since the last. */
async function rawServer(onRequest: (socket: Socket, count: number, received: string) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = "";
    let count = 0;
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      const [head, body] = received.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head ?? "")?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      const whole = received;
      received = "";
      onRequest(socket, ++count, whole);
    });
  });
  open.push({ server, sockets });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return new URL(`http://127.0.0.1:${address.port}/books?requestid=secret-in-query`);
}

function answer(body: string, headers = ""): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

function post(url: URL, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    method: "POST",
    url,
    headers: { authorization: "Bearer token-never-shown" },
    body: '{"secret":"body"}',
    timeoutMs: 2_000,
    ...more,
  };
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  return error as Fault;
}

test("a complete answer comes back whole, with its status and headers", async () => {
  const requests: string[] = [];
  const url = await rawServer((socket, _count, received) => {
    requests.push(received);
    socket.write(
      "HTTP/1.1 418 Teapot\r\nX-A: 1\r\nX-A: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nh\u00e9l\r\n".replace("h\u00e9l", "hell"),
    );
    socket.write("1\r\no\r\n0\r\n\r\n");
  });
  const response = await send(post(url));
  expect(response).toMatchObject({ status: 418, text: "hello", headers: { "x-a": "1, 2" } });
  expect(requests[0]).toContain("content-length: 17");
  expect(requests[0]).toContain('{"secret":"body"}');
});

test("sockets are kept and used again", async () => {
  const counts: number[] = [];
  const url = await rawServer((socket, count) => {
    counts.push(count);
    socket.write(answer("ok"));
  });
  await send(post(url));
  await send(post(url));
  expect(counts).toEqual([1, 2]);
});

describe("surely not sent is upstream_unreachable", () => {
  test("connection refused", async () => {
    const url = await rawServer(() => {});
    const { server } = open.pop()!;
    await new Promise((done) => server.close(done));
    expect(await faultOf(send(post(url)))).toMatchObject({ code: "upstream_unreachable", details: { reason: "ECONNREFUSED" } });
  });

  test("name not found", async () => {
    const fault = await faultOf(send(post(new URL("http://books.invalid/"))));
    expect(fault.code).toBe("upstream_unreachable");
  });

  test("the other side speaks no TLS", async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    open.push({ server, sockets });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address() as { port: number };
    const fault = await faultOf(send(post(new URL(`https://127.0.0.1:${address.port}/`))));
    expect(fault.code).toBe("upstream_unreachable");
  });

  test("aborted before a connection stood", async () => {
    const url = await rawServer((socket) => socket.write(answer("ok")));
    expect((await faultOf(send(post(url, { signal: AbortSignal.abort() })))).code).toBe("upstream_unreachable");
    const abort = new AbortController();
    const sending = faultOf(send(post(url, { signal: abort.signal })));
    abort.abort();
    expect((await sending).code).toBe("upstream_unreachable");
  });

  test("the deadline passes while every socket to that host is busy", async () => {
    const url = await rawServer(() => {});
    const busy = Array.from({ length: 20 }, () => faultOf(send(post(url, { timeoutMs: 400 }))));
    const queued = await faultOf(send(post(url, { timeoutMs: 100 })));
    expect(queued.code).toBe("upstream_unreachable");
    for (const fault of await Promise.all(busy)) expect(fault.code).toBe("upstream_silent");
  });
});

describe("anything after the first byte may have left is upstream_silent", () => {
  const cases: { name: string; act: (socket: Socket) => void; reason: RegExp; more?: Partial<OutboundRequest> }[] = [
    { name: "no answer in time", act: () => {}, reason: /^timeout$/, more: { timeoutMs: 150 } },
    { name: "reset", act: (socket) => socket.resetAndDestroy(), reason: /ECONNRESET/ },
    { name: "closed without an answer", act: (socket) => socket.end(), reason: /ECONNRESET/ },
    {
      name: "body shorter than its content-length",
      act: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"Bill":'),
      reason: /truncated/,
    },
    {
      name: "chunked body without its last chunk",
      act: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"Bi\r\n'),
      reason: /truncated/,
    },
    { name: "no HTTP at all", act: (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"), reason: /HPE_/ },
    {
      name: "a body that drips past the deadline",
      act: (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
      reason: /^timeout$/,
      more: { timeoutMs: 150 },
    },
    {
      name: "an answer larger than allowed",
      act: (socket) => socket.write(answer("x".repeat(5_000))),
      reason: /too_large/,
      more: { maxBytes: 4_999 },
    },
  ];
  for (const { name, act, reason, more } of cases) {
    test(name, async () => {
      const fault = await faultOf(send(post(await rawServer(act), more)));
      expect(fault.code).toBe("upstream_silent");
      expect(fault.details.reason).toMatch(reason);
    });
  }

  test("a kept socket that the server closes as we write to it", async () => {
    const url = await rawServer((socket, count) => (count === 1 ? socket.write(answer("ok")) : socket.resetAndDestroy()));
    await send(post(url));
    expect((await faultOf(send(post(url)))).code).toBe("upstream_silent");
  });

  test("a used socket handed to a request that waited for one, and reset then", async () => {
    const waiting: Socket[] = [];
    const url = await rawServer((socket, count) => {
      if (count === 2) return socket.resetAndDestroy();
      waiting.push(socket);
      if (waiting.length === 20) for (const each of waiting) each.write(answer("ok"));
    });
    const first = Array.from({ length: 20 }, () => send(post(url)));
    const queued = faultOf(send(post(url)));
    expect(await Promise.all(first)).toHaveLength(20);
    expect((await queued).code).toBe("upstream_silent");
  });

  test("an answer of exactly the allowed size is taken", async () => {
    const url = await rawServer((socket) => socket.write(answer("x".repeat(5_000))));
    expect((await send(post(url, { maxBytes: 5_000 }))).text).toHaveLength(5_000);
  });

  test("abort after sending", async () => {
    const abort = new AbortController();
    const url = await rawServer(() => abort.abort());
    expect(await faultOf(send(post(url, { signal: abort.signal })))).toMatchObject({
      code: "upstream_silent",
      details: { reason: "aborted" },
    });
  });
});

test("faults tell where, never what was sent", async () => {
  const silent = await faultOf(send(post(await rawServer((socket) => socket.resetAndDestroy()))));
  const unreachable = await faultOf(send(post(new URL("http://books.invalid/path?requestid=secret-in-query"))));
  for (const fault of [silent, unreachable]) {
    const all = [fault.message, fault.stack, JSON.stringify(fault.details), String(fault.cause)].join("\n");
    expect(all).not.toMatch(/token-never-shown|secret/);
    expect(fault.details.host).toBeTruthy();
  }
});
