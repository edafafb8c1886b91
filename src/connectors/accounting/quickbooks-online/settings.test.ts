import { describe, expect, test } from "vitest";
import { codes, item, lookup, scripted, token } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { DocumentKind, LedgerDocument } from "../../../core/document.ts";
import type { PostItem } from "../connector.ts";
import { quickBooksOnline } from "./connector.ts";

/** A company whose preferences can be changed while it runs; everything posted is saved. */
async function company(preferences: () => object) {
  const { settings, seen } = await scripted(({ path, body }) => {
    if (path.endsWith("/query")) return { body: { QueryResponse: answered(body, preferences()), time: "t" } };
    const entity = path.endsWith("/invoice") ? "Invoice" : path.endsWith("/creditmemo") ? "CreditMemo" : "JournalEntry";
    return { body: { [entity]: { ...(JSON.parse(body) as object), Id: "1", SyncToken: "0" } } };
  });
  const sent = () => seen.filter(({ path }) => !path.endsWith("/query")).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { connector: quickBooksOnline.connect(settings, token), seen, sent };
}

function answered(statement: string, preferences: object): object {
  if (statement.includes("from Preferences")) return { Preferences: [preferences] };
  if (statement.includes("from CompanyInfo")) {
    const NameValue = [
      { Name: "SubscriptionStatus", Value: "PAID" },
      { Name: "OfferingSku", Value: "QuickBooks Online Plus" },
    ];
    return { CompanyInfo: [{ CompanyName: "Demo Trucking", NameValue }] };
  }
  if (statement.includes("from TaxCode"))
    return {
      TaxCode: [
        { Id: "NON", Name: "NON" },
        { Id: "2", Name: "Old", Active: false },
      ],
    };
  if (statement.includes("from Employee"))
    return { Employee: [{ Id: "12", DisplayName: "Dee Driver", EmployeeNumber: "D-77", Active: true }] };
  return {};
}

const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

function sale(classes: (string | undefined)[], more: Partial<LedgerDocument> = {}, kind: DocumentKind = "invoice"): PostItem {
  const leg = { description: "", because };
  const credit = kind === "invoice" ? "credit" : "debit";
  const document: LedgerDocument = {
    kind,
    number: "INV-1",
    date: "2026-01-20",
    currency: "USD",
    memo: "",
    dimensions: {},
    party: { type: "customer", id: "24", name: "Shipper" },
    totalMinor: 1000n * BigInt(classes.length),
    lines: [
      ...classes.map(
        (name) =>
          ({
            ...leg,
            role: "detail",
            account: "79",
            item: "7",
            side: credit,
            amountMinor: 1000n,
            dimensions: name ? { class: name } : {},
          }) as const,
      ),
      {
        ...leg,
        role: "balance",
        account: "84",
        side: credit === "credit" ? "debit" : "credit",
        amountMinor: 1000n * BigInt(classes.length),
        dimensions: {},
      },
    ],
  };
  return { key: "k1", postable: { ...document, ...more } };
}

function entry(key: string, more: Partial<LedgerDocument>): PostItem {
  const { postable } = item(key);
  return { key, postable: { ...postable, ...more } as LedgerDocument };
}

const customFields = [
  {
    CustomField: [
      { Name: "SalesFormsPrefs.UseSalesCustom1", Type: "BooleanType", BooleanValue: true },
      { Name: "SalesFormsPrefs.UseSalesCustom2", Type: "BooleanType", BooleanValue: false },
    ],
  },
  {
    CustomField: [
      { Name: "SalesFormsPrefs.SalesCustomName1", Type: "StringType", StringValue: "Load #" },
      { Name: "SalesFormsPrefs.SalesCustomName2", Type: "StringType", StringValue: "Off" },
    ],
  },
];
const usual = {
  AccountingInfoPrefs: {
    ClassTrackingPerTxnLine: true,
    ClassTrackingPerTxn: false,
    TrackDepartments: true,
    UseAccountNumbers: true,
    BookCloseDate: "2025-12-31",
  },
  SalesFormsPrefs: { CustomTxnNumbers: true, AutoApplyCredit: true, CustomField: customFields },
  CurrencyPrefs: { MultiCurrencyEnabled: true, HomeCurrency: { value: "USD" } },
  TaxPrefs: { PartnerTaxEnabled: true },
  OtherPrefs: {
    NameValue: [
      { Name: "WarnDuplicateJournalNumber", Value: "true" },
      { Name: "WarnDuplicateBillNumber", Value: "false" },
    ],
  },
};
const perTransaction = { ...usual, AccountingInfoPrefs: { ClassTrackingPerTxn: true } };
const ownNumbers = { ...usual, SalesFormsPrefs: { CustomTxnNumbers: false } };

