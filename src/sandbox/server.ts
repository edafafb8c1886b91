import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClock } from "./clock.ts";
import { createControl } from "./control.ts";
import { createDelivery } from "./delivery.ts";
import type { Emulator } from "./emulator.ts";
import { createFaults } from "./faults.ts";
import { jsonAnswer, readBody, toRequest, type Answer } from "./http.ts";
import { ledgerTables } from "./ledger.ts";
import { createLimits } from "./limits.ts";
import { createNetSuite, netSuiteTables } from "./netsuite/emulator.ts";
import { createQuickBooksOnline, quickBooksTables } from "./quickbooks-online/emulator.ts";
import { createRequestLog } from "./request-log.ts";
import { createSageIntacct, sageIntacctTables } from "./sage-intacct/emulator.ts";
import { openStorage, settingsTable } from "./storage.ts";

export interface SandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string;
  /** SQLite file that keeps the books over a restart; null or absent: memory. */
  readonly dataFile?: string | null;
  /** First seed of the fault dice. */
  readonly seed?: number;
  readonly now?: () => number;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the emulated accounting systems with their control API on one port. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? "127.0.0.1";
  const storage = openStorage(options.dataFile ?? null, [
    settingsTable,
    ...ledgerTables,
    ...quickBooksTables,
    ...sageIntacctTables,
    ...netSuiteTables,
  ]);
  const clock = createClock(options.now ?? Date.now, storage);
  const limits = createLimits(clock, storage);
  const faults = createFaults(options.seed ?? 1);
  const log = createRequestLog();
  const surroundings = { storage, clock, limits };
  const emulators: readonly Emulator[] = [
    createQuickBooksOnline(surroundings),
    createSageIntacct(surroundings),
    createNetSuite(surroundings),
  ];
  const control = createControl({ emulators, storage, clock, limits, faults, log });
  const delivery = createDelivery({ emulators, clock, limits, faults, log });

  const server = createServer((message, response) => {
    void serve(message, response).catch((error: unknown) => {
      console.error(error);
      if (response.headersSent) response.destroy();
      else send(response, jsonAnswer(500, { error: "The sandbox itself failed; see its log" }));
    });
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    if (body === "gone") return;
    if (body === "too large") return send(response, jsonAnswer(413, { error: "The body is too large" }));
    const request = toRequest(message, body);
    if (request.path.startsWith("/_control/")) return send(response, control(request, message.socket.remoteAddress ?? ""));
    await delivery.deliver(request, response);
  }

  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    async close() {
      delivery.stop();
      for (const emulator of emulators) emulator.stop?.();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      storage.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  // A client pool may keep a line longer than Node's five seconds; closing first would look like a fault nobody planned.
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 125_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

function send(response: ServerResponse, answer: Answer): void {
  const content = answer.bytes ?? answer.body;
  response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(content) });
  response.end(content);
}
