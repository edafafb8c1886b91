import { type Company, companyOf, connectCompany, drained, type SandboxProcess, startSandboxProcess, system, unlimited } from "./books.ts";
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
    const emulatorPerSecond = await feedBare(sandbox, events);
    rig = await startRig({ worker: true, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides: unlimited }) });
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
    const ledger = await sandbox.control<{ totals: { debit: string; credit: string } }>(
      "GET",
      `ledger?system=${system}&id=${await companyOf(rig)}`,
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

/** What the emulator can take: the same number of journal entries, sent by a client that does nothing else. */
async function feedBare({ url, control }: SandboxProcess, documents: number): Promise<number> {
  const company = await control<Company>("POST", "companies", { system, template: "trucking" });
  const { accessToken } = await control<{ accessToken: string }>("POST", "tokens", { system, id: company.id });
  const base = `${url}/${system}/v3/company/${company.id}`;
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
