import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterEach } from "vitest";

/** One request as a scripted server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly raw: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly authorization: string;
  readonly contentType: string;
}

/** What it answers: text as it is, anything else as JSON. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** A server that plays a script, for what no emulator does by itself. It closes when the test ends. */
export async function scriptedServer(answer: (seen: Seen, count: number) => ScriptedAnswer): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://scripted");
      const { authorization = "", "content-type": contentType = "" } = request.headers;
      const told = { method: request.method ?? "", path: pathname, query: searchParams, headers: request.headers };
      const one: Seen = { ...told, raw, body: raw.toString("utf8"), authorization, contentType };
      seen.push(one);
      const { status = 200, body: content, headers = {} } = answer(one, seen.length);
      response.writeHead(status, { "content-type": "application/json", intuit_tid: `tid-${seen.length}`, ...headers });
      response.end(typeof content === "string" ? content : JSON.stringify(content));
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return { url: `http://127.0.0.1:${address.port}`, seen };
}
