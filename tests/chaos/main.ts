import { type ChildProcess, fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createDice } from "../simulate/time.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, type Ledger, system } from "../setup/installation.ts";
import { type Server, startServer, wait } from "./database.ts";
import { type Proxy, startProxy } from "./proxy.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "5000" },
    kills: { type: "string", default: "50" },
    crashes: { type: "string" },
    ambiguous: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "3" },
  },
});
const documents = Number(values.documents);
const kills = Number(values.kills);
const crashes = Number(values.crashes ?? Math.ceil(kills / 5));
const ambiguous = Number(values.ambiguous) / 100;
const dice = createDice(Number(values.seed));
const began = performance.now();
const done = { workerKills: 0, postmasterKills: 0, immediateStops: 0, diskFull: 0, linesCut: 0 };

/** Worker processes that are started again whenever they end. */
function startWorkers(server: Server, at: Installation) {
  const running = new Map<number, ChildProcess>();
  let isOver = false;
  const start = (slot: number): void => {
    const env = {
      PATH: process.env["PATH"],
      DATABASE_URL: server.url,
      CHAOS_MASTER_KEY: at.parts.masterKey.toString("base64"),
      CHAOS_SKEW_MS: String([0, 25 * 60_000, -25 * 60_000][slot % 3]),
    };
    const program = fileURLToPath(new URL("./worker.ts", import.meta.url));
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], { env, stdio: "ignore" });
    running.set(slot, child);
    child.once("exit", () => isOver || setTimeout(() => isOver || start(slot), 100));
  };
  for (let slot = 0; slot < Number(values.workers); slot++) start(slot);
  return {
    killOne: () => {
      running.get(dice.between(0, running.size - 1))!.kill("SIGKILL");
      done.workerKills += 1;
    },
    stop: async () => {
      isOver = true;
      for (const child of running.values()) child.kill("SIGKILL");
      await wait(200);
    },
  };
}

/** Sends until it is taken: a crash in between makes it a duplicate, nothing worse. */
async function persist<T>(what: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await what();
    } catch (error) {
      if (tries === 200) throw error;
      await wait(250);
    }
  }
}

async function intake(at: Installation): Promise<void> {
  for (let sent = 0; sent < documents; sent += 200) {
    const count = Math.min(200, documents - sent);
    const events = Array.from({ length: count }, (_, index) => fuel(`c-${sent + index}`, `${1 + ((sent + index) % 900)}.25`));
    await persist(() => at.send(...events));
  }
}

const countPosted = (at: Installation) =>
  persist(async () => (await at.rows<{ n: number }>("select count(*)::int as n from postings where state = 'posted'"))[0]!.n);

async function strike(server: Server, workers: ReturnType<typeof startWorkers>, books: Proxy, isCrash: boolean): Promise<void> {
  workers.killOne();
  books.delayMs = dice.chance(0.3) ? dice.between(1, 150) : 0;
  if (dice.chance(0.3)) done.linesCut += books.cut();
  if (dice.chance(0.1)) done.linesCut += server.proxy.cut();
  if (!isCrash) return;
  const struck = done.diskFull + done.postmasterKills + done.immediateStops;
  if (server.fillDisk !== null && struck % 5 === 1) {
    done.diskFull += 1;
    return server.fillDisk(2_000);
  }
  const signal = dice.oneOf(["SIGKILL", "SIGQUIT"] as const);
  if (signal === "SIGKILL") done.postmasterKills += 1;
  else done.immediateStops += 1;
  await server.crash(signal);
}

