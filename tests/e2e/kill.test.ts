import { afterAll, beforeAll, expect, test } from "vitest";
import { count, createDemoProcess, type DemoProcess, open } from "../setup/demo-process.ts";

const system = "quickbooks-online";

interface OracleEntry {
  readonly operation: string;
  readonly entity: string;
  readonly number: string | null;
  readonly lines: readonly { readonly account: string; readonly debit: string; readonly credit: string }[];
}

let demo: DemoProcess;
beforeAll(async () => {
  demo = await createDemoProcess();
});
afterAll(() => demo.remove());

test("killed with -9 ten times while a month drains into books that lose 5 % of their answers: every document is there once", {
  timeout: 240_000,
}, async () => {
  let expected = 0;
  for (let kill = 0; kill < 10; kill++) {
    await demo.start();
    // The answer of one call in twenty is lost after the commit, and calls are slow enough to be caught in the middle.
    const lost = { system, match: { method: "POST" }, kind: "commit_then_cut", probability: 0.05 };
    const slow = { system, match: { path: "/batch" }, kind: "delay", ms: 60, probability: 1 };
    await demo.control("PUT", "faults", { seed: 100 + kill, rules: [lost, slow] });
    // A different moment each time: in the intake, among the first parties, and ever further into the month.
    const moment = Math.max(1, Math.floor(((kill + 1) / 12) * Math.max(expected, 600)));
    await demo.reached((now) => count(now, "posted") >= moment);
    expected = Math.max(expected, (await demo.status()).accepted.count);
    await demo.stop("SIGKILL");
  }
  await demo.start();
  await demo.control("PUT", "faults", {
    seed: 1,
    rules: [{ system, match: { method: "POST" }, kind: "commit_then_cut", probability: 0.05 }],
  });
  await demo.reached((now) => open(now) === 0 && now.accepted.count > 3_000);

  expect((await demo.status()).addsUp).toBe(true);
  const postings = await listPostings();
  const ledger = `ledger?system=${system}&id=${demo.access().company}`;
  const { entries, totals } = await demo.control<{ entries: OracleEntry[]; totals: { debit: string; credit: string } }>("GET", ledger);
  const created = entries.filter(({ operation, lines }) => operation === "create" && lines.length > 0);
  expect(created.length).toBeGreaterThan(3_000);
  expect(created.length).toBe(postings.length);
  const names = created.map(({ entity, number }) => `${entity} ${number}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(totals.debit).toBe(totals.credit);
  // The money in the books is the money we say was posted.
  const ours = postings.reduce((sum, { document }) => sum + cents(document.total), 0n);
  const theirs = created.reduce((sum, { lines }) => sum + lines.reduce((debit, line) => debit + cents(line.debit), 0n), 0n);
  expect(theirs).toBe(ours);
});

interface PostingRow {
  readonly id: string;
  readonly document: { readonly kind: string; readonly total: string };
}

/** Everything that was ever posted: reversed postings stay in the books' history. */
async function listPostings(): Promise<PostingRow[]> {
  const rows: PostingRow[] = [];
  for (const state of ["posted", "voided"]) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: PostingRow[]; nextCursor: string | null } = await demo.get(`/v1/postings?state=${state}&limit=200${after}`);
      rows.push(...page.items.filter(({ document }) => document.kind !== "vendor" && document.kind !== "customer"));
      cursor = page.nextCursor;
    }
  }
  return rows;
}

function cents(amount: string): bigint {
  return BigInt(amount.replace(".", ""));
}