test("the settings come with the lists, employees and tax codes too", async () => {
  const { connector } = await company(() => usual);
  const { preferences, policies, records } = await connector.reference();
  expect(preferences).toEqual({
    companyName: "Demo Trucking",
    homeCurrency: "USD",
    multiCurrency: true,
    closedThrough: "2025-12-31",
    tracksClasses: true,
    tracksDepartments: true,
    customFields: { kinds: ["invoice", "credit_memo"], names: [["Load #"]] },
  });
  expect(policies).toEqual({
    numberedByBooks: [],
    duplicateNumbersWarned: ["journal_entry"],
    classes: "line",
    locations: true,
    accountNumbers: true,
    appliesCredits: true,
    computesSalesTax: true,
    customFields: [{ id: "1", name: "Load #" }],
    taxCodes: [
      { id: "NON", name: "NON", active: true },
      { id: "2", name: "Old", active: false },
    ],
    subscription: { status: "PAID", plan: "QuickBooks Online Plus" },
  });
  expect(records.find(({ kind }) => kind === "employee")).toMatchObject({
    externalId: "12",
    name: "Dee Driver",
    facts: { partyId: "D-77" },
  });
});

describe("a company that numbers its invoices itself", () => {
  test("is told about, and gets none: ours could not be found again", async () => {
    const { connector, sent } = await company(() => ownNumbers);
    expect((await connector.reference()).policies.numberedByBooks).toEqual(["invoice", "credit_memo"]);
    const [result] = await connector.post([sale([undefined])], lookup);
    expect(result).toMatchObject({ fault: { code: "books_refused" } });
    expect("fault" in result! && result.fault.message).toContain("Custom transaction numbers");
    expect(sent()).toEqual([]);
  });

  test("gets them as soon as the setting is switched on, and journal entries all the time", async () => {
    let preferences: object = ownNumbers;
    const { connector } = await company(() => preferences);
    expect(codes(await connector.post([sale([undefined]), item("k2")], lookup))).toEqual({ k1: "books_refused", k2: "posted" });
    preferences = usual;
    expect(codes(await connector.post([sale([undefined])], lookup))).toEqual({ k1: "posted" });
  });
});

test("a setting that was switched off since shows in the first number that comes back changed", async () => {
  let preferences: object = usual;
  const { settings } = await scripted(({ path, body }) =>
    path.endsWith("/query")
      ? { body: { QueryResponse: answered(body, preferences), time: "t" } }
      : { body: { Invoice: { ...(JSON.parse(body) as object), DocNumber: "1042", Id: "1", SyncToken: "0" } } },
  );
  const connector = quickBooksOnline.connect(settings, token);
  await connector.reference();
  preferences = ownNumbers;
  expect(await connector.post([sale([undefined])], lookup)).toMatchObject([{ posted: { providerId: "1", number: "1042" } }]);
  expect(codes(await connector.post([sale([undefined])], lookup))).toEqual({ k1: "books_refused" });
});

describe("classes", () => {
  test("stand on each line where the company tracks them so", async () => {
    const { connector, sent } = await company(() => usual);
    expect(codes(await connector.post([sale(["A", "B"])], lookup))).toEqual({ k1: "posted" });
    expect(JSON.stringify(sent()[0])).toContain('"ClassRef":{"value":"B"}');
    expect(sent()[0]).not.toHaveProperty("ClassRef");
  });

  test("stand on the head of a sales form where the company keeps one a transaction", async () => {
    const { connector, sent } = await company(() => perTransaction);
    expect((await connector.reference()).preferences.tracksClasses).toBe(true);
    expect(codes(await connector.post([sale(["A", "A"])], lookup))).toEqual({ k1: "posted" });
    expect(sent()[0]).toMatchObject({ ClassRef: { value: "A" } });
    expect(JSON.stringify(sent()[0]?.["Line"])).not.toContain("ClassRef");
  });

  test("that differ are refused there rather than lost", async () => {
    const { connector } = await company(() => perTransaction);
    const [result] = await connector.post([sale(["A", undefined])], lookup);
    expect("fault" in result! && result.fault.message).toContain("A, none");
  });
});

describe("custom fields", () => {
  test("are sent by the slot their name has", async () => {
    const { connector, sent } = await company(() => usual);
    expect(codes(await connector.post([sale([undefined], { customFields: { "load #": "50211 🚚" } })], lookup))).toEqual({ k1: "posted" });
    expect(sent()[0]?.["CustomField"]).toEqual([{ DefinitionId: "1", Name: "Load #", Type: "StringType", StringValue: "50211" }]);
  });

  const refused: [string, PostItem, string][] = [
    ["a name the company does not have", sale([undefined], { customFields: { Trailer: "1" } }), "they have: Load #"],
    ["a slot that is switched off", sale([undefined], { customFields: { Off: "1" } }), 'no custom field "Off"'],
    ["a text that is too long", sale([undefined], { customFields: { "Load #": "x".repeat(32) } }), "at most 31"],
    ["a journal entry", entry("k1", { customFields: { "Load #": "1" } }), "invoices and credit memos only"],
  ];
  for (const [name, one, words] of refused) {
    test(`${name} is refused`, async () => {
      const { connector, sent } = await company(() => usual);
      const [result] = await connector.post([one], lookup);
      expect("fault" in result! && result.fault.message).toContain(words);
      expect(sent()).toEqual([]);
    });
  }
});

test("a rate goes with a document that has one", async () => {
  const { connector, sent } = await company(() => usual);
  await connector.post([entry("k1", { exchangeRate: "0.7291" })], lookup);
  expect(sent()[0]).toMatchObject({ CurrencyRef: { value: "USD" }, ExchangeRate: 0.7291 });
  expect(codes(await connector.post([entry("k2", { exchangeRate: "-1" })], lookup))).toEqual({ k2: "books_refused" });
});