/** What the books and we say, compared document by document. */
async function compare(at: Installation, ledger: Ledger) {
  const created = ledger.entries.filter(({ operation, entity }) => operation === "create" && entity === "JournalEntry");
  const byNumber = Map.groupBy(created, ({ number }) => number);
  const ours = await at.rows<{ number: string; state: string; id: string | null; total: bigint; adopted: boolean }>(
    "select d.number, p.state, p.provider_id as id, d.total_minor as total, p.adopted from postings p join documents d on d.document_id = p.document_id",
  );
  const cents = (amount: string) => BigInt(amount.replace(".", ""));
  const theirs = created.reduce((sum, { lines }) => sum + lines.reduce((debit, line) => debit + cents(line.debit), 0n), 0n);
  const disagree = ours.filter(({ number, state, id }) => state !== "posted" || byNumber.get(number)?.[0]?.id !== id).length;
  return {
    inTheBooks: created.length,
    duplicates: created.length - byNumber.size,
    losses: documents - byNumber.size,
    disagreements: disagree + Math.abs(ours.length - byNumber.size),
    centsApart: String(theirs - ours.reduce((sum, { total }) => sum + total, 0n)),
    foundByLookUp: ours.filter(({ adopted }) => adopted).length,
  };
}

async function run(): Promise<boolean> {
  const server = await startServer(1_024 + Math.ceil(documents / 20));
  const sandbox = fork(fileURLToPath(new URL("../../src/sandbox/child.ts", import.meta.url)), ["0"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const emulator = await new Promise<string>((resolve) => sandbox.once("message", (message) => resolve((message as { url: string }).url)));
  const books = await startProxy(Number(new URL(emulator).port));
  await migrate(server.url);
  const database = openDatabase(server.url, { max: 4 });
  const overrides = { executionLimitMs: 2_000, requestsPerSecond: 10_000, requestsPerMinute: 600_000, batchesPerMinute: 600_000 };
  const at = await install(database, { url: `http://127.0.0.1:${books.port}` }, { overrides });
  const control = async <T>(method: "GET" | "PUT", path: string, body?: unknown): Promise<T> => {
    const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await (await fetch(`${emulator}/_control/${path}`, { method, ...sent })).json()) as T;
  };
  const rule = (kind: string, probability: number, more = {}) => ({
    system,
    match: { method: "POST", path: "/batch" },
    kind,
    probability,
    ...more,
  });
  const rules = [rule("commit_then_cut", ambiguous / 2), rule("cut", ambiguous / 4), rule("late_commit", ambiguous / 4, { ms: 500 })];
  await control("PUT", "faults", { seed: Number(values.seed), rules });
  const workers = startWorkers(server, at);
  try {
    const taken = intake(at);
    const total = Math.max(kills, crashes);
    for (let round = 0; round < total; round++) {
      // Spread over the whole run, and not so close that nothing moves in between.
      const target = Math.floor((documents * round) / total);
      const deadline = performance.now() + 15_000;
      while ((await countPosted(at)) < target && performance.now() < deadline) await wait(50);
      await wait(dice.between(100, 1_200));
      await strike(server, workers, books, Math.floor(((round + 1) * crashes) / total) > Math.floor((round * crashes) / total));
      if (round % 25 === 24) console.error(`${round + 1} of ${total} rounds, ${await countPosted(at)} posted`);
    }
    books.delayMs = 0;
    await taken;
    const last = performance.now() + 600_000 + documents * 20;
    while ((await countPosted(at)) < documents && performance.now() < last) await wait(500);
    const ledger = await control<Ledger>("GET", `ledger?system=${system}&id=${at.company}`);
    const result = await persist(() => compare(at, ledger));
    const seconds = Math.round((performance.now() - began) / 1_000);
    const diskFull = server.fillDisk === null ? "not possible: no file system may be mounted here" : done.diskFull;
    console.log(JSON.stringify({ documents, ambiguousPercent: ambiguous * 100, ...done, diskFull, ...result, seconds }));
    return result.duplicates + result.losses + result.disagreements === 0 && result.centsApart === "0";
  } finally {
    await workers.stop();
    await database.close().catch(() => undefined);
    await books.close();
    sandbox.disconnect();
    await server.close();
  }
}

process.exit((await run()) ? 0 : 1);
