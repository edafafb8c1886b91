import { randomUUID } from "node:crypto";
import type { EngineParts } from "./engine/parts.ts";
import { ownerOf, type StoredSettings } from "./engine/connections.ts";
import { insertBooks, putSource } from "./store/books.ts";
import { inOrganization } from "./store/database.ts";
import { createLane } from "./store/lanes.ts";
import { putSecret } from "./store/secrets.ts";

const system = "netsuite";

/** What the demo's books are founded with. */
export interface NetSuiteDemo {
  readonly sandboxUrl: string;
  readonly carrier: string;
  readonly closedThrough: string;
  readonly ruleSet: string;
  /** Feeds the carrier's books; the brokerage's are fed by the same with `-brokerage` behind it. */
  readonly sourceId: string;
  readonly sourceOptions: Readonly<Record<string, unknown>>;
}

/** One account with two subsidiaries: the carrier, and a brokerage that tenders freight to it. Each is books of its own. */
export interface NetSuiteDemoBooks {
  readonly company: string;
  readonly carrierBooksId: string;
  readonly brokerageBooksId: string;
  readonly brokerageSourceId: string;
}

/** Founds the emulated account and stores both connections, signed in to by certificate. */
export async function connectNetSuiteDemo(
  parts: Pick<EngineParts, "database" | "masterKey">,
  organizationId: string,
  demo: NetSuiteDemo,
): Promise<NetSuiteDemoBooks> {
  const account = await foundAccount(demo);
  const [carrierBooksId, brokerageBooksId] = [randomUUID(), randomUUID()];
  const brokerageSourceId = `${demo.sourceId}-brokerage`;
  const stored = [
    { booksId: carrierBooksId, subsidiary: "1", name: "NetSuite, carrier (emulated)", sourceId: demo.sourceId },
    { booksId: brokerageBooksId, subsidiary: "2", name: "NetSuite, brokerage (emulated)", sourceId: brokerageSourceId },
  ];
  // By certificate nothing is kept but the key: the first call fetches a token.
  const expired = { accessToken: "", accessExpiresAt: 0, refreshToken: "", refreshExpiresAt: 0 };
  await inOrganization(parts.database, organizationId, async (tx) => {
    for (const { booksId, subsidiary, name, sourceId } of stored) {
      const settings = { ...settingsOf(demo.sandboxUrl, account, subsidiary) };
      await insertBooks(tx, { booksId, name, system, company: account.id, settings, ruleSet: demo.ruleSet });
      await createLane(tx, booksId);
      const owner = ownerOf(booksId);
      await putSecret(tx, parts.masterKey, { owner, field: "client_secret" }, account.credentials.clientSecret);
      await putSecret(tx, parts.masterKey, { owner, field: "private_key" }, account.credentials.privateKey);
      await putSecret(tx, parts.masterKey, { owner, field: "tokens" }, JSON.stringify(expired));
      await putSource(tx, { sourceId, name: `Transportation management system, ${name}`, booksId, options: demo.sourceOptions });
    }
  });
  return { company: account.id, carrierBooksId, brokerageBooksId, brokerageSourceId };
}

interface Account {
  readonly id: string;
  readonly credentials: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly certificateId: string;
    readonly privateKey: string;
  };
}

/** Where the emulator is found; it may have another port than last time. */
function settingsOf(sandboxUrl: string, account: Account, subsidiary: string): StoredSettings {
  const base = `${sandboxUrl}/netsuite`;
  return {
    apiUrl: base,
    appUrl: base,
    authorizeUrl: `${base}/app/login/oauth2/authorize.nl`,
    tokenUrl: `${base}/services/rest/auth/oauth2/v1/token`,
    clientId: account.credentials.clientId,
    options: { signIn: "certificate", certificateId: account.credentials.certificateId, subsidiary },
    secretFields: ["private_key"],
    // The demo's account has fifteen lanes for both, and nothing runs there for longer than a moment.
    overrides: { inFlightMax: 7, executionLimitMs: 3_000 },
  };
}

/** Terminals are departments in the demo; a fresh account has other ones. */
const terminals = ["DAL", "CHI", "ATL"] as const;

async function foundAccount({ sandboxUrl, carrier, closedThrough }: NetSuiteDemo): Promise<Account> {
  const preferences = { allowNumberOverride: true, tier: "premium" };
  const subsidiaries = [{ name: `${carrier} Brokerage` }];
  const options = { name: carrier, closedThrough, preferences, subsidiaries };
  const account = (await control(sandboxUrl, "companies", { system, template: "trucking", options })) as unknown as Account;
  const { accessToken } = (await control(sandboxUrl, "tokens", { system, id: account.id })) as { accessToken: string };
  for (const name of terminals) {
    const body = { name, subsidiary: { items: [{ id: "1" }] }, includeChildren: true };
    await ask(`${sandboxUrl}/netsuite/services/rest/record/v1/department`, body, { authorization: `Bearer ${accessToken}` });
  }
  return account;
}

async function control(sandboxUrl: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  return (await (await ask(`${sandboxUrl}/_control/${path}`, body, {})).json()) as Record<string, unknown>;
}

async function ask(url: string, body: unknown, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The emulator refused ${url}: ${response.status} ${await response.text()}`);
  return response;
}

/**
 * A load that the brokerage sold and the carrier drove: the shipper's invoice and the carrier's bill in the brokerage's books,
 * the invoice to the brokerage in the carrier's. What the two owe each other is the same amount in both.
 */
export function intercompanyTrip(carrier: string): { readonly carrier: readonly object[]; readonly brokerage: readonly object[] } {
  const load = "L261014-IC1";
  const head = { revision: 1, date: "2026-10-14", serviceDate: "2026-10-13", dueDate: "2026-11-13", terms: "NET30", currency: "USD" };
  const base = { ...head, dims: { entity: "01", terminal: "DAL", division: "BROKERAGE", load } };
  const sold = (number: string, customer: { id: string; name: string }, total: string) => {
    const lines = [{ lineNo: 1, code: "LH", amount: total }];
    return { ...base, type: "customer_invoice", id: number, number, customer, lines, total };
  };
  const bill = {
    vendor: { id: "IC-CARRIER", name: carrier },
    lines: [{ lineNo: 1, code: "PTLH", amount: "2000.00" }],
    netPayable: "2000.00",
  };
  return {
    brokerage: [
      sold("IC1-SALE", { id: "SHP-IC", name: "Intercompany Demo Shipper" }, "2400.00"),
      { ...base, ...bill, type: "carrier_bill", id: "IC1-BILL", number: "IC1-DRIVEN", loadNo: load },
    ],
    carrier: [sold("IC1-DRIVEN", { id: "IC-BROKERAGE", name: `${carrier} Brokerage` }, "2000.00")],
  };
}
