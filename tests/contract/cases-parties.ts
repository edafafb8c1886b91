import { expect, test } from "vitest";
import type { PartyRecord } from "../../src/connectors/accounting/connector.ts";
import { newKey, outcome, posted, type Bench } from "./world.ts";

const party = (kind: PartyRecord["kind"], id: string, name: string): PartyRecord => ({ kind, id, name, currency: "USD" });

/** Vendors and customers: created once, found by name, told apart. */
export function partyCases(bench: () => Promise<Bench>): void {
  const names = [
    "Love's Travel Stops #714",
    'Señor "Big Rig" \\ Hnos.',
    "Speedy 🚚 Freight",
    "Müller & Söhne GmbH (50%)",
    "Parent: Child Trucking",
    "  Blanks   Inc ",
  ];
  for (const name of names) {
    test(`a party called ${JSON.stringify(name)} is created and found again`, async () => {
      const books = await bench();
      for (const kind of ["vendor", "customer"] as const) {
        const item = { key: newKey(), postable: party(kind, `id-${kind}`, `${name} ${kind}`) };
        const record = posted(await books.postOne(item));
        expect(record).toMatchObject({ sameContent: true, ours: true, active: true });
        expect((await books.connector.find([item], books.lookup)).get(item.key)).toEqual([record]);
      }
    });
  }

  test("many parties in one batch", async () => {
    const books = await bench();
    const items = Array.from({ length: 20 }, (_, index) => ({
      key: newKey(),
      postable: party(index % 2 ? "vendor" : "customer", `B-${index}`, `Batch party ${index}`),
    }));
    const results = await books.connector.post(items, books.lookup);
    expect(results.map(outcome)).toEqual(items.map(() => "posted"));
    expect((await books.connector.find(items, books.lookup)).size).toBe(20);
  });
}

/** Names that somebody holds already, and parties that are gone. */
export function namesakeCases(bench: () => Promise<Bench>): void {
  test("a party that exists is found whatever its case, and adopted", async () => {
    const books = await bench();
    const there = posted(await books.postOne({ key: newKey(), postable: party("vendor", "OLD-1", "Pilot Travel Centers") }));
    const item = { key: newKey(), postable: party("vendor", "NEW-1", "PILOT travel centers") };
    expect(outcome(await books.postOne(item))).toBe("number_taken");
    expect((await books.connector.find([item], books.lookup)).get(item.key)).toMatchObject([
      { providerId: there.providerId, sameContent: true, ours: false },
    ]);
  });

  test("a name that another kind holds does not stop ours", async () => {
    const books = await bench();
    const customer = posted(await books.postOne({ key: newKey(), postable: party("customer", "C-1", "Both Ways LLC") }));
    const item = { key: newKey(), postable: party("vendor", "V-1", "Both Ways LLC") };
    expect((await books.connector.find([item], books.lookup)).size).toBe(0);
    const vendor = posted(await books.postOne(item));
    expect(vendor).toMatchObject({ sameContent: true, ours: true });
    expect([vendor.providerId, books.entityOf("vendor")]).not.toEqual([customer.providerId, books.entityOf("customer")]);
    expect((await books.connector.find([item], books.lookup)).get(item.key)).toEqual([vendor]);
    // In a batch too.
    const both = [party("vendor", "V-2", "Shipper One"), party("customer", "C-2", "Acme Carriers")].map((postable) => ({
      key: newKey(),
      postable,
    }));
    expect((await books.connector.post(both, books.lookup)).map(outcome)).toEqual(["posted", "posted"]);
  });

  test("a deactivated party of ours is found as inactive", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: party("vendor", "V-9", "Closed Carrier") };
    const record = posted(await books.postOne(item));
    await books.person.deactivate("vendor", record.providerId);
    expect((await books.connector.find([item], books.lookup)).get(item.key)).toMatchObject([
      { providerId: record.providerId, active: false, sameContent: false, ours: true },
    ]);
  });

  test("the lists name the TMS's id of each party of ours", async () => {
    const books = await bench();
    const vendor = posted(await books.postOne({ key: newKey(), postable: party("vendor", "V 7/7", "Tagged Vendor") }));
    const customer = posted(await books.postOne({ key: newKey(), postable: party("customer", "C 8/8", "Tagged Customer") }));
    const { records } = await books.connector.reference();
    const row = (kind: string, id: string) => records.find((record) => record.kind === kind && record.externalId === id);
    expect(row("vendor", vendor.providerId)).toMatchObject({ name: "Tagged Vendor", active: true, facts: { partyId: "V 7/7" } });
    expect(row("customer", customer.providerId)).toMatchObject({ name: "Tagged Customer", active: true, facts: { partyId: "C 8/8" } });
  });
}
