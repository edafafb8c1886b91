import { netSuite } from "../../src/connectors/accounting/netsuite/connector.ts";
import type { ConnectionSettings, Tokens } from "../../src/connectors/accounting/connector.ts";
import { parseMoney } from "../../src/core/money.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/server.ts";
import type { LedgerEntry, Names, Trouble, World } from "./world.ts";

export const system = netSuite.system;

/** Accounts, items and lists of the emulator's trucking company. */
const names: Names = {
  payable: "2010",
  receivable: "1100",
  bank: "1010",
  otherBank: "1020",
  card: "2040",
  expense: "5210",
  otherExpense: "5245",
  income: "4010",
  item: "Linehaul Revenue - Company Fleet",
  class: "OTR-VAN",
  department: "Operations",
  term: "Net 30",
};

const rules: Readonly<Record<Trouble, object>> = {
  commit_then_cut: { kind: "commit_then_cut" },
  cut: { kind: "cut" },
  // A success has no body that could be cut: what is left of half an answer is none.
  truncate: { kind: "commit_then_cut" },
  html: { kind: "html", commit: true },
  status_after_commit: { kind: "status", status: 504, commit: true },
  throttle: { kind: "throttle" },
};

let sandbox: Sandbox;

/** One emulator for a file of tests. */
export const start = async (): Promise<void> => {
  sandbox = await startSandbox({ port: 0, dataFile: null });
};
export const stop = (): Promise<void> => sandbox.close();

