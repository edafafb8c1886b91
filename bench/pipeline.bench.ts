import { inOrganization } from "../src/store/database.ts";
import { countEvents } from "../src/store/search-status.ts";
import { type Company, connect, type Pair, readControl, startSandboxProcess, system } from "./emulator.ts";
import { fuelEvents, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

/**
 * Documents a second from the first byte of the first event to the last posting, into an emulator without limits, with
 * database, gateway, worker and emulator on this one machine. The yardstick is the emulator itself, fed the same number
 * of documents by a bare client in the same batches.
 */
async function pipeline(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const events = size === "full" ? 6_000 : 500;
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    const emulatorPerSecond = await feedBare(sandbox.url, events);
    rig = await startRig({ worker: true, books: (core, ids) => connect(sandbox.url, core, ids) });
    const made = fuelEvents(events);
    const bodies = Array.from({ length: Math.ceil(events / 100) }, (_, index) =>
      JSON.stringify(made.slice(index * 100, (index + 1) * 100)),
    );
    let rssMax = 0;
    const watch = setInterval(() => {
      rssMax = Math.max(rssMax, process.memoryUsage.rss());
    }, 100);
    const start = performance.now();
    await sendBatches(rig, bodies, 2);
    const takenIn = (performance.now() - start) / 1_000;
    await drained(rig, events);
    const seconds = (performance.now() - start) / 1_000;
    clearInterval(watch);
    const ledger = await readControl<{ totals: { debit: string; credit: string } }>(
      sandbox.url,
      `ledger?system=quickbooks-online&id=${await companyOf(rig)}`,
    );
    return {
      documents: events,
      documentsPerSecond: Math.round(events / seconds),
      secondsToTakeIn: Number(takenIn.toFixed(2)),
      yardstick: "a bare client posting as many journal entries to the emulator in batches of 25",
      yardstickPerSecond: Math.round(emulatorPerSecond),
      ratio: Number((events / seconds / emulatorPerSecond).toFixed(3)),
      rssMaxMiB: Math.round(rssMax / 2 ** 20),
      debit: ledger.totals.debit,
      credit: ledger.totals.credit,
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

async function companyOf(rig: Rig): Promise<string> {
  const [row] = await inOrganization(rig.core.database, rig.organizationId, (tx) =>
    tx.rows<{ company: string }>({ name: "bench_company", text: "select company from books" }),
  );
  return row!.company;
}

async function drained(rig: Rig, events: number): Promise<void> {
  for (;;) {
    const { counts } = await inOrganization(rig.core.database, rig.organizationId, countEvents);
    const posted = counts.filter(({ stage }) => stage === "posted").reduce((sum, row) => sum + row.count, 0);
    const stuck = counts.filter(({ stage }) => stage === "review" || stage === "held").reduce((sum, row) => sum + row.count, 0);
    if (stuck > 0) throw new Error(`${stuck} events went to review`);
    if (posted === events) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What the emulator can take: the same number of journal entries, sent by a client that does nothing else. */
async function feedBare(url: string, documents: number): Promise<number> {
  const company = await readControl<Company>(url, "companies", { system, template: "trucking" });
  const { accessToken } = await readControl<Pair>(url, "tokens", { system, id: company.id });
  const base = `${url}/quickbooks-online/v3/company/${company.id}`;
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/json", "content-type": "application/json" };
  const found = await fetch(`${base}/query?query=${encodeURIComponent("select * from Account maxresults 1000")}`, { headers });
  const accounts = ((await found.json()) as { QueryResponse: { Account: { Id: string; AcctNum: string }[] } }).QueryResponse.Account;
  const [diesel, clearing] = ["5210", "2050"].map((number) => accounts.find(({ AcctNum }) => AcctNum === number)!.Id);
  const line = (type: string, id: string) => ({
    DetailType: "JournalEntryLineDetail",
    Amount: 100,
    JournalEntryLineDetail: { PostingType: type, AccountRef: { value: id } },
  });
  const start = performance.now();
  for (let sent = 0; sent < documents; sent += 25) {
    const items = Array.from({ length: 25 }, (_, index) => ({
      bId: `b${index}`,
      operation: "create",
      JournalEntry: { DocNumber: `Y-${sent + index}`, Line: [line("Debit", diesel!), line("Credit", clearing!)] },
    }));
    const response = await fetch(`${base}/batch?requestid=y${sent}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ BatchItemRequest: items }),
    });
    const text = await response.text();
    if (!response.ok || text.includes('"Fault"')) throw new Error(`The emulator refused: ${text.slice(0, 500)}`);
  }
  return documents / ((performance.now() - start) / 1_000);
}

report("pipeline", await pipeline(sizeAsked()));
