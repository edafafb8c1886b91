import { expect, test } from "vitest";
import { documentKinds } from "../../src/core/document.ts";
import { allChanges, documentOf, newKey, posted, type Bench } from "./world.ts";

/** What comes back: changes, and the lists as a whole. */
export function changeCases(bench: () => Promise<Bench>): void {
  test("creations, edits and deletions are seen, and a page may overlap the last", async () => {
    const books = await bench();
    const start = (await books.connector.changesSince(null)).cursor;
    const [kept, edited, removed] = (
      await books.connector.post(
        [1, 2, 3].map(() => ({ key: newKey(), postable: documentOf(books, "bill") })),
        books.lookup,
      )
    ).map(posted);
    const first = await allChanges(books.connector, start);
    const bill = books.entityOf("bill");
    const seen = (changes: typeof first.changes, id: string) =>
      changes.filter(({ entity, providerId }) => entity === bill && providerId === id);
    for (const record of [kept!, edited!, removed!]) {
      expect(seen(first.changes, record.providerId)).toMatchObject([{ operation: "changed", version: record.version }]);
    }

    await books.person.edit("bill", edited!.providerId);
    await books.person.remove("bill", removed!.providerId);
    const customer = books.lookup("customer", books.customer.id)!;
    await books.person.deactivate("customer", customer);
    const second = await allChanges(books.connector, first.cursor);
    expect(seen(second.changes, edited!.providerId)).toMatchObject([{ operation: "changed" }]);
    expect(seen(second.changes, edited!.providerId)[0]?.version).not.toBe(edited!.version);
    expect(seen(second.changes, removed!.providerId)).toMatchObject([{ operation: "deleted" }]);
    const deactivated = second.changes.filter(({ entity, providerId }) => entity === books.entityOf("customer") && providerId === customer);
    expect(deactivated.at(-1)).toMatchObject({ operation: "changed" });
    expect(await books.connector.read(books.entityOf("customer"), customer)).toMatchObject({ state: "inactive" });
    for (const { at } of second.changes) expect(Number.isNaN(Date.parse(at))).toBe(false);
  });

  test("amounts in a changed record are exact text", async () => {
    const books = await bench();
    const start = (await books.connector.changesSince(null)).cursor;
    const { providerId } = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
    const { changes } = await allChanges(books.connector, start);
    const change = changes.find((each) => each.providerId === providerId && each.entity === books.entityOf("bill"));
    expect(Object.values(change?.record ?? {})).toContain("1800.55");
  });

  test("more changes than one answer holds all come", async () => {
    const books = await bench();
    const start = (await books.connector.changesSince(null)).cursor;
    await books.person.createVendors(1_205);
    const { changes, cursor } = await allChanges(books.connector, start);
    const vendors = new Set(changes.filter(({ entity }) => entity === books.entityOf("vendor")).map(({ providerId }) => providerId));
    expect(vendors.size).toBeGreaterThanOrEqual(1_205);
    // Afterwards it goes on as usual.
    posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
    expect((await allChanges(books.connector, cursor)).changes.some(({ entity }) => entity === books.entityOf("bill"))).toBe(true);
  });
}

/** Which of the changes are about lists. */
export function listKindCases(bench: () => Promise<Bench>): void {
  test("what stands in lists is told apart from documents, in the spelling of the changes", async () => {
    const books = await bench();
    const { lists, entityOf } = books.connector;
    for (const kind of ["vendor", "customer"] as const) expect(lists[entityOf(kind)]).toBe(kind);
    const kinds = new Set(Object.values(lists));
    for (const kind of ["account", "item", "class", "department"] as const) expect(kinds).toContain(kind);
    const documents = new Set(documentKinds.map(entityOf));
    expect(Object.keys(lists).filter((entity) => documents.has(entity))).toEqual([]);

    const start = (await books.connector.changesSince(null)).cursor;
    posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
    await books.person.deactivate("customer", books.lookup("customer", books.customer.id)!);
    const { changes } = await allChanges(books.connector, start);
    const others = changes.filter(({ entity }) => !documents.has(entity));
    expect(others.map(({ entity }) => lists[entity])).toContain("customer");
    expect(others.filter(({ entity }) => lists[entity] === undefined)).toEqual([]);
  });
}

/** The chart, the lists and the settings. */
export function listCases(bench: () => Promise<Bench>): void {
  test("the lists are complete, however long, with inactive rows marked", async () => {
    const books = await bench();
    await books.person.createVendors(2_100);
    const gone = posted(
      await books.postOne({ key: newKey(), postable: { kind: "customer", id: "GONE", name: "Gone Inc", currency: "USD" } }),
    );
    await books.person.deactivate("customer", gone.providerId);
    const { records, preferences } = await books.connector.reference();
    const ids = (kind: string) => records.filter((record) => record.kind === kind).map(({ externalId }) => externalId);
    expect(ids("vendor").length).toBeGreaterThanOrEqual(2_100);
    expect(new Set(ids("vendor")).size).toBe(ids("vendor").length);
    expect(records.find((record) => record.kind === "customer" && record.externalId === gone.providerId)?.active).toBe(false);
    expect(preferences).toMatchObject({ homeCurrency: "USD", closedThrough: null, tracksClasses: true, tracksDepartments: true });
    for (const kind of ["account", "item", "vendor", "customer", "class", "department", "term"])
      expect([kind, ids(kind).length > 0]).toEqual([kind, true]);
  });

  test("accounts tell number and type, items their income account", async () => {
    const { reference, names } = await bench();
    const account = (number: string) => reference.records.find((record) => record.kind === "account" && record.number === number);
    expect(account(names.payable)?.facts["type"]).toBeTruthy();
    expect(account(names.income)?.facts["type"]).toBeTruthy();
    const item = reference.records.find((record) => record.kind === "item" && record.name === names.item);
    // Where items choose the account, theirs is told.
    if (reference.records.some(({ facts }) => "incomeAccount" in facts)) {
      expect(item?.facts["incomeAccount"]).toBe(account(names.income)?.externalId);
    }
    expect(item).toBeDefined();
  });

  test("ids longer than a number can hold come through whole, and are used whole", async () => {
    const books = await bench();
    const id = books.lookup("class", books.names.class)!;
    // Where lists go by numbers, this one is beyond what a float holds.
    if (/^\d+$/.test(id) && books.hasShortIds !== true) expect(BigInt(id)).toBeGreaterThan(2n ** 53n);
    const document = documentOf(books, "journal_entry");
    expect(posted(await books.postOne({ key: newKey(), postable: document })).sameContent).toBe(true);
    expect((await books.created(document.number))[0]?.lines.some(({ dimensions }) => dimensions["class"] === books.names.class)).toBe(true);
  });
}