export interface NetSuiteWorld extends World {
  readonly settings: ConnectionSettings;
  readonly token: (refused?: boolean) => Promise<string>;
  readonly credentials: Credentials;
  /** A request as another client or a person's browser would make it. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** What a person sets up in the account. */
  readonly prefer: (preferences: object) => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly location: string;
  readonly json: Record<string, unknown>;
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificateId: string;
  readonly privateKey: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

/** What an account is founded with, and how we connect to it. */
export interface Founding {
  readonly switches?: object;
  readonly preferences?: object;
  readonly template?: "trucking" | "empty";
  readonly options?: Readonly<Record<string, string>>;
  readonly founding?: object;
  readonly overrides?: ConnectionSettings["overrides"];
}

/** An account of the emulator with its undocumented behaviours chosen, and a connector to it. */
export async function company(order: Founding = {}): Promise<NetSuiteWorld> {
  const { switches = {}, preferences = {}, template = "trucking", options = {}, founding = {}, overrides = {} } = order;
  // Our numbers stand on everything only where an administrator allows it.
  const body = { system, template, options: { ...founding, switches, preferences: { allowNumberOverride: true, ...preferences } } };
  const { id, credentials } = await control<{ id: string; credentials: Credentials }>("POST", "companies", body);
  const settings = settingsOf(id, credentials, { options, overrides });
  const wallet = walletOf(settings);
  const about = { system, id };
  const ask = clientOf(settings, wallet.token);
  return {
    settings,
    credentials,
    token: wallet.token,
    ask,
    prefer: async (wanted) => void (await control("POST", "preferences", { ...about, preferences: wanted })),
    provider: netSuite,
    connector: netSuite.connect(settings, wallet.token),
    companyId: id,
    names,
    ledger: () => ledgerOf(id),
    requests: async () =>
      (await control<{ requests: { method: string; path: string; query: string }[] }>("GET", `requests?system=${system}&id=${id}`))
        .requests,
    balances: async () => {
      const path = `ledger?system=${system}&id=${id}&entries=false`;
      const { balances } = await control<{ balances: { id: string; balance: string }[] }>("GET", path);
      return new Map(balances.map((row) => [row.id, parseMoney(row.balance, "USD").minor]));
    },
    trouble: async (kind, operation = "create") => {
      // A payment of one document is made by a transform of it.
      const operations = operation === "create" ? ["create", "transform"] : [operation];
      const planned = operations.map((each) => ({ system, match: { company: id, operation: each }, count: 1, ...rules[kind] }));
      await control("PUT", "faults", { seed: 1, rules: planned });
    },
    closeBooks: async (through) =>
      void (await control("POST", "preferences", { ...about, preferences: { periods: monthsClosed(through) } })),
    expireToken: async () => {
      await control("PUT", "faults", { seed: 1, rules: [{ system, match: { company: id }, count: 1, kind: "expire_token" }] });
    },
    renewals: wallet.renewals,
    person: personOf(ask),
    hasShortIds: true,
    messageForms: [],
    signsBytes: true,
    subscribe: () => Promise.resolve([]),
    entityOf: (kind) => netSuite.connect(settings, wallet.token).entityOf(kind),
  };
}

/** Every month of the emulator's account: closed up to a day, open after it. */
function monthsClosed(through: string): object[] {
  return [2025, 2026, 2027].flatMap((year) =>
    Array.from({ length: 12 }, (_, index) => {
      const month = `${year}-${String(index + 1).padStart(2, "0")}`;
      const closed = new Date(Date.UTC(year, index + 1, 0)).toISOString().slice(0, 10) <= through;
      return { month, closed, allLocked: closed, apLocked: closed, arLocked: closed };
    }),
  );
}

function settingsOf(id: string, credentials: Credentials, given: Pick<ConnectionSettings, "options" | "overrides">): ConnectionSettings {
  const api = `${sandbox.url}/netsuite`;
  return {
    company: id,
    apiUrl: api,
    tokenUrl: `${api}/services/rest/auth/oauth2/v1/token`,
    authorizeUrl: `${api}/app/login/oauth2/authorize.nl`,
    appUrl: api,
    clientId: credentials.clientId,
    clientSecret: credentials.clientSecret,
    options: { signIn: "certificate", certificateId: credentials.certificateId, subsidiary: "1", ...given.options },
    secrets: { private_key: credentials.privateKey, token_secret: credentials.tokenSecret },
    overrides: given.overrides,
  };
}

/** Keeps one token, as the engine's store does: connected by a certificate, it begins with none. */
function walletOf(settings: ConnectionSettings) {
  let pair: Pick<Tokens, "accessToken" | "refreshToken"> = { accessToken: "", refreshToken: "" };
  let renewals = -1;
  let running: Promise<void> | null = null;
  const renew = async (): Promise<void> => {
    pair = await netSuite.refresh(settings, pair.refreshToken);
    renewals += 1;
  };
  return {
    renewals: () => renewals,
    token: async (refused?: boolean): Promise<string> => {
      if (refused || pair.accessToken === "") {
        running ??= renew().finally(() => {
          running = null;
        });
        await running;
      }
      return pair.accessToken;
    },
  };
}

/** An expense by card and a transfer are journals over there, known as ours by their external id. */
async function ledgerOf(id: string): Promise<LedgerEntry[]> {
  const { entries } = await control<{ entries: (LedgerEntry & { key: string | null })[] }>("GET", `ledger?system=${system}&id=${id}`);
  const named = new Map([
    ["LL-EX-", "check"],
    ["LL-TR-", "transfer"],
  ]);
  const byId = new Map<string, string>();
  return entries.map((entry) => {
    const own = [...named].find(([mark]) => (entry.key ?? "").startsWith(mark))?.[1];
    if (own !== undefined) byId.set(entry.id, own);
    return entry.entity === "journalEntry" ? { ...entry, entity: byId.get(entry.id) ?? entry.entity } : entry;
  });
}

function clientOf(settings: ConnectionSettings, token: () => Promise<string>): NetSuiteWorld["ask"] {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${settings.apiUrl}/services/rest/${path}`, {
      method,
      headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, location: response.headers.get("location") ?? "", json };
  };
}

const recordTypes = {
  journal_entry: "journalEntry",
  bill: "vendorBill",
  vendor_credit: "vendorCredit",
  expense: "journalEntry",
  invoice: "invoice",
  credit_memo: "creditMemo",
  expense_report: "expenseReport",
  statistical_entry: "statisticalJournalEntry",
  vendor: "vendor",
  customer: "customer",
} as const;

/** Plain requests of a person's browser, apart from the connector. */
function personOf(ask: NetSuiteWorld["ask"]): World["person"] {
  const done = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> => {
    const reply = await ask(method, path, body, headers);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.json)}`);
    return reply;
  };
  return {
    edit: async (kind, id) => void (await done("PATCH", `record/v1/${recordTypes[kind]}/${id}`, { tranDate: "2026-11-10" })),
    remove: async (kind, id) => void (await done("DELETE", `record/v1/${recordTypes[kind]}/${id}`)),
    deactivate: async (kind, id) => void (await done("PATCH", `record/v1/${recordTypes[kind]}/${id}`, { isInactive: true })),
    createVendors: async (count, from = 0) => {
      for (let at = from; at < from + count; at += 100) {
        const items = Array.from({ length: Math.min(100, from + count - at) }, (_, index) => ({
          companyName: `Bulk vendor ${at + index}`,
          subsidiary: { id: "1" },
        }));
        const type = "application/vnd.oracle.resource+json; type=collection";
        await done("POST", "record/v1/vendor", { items }, { "content-type": type, prefer: "respond-async" });
      }
    },
    mergeVendors: null,
    createBudget: async (name, accountId, amount) => {
      await done("POST", "record/v1/budgetImport", {
        year: "2026",
        account: { id: accountId },
        subsidiary: { id: "1" },
        category: name,
        periodamount1: Number(amount),
      });
    },
  };
}

/** One call of the emulator's control API. */
export async function control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${sandbox.url}/_control/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
