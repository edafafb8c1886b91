import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import { documentOf, newKey, openBench, outcome, posted } from "./world.ts";
import { company, control, start, stop, system, write, type QuickBooksWorld } from "./quickbooks-world.ts";

/* What QuickBooks Online has and other systems may not, over its emulator. */

beforeAll(start);
afterAll(stop);

const prefer = ({ settings }: QuickBooksWorld, preferences: object) =>
  control("POST", "preferences", { system, id: settings.company, preferences });

describe("connecting a company", () => {
  const redirectUri = "http://127.0.0.1:4400/v1/connect/quickbooks-online/callback";
  const { signIn } = quickBooksOnline;

  /** A consent that a person answers in the browser; gives what the browser brings back. */
  async function consented(decision: "approve" | "deny") {
    const { settings } = await company({});
    const pages = await signIn.discover(`${settings.apiUrl}/.well-known/openid_configuration`);
    const client = { ...settings, ...pages };
    const consent = signIn.begin(client, redirectUri, randomBytes(64));
    const page = new URL(consent.url);
    const form = new URLSearchParams([...page.searchParams, ["decision", decision], ["realm", settings.company]]);
    const answer = await fetch(page.origin + page.pathname, { method: "POST", body: form, redirect: "manual" });
    return { settings, client, consent, back: new URL(answer.headers.get("location") ?? "").searchParams };
  }

  test("the code's tokens work until they are revoked; then only a reconnect helps", async () => {
    const { settings, client, consent, back } = await consented("approve");
    const { code, company: realm } = signIn.callback(back, consent.state);
    expect(realm).toBe(settings.company);
    const tokens = await signIn.exchange(client, { code, redirectUri, codeVerifier: consent.codeVerifier });
    const connector = quickBooksOnline.connect(settings, () => Promise.resolve(tokens.accessToken));
    expect((await connector.reference()).preferences.homeCurrency).toBe("USD");
    // A code is good once.
    await expect(signIn.exchange(client, { code, redirectUri, codeVerifier: consent.codeVerifier })).rejects.toMatchObject({
      code: "credentials_expired",
    });

    await signIn.revoke(client, tokens.refreshToken);
    await expect(connector.reference()).rejects.toMatchObject({ code: "credentials_expired" });
    await expect(quickBooksOnline.refresh(settings, tokens.refreshToken)).rejects.toMatchObject({ code: "credentials_expired" });
    // Once more is no failure.
    await signIn.revoke(client, tokens.refreshToken);
  });

  test("a code without our proof is worth nothing, and a no is told as such", async () => {
    const { client, consent, back } = await consented("approve");
    const { code } = signIn.callback(back, consent.state);
    await expect(signIn.exchange(client, { code, redirectUri, codeVerifier: "another" })).rejects.toMatchObject({
      code: "credentials_expired",
    });
    const denied = await consented("deny");
    expect(() => signIn.callback(denied.back, denied.consent.state)).toThrow(/declined/);
  });
});

describe("settings are respected", () => {
  test("a company that numbers invoices itself gets none of ours until that is switched on", async () => {
    const world = await company({});
    await prefer(world, { SalesFormsPrefs: { CustomTxnNumbers: false } });
    const books = await openBench(world);
    expect((await books.connector.reference()).policies.numberedByBooks).toContain("invoice");
    const item = { key: newKey(), postable: documentOf(books, "invoice") };
    expect(outcome(await books.postOne(item))).toBe("books_refused");
    await prefer(world, { SalesFormsPrefs: { CustomTxnNumbers: true } });
    expect(posted(await books.postOne(item))).toMatchObject({ sameContent: true });
  });

  test("one class a transaction stands on the head of a sale", async () => {
    const world = await company({});
    await prefer(world, { AccountingInfoPrefs: { ClassTrackingPerTxn: true, ClassTrackingPerTxnLine: false } });
    const books = await openBench(world);
    const invoice = documentOf(books, "invoice", { dimensions: { class: books.names.class, department: books.names.department } });
    expect(posted(await books.postOne({ key: newKey(), postable: invoice }))).toMatchObject({ sameContent: true });
    const mixed = documentOf(books, "invoice");
    expect(outcome(await books.postOne({ key: newKey(), postable: mixed }))).toBe("books_refused");
  });

  test("a rate is sent with a foreign document, and the company's own rate can be asked for", async () => {
    const world = await company({});
    await prefer(world, { CurrencyPrefs: { MultiCurrencyEnabled: true } });
    const books = await openBench(world);
    expect((await books.connector.reference()).preferences.multiCurrency).toBe(true);
    expect(await books.connector.exchangeRate("USD", "2026-01-31")).toMatchObject({ rate: "1" });
    await write(world, "exchangerate", { SourceCurrencyCode: "CAD", Rate: 0.7291, AsOfDate: "2026-01-31" });
    expect(await books.connector.exchangeRate("CAD", "2026-01-31")).toEqual({
      currency: "CAD",
      homeCurrency: "USD",
      rate: "0.7291",
      date: "2026-01-31",
    });
    const entry = { ...documentOf(books, "journal_entry", { currency: "CAD" }) };
    const lines = entry.lines.map(({ party: _none, ...line }) =>
      line.role === "balance" ? { ...line, account: books.names.otherExpense } : line,
    );
    const record = posted(await books.postOne({ key: newKey(), postable: { ...entry, lines, exchangeRate: "0.7291" } }));
    expect((await books.connector.read("JournalEntry", record.providerId))?.record).toMatchObject({ ExchangeRate: "0.7291" });
  });
});

test("employees come with the lists, by their number", async () => {
  const world = await company({});
  await write(world, "employee", { GivenName: "Dana", FamilyName: "Driver", EmployeeNumber: "D-77" });
  const { records } = await world.connector.reference();
  expect(records.filter(({ kind }) => kind === "employee")).toContainEqual(
    expect.objectContaining({ name: "Dana Driver", active: true, facts: { partyId: "D-77", displayName: "Dana Driver" } }),
  );
});

test("reads are counted as the provider counts them", async () => {
  const world = await company({});
  const books = await openBench(world);
  const items = (["bill", "expense", "invoice"] as const).map((kind) => ({ key: newKey(), postable: documentOf(books, kind) }));
  await books.connector.post(items, books.lookup);
  await books.connector.report("trial_balance", { from: "2026-01-01", through: "2026-12-31", basis: "accrual" });
  await books.connector.changesSince(null);
  const { usage } = await control<{ usage: { core: number; corePlus: number }[] }>(
    "GET",
    `usage?system=${system}&id=${world.settings.company}`,
  );
  const { writes, meteredReads } = books.connector.usage();
  expect(usage).toMatchObject([{ core: writes, corePlus: meteredReads }]);
});
