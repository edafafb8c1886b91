import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import type { AccountingConnector, ConnectionSettings, PostItem, PostResult } from "../../src/connectors/accounting/connector.ts";
import type { LedgerDocument } from "../../src/core/document.ts";
import { scriptedServer, type ScriptedAnswer, type Seen } from "./scripted-server.ts";

/** A company whose QuickBooks plays a script. */
export async function scripted(
  answer: (seen: Seen, count: number) => ScriptedAnswer,
): Promise<{ settings: ConnectionSettings; seen: Seen[] }> {
  const { url, seen } = await scriptedServer(answer);
  const settings: ConnectionSettings = {
    company: "9130",
    apiUrl: `${url}/quickbooks-online/`,
    tokenUrl: `${url}/token`,
    authorizeUrl: `${url}/authorize`,
    appUrl: "https://qbo.intuit.com",
    clientId: "client",
    clientSecret: "s3cret",
    overrides: {},
  };
  return { settings, seen };
}

/** The same with a connector to it. */
export async function scriptedBooks(
  answer: (seen: Seen, count: number) => ScriptedAnswer,
): Promise<{ connector: AccountingConnector; seen: Seen[] }> {
  const { settings, seen } = await scripted(answer);
  return { connector: quickBooksOnline.connect(settings, token), seen };
}

export const token = () => Promise.resolve("access-1");
/** Every name is its own id. */
export const lookup = (_kind: string, name: string) => name;
const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

/** One journal entry numbered `N-<key>`, of a long key its end. */
export function item(key: string): PostItem {
  const leg = { amountMinor: 1000n, description: "", dimensions: {}, because };
  const document: LedgerDocument = {
    kind: "journal_entry",
    number: `N-${key.slice(-15)}`,
    date: "2026-01-20",
    currency: "USD",
    memo: "",
    dimensions: {},
    totalMinor: 1000n,
    lines: [
      { ...leg, role: "detail", account: "62", side: "debit" },
      { ...leg, role: "balance", account: "33", side: "credit" },
    ],
  };
  return { key, postable: document };
}

export function vendor(key: string, name: string): PostItem {
  return { key, postable: { kind: "vendor", id: `id-${key}`, name, currency: "USD" } };
}

/** A request of a batch as it comes back saved. */
export function saved(request: { JournalEntry?: object }, id: string): object {
  return { JournalEntry: { ...request.JournalEntry, Id: id, SyncToken: "0" } };
}

export function fault(code: string, detail = ""): { Fault: object } {
  return { Fault: { type: "ValidationFault", Error: [{ Message: "m", Detail: detail, code, element: "" }] } };
}

/** `posted` or the fault's code, by key. */
export function codes(results: readonly PostResult[]): Record<string, string> {
  return Object.fromEntries(results.map((result) => [result.key, "fault" in result ? result.fault.code : "posted"]));
}
