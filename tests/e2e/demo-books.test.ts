import { afterEach, describe, expect, test } from "vitest";
import { count, createDemoProcess, type DemoProcess } from "../setup/demo-process.ts";

/* The demo with other books than QuickBooks Online. A good part of the month is followed: all of it takes longer than a test may. */

interface Entry {
  readonly operation: string;
  readonly entity: string;
  readonly id: string;
  readonly number: string | null;
  readonly lines: readonly {
    readonly account: string;
    readonly debit: string;
    readonly credit: string;
    readonly dimensions: Readonly<Record<string, string>>;
  }[];
}
interface Ledger {
  readonly entries: readonly Entry[];
  readonly totals: { readonly debit: string; readonly credit: string };
}

let demo: DemoProcess | null = null;
afterEach(() => demo?.remove());

/** Starts a new demo with these books and waits until part of the month is in them. Answers its ledger. */
async function start(system: string, posted: number): Promise<{ ledger: Ledger; demo: DemoProcess }> {
  demo = await createDemoProcess({ LEDGERLANE_DEMO_BOOKS: system });
  await demo.start();
  await demo.reached((now) => now.accepted.count > 3_500 && count(now, "posted") >= posted);
  const ledger = await demo.control<Ledger>("GET", `ledger?system=${system}&id=${demo.access().company}`);
  return { ledger, demo };
}

const documentsOf = ({ entries }: Ledger): Entry[] => entries.filter(({ operation, lines }) => operation === "create" && lines.length > 0);

/** Each document is there once, and all of them together balance. */
function expectOnceAndBalanced(ledger: Ledger, atLeast: number): void {
  const documents = documentsOf(ledger);
  expect(documents.length).toBeGreaterThanOrEqual(atLeast);
  const names = documents.map(({ entity, number }) => `${entity} ${number}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(ledger.totals.debit).toBe(ledger.totals.credit);
  for (const { entity, number, lines } of documents) {
    const cents = lines.map(({ debit, credit }) => Number(debit.replace(".", "")) - Number(credit.replace(".", "")));
    expect([entity, number, cents.reduce((sum, each) => sum + each, 0)]).toEqual([entity, number, 0]);
  }
}

/** How many documents have the dimension on a line. */
const withDimension = (ledger: Ledger, name: string): number =>
  documentsOf(ledger).filter(({ lines }) => lines.some(({ dimensions }) => (dimensions[name] ?? "") !== "")).length;

describe("LEDGERLANE_DEMO_BOOKS", () => {
  test("sage-intacct: the month goes to Intacct once, with terminal, division, unit, driver and load", { timeout: 150_000 }, async () => {
    const { ledger } = await start("sage-intacct", 800);
    expectOnceAndBalanced(ledger, 800);
    for (const dimension of ["location", "class", "unit", "employee"]) expect(withDimension(ledger, dimension)).toBeGreaterThan(500);
    expect(withDimension(ledger, "project")).toBeGreaterThan(100);
    const terminals = documentsOf(ledger).flatMap(({ lines }) => lines.map(({ dimensions }) => dimensions["location"]));
    expect([...new Set(terminals)]).toEqual(expect.arrayContaining(["DAL", "CHI", "ATL"]));
  });

  test("netsuite: the month goes to one of two subsidiaries, and a trip between the two stands in both", { timeout: 150_000 }, async () => {
    const { ledger } = await start("netsuite", 800);
    expectOnceAndBalanced(ledger, 800);
    for (const dimension of ["department", "class"]) expect(withDimension(ledger, dimension)).toBeGreaterThan(500);
    const legs = (entity: string, number: string) =>
      documentsOf(ledger)
        .find((entry) => entry.entity === entity && entry.number === number)
        ?.lines.map(({ account, debit, credit }) => [account, debit, credit]);
    expect(legs("invoice", "IC1-SALE")).toContainEqual(["1100", "2400.00", "0.00"]);
    expect(legs("vendorBill", "IC1-DRIVEN")).toContainEqual(["2020", "0.00", "2000.00"]);
    expect(legs("invoice", "IC1-DRIVEN")).toContainEqual(["1100", "2000.00", "0.00"]);
  });
});
