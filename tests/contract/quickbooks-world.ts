import type { ConnectionSettings, Tokens } from "../../src/connectors/accounting/connector.ts";
import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import { entityOf } from "../../src/connectors/accounting/quickbooks-online/entities.ts";
import { parseMoney } from "../../src/core/money.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/server.ts";
import { scriptedServer } from "./scripted-server.ts";
import type { LedgerEntry, Names, Trouble, World } from "./world.ts";

export const system = quickBooksOnline.system;

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
  department: "DAL",
  term: "Net 30",
};

const rules: Readonly<Record<Trouble, object>> = {
  commit_then_cut: { kind: "commit_then_cut" },
  cut: { kind: "cut" },
  truncate: { kind: "truncate", chunked: true },
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

/** What is known of an emulated company beyond the contract. */
export interface QuickBooksWorld extends World {
  readonly settings: ConnectionSettings;
  readonly token: (refused?: boolean) => Promise<string>;
}

interface Card {
  readonly id: string;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}

/** A company of the emulator with its undocumented behaviours chosen, and a connector to it. */
export async function company(switches: object): Promise<QuickBooksWorld> {
  const card = await control<Card>("POST", "companies", { system, template: "trucking", options: { switches } });
  const api = `${sandbox.url}/quickbooks-online`;
  const settings: ConnectionSettings = {
    company: card.id,
    apiUrl: api,
    tokenUrl: `${api}/oauth2/v1/tokens/bearer`,
    authorizeUrl: `${api}/connect/oauth2`,
    appUrl: api,
    clientId: card.credentials.clientId,
    clientSecret: card.credentials.clientSecret,
    overrides: {},
  };
  const wallet = await openWallet(settings);
  const about = { system, id: card.id };
  return {
    settings,
    token: wallet.token,
    provider: quickBooksOnline,
    connector: quickBooksOnline.connect(settings, wallet.token),
    companyId: card.id,
    names,
    ledger: async () => (await control<{ entries: LedgerEntry[] }>("GET", `ledger?system=${system}&id=${card.id}`)).entries,
    requests: async () =>
      (await control<{ requests: { method: string; path: string; query: string }[] }>("GET", `requests?system=${system}&id=${card.id}`))
        .requests,
    balances: async () => {
      const { balances } = await control<{ balances: { id: string; balance: string }[] }>(
        "GET",
        `ledger?system=${system}&id=${card.id}&entries=false`,
      );
      return new Map(balances.map(({ id, balance }) => [id, parseMoney(balance, "USD").minor]));
    },
    trouble: async (kind, operation = "create") => {
      const match = { company: card.id, operation };
      await control("PUT", "faults", { seed: 1, rules: [{ system, match, count: 1, ...rules[kind] }] });
    },
    closeBooks: async (through) => {
      await control("POST", "preferences", { ...about, preferences: { AccountingInfoPrefs: { BookCloseDate: through } } });
    },
    expireToken: async () => {
      const match = { company: card.id };
      await control("PUT", "faults", { seed: 1, rules: [{ system, match, count: 1, kind: "expire_token" }] });
    },
    renewals: wallet.renewals,
    person: {
      ...personOf(settings, wallet.token),
      mergeVendors: async (from, into) => void (await control("POST", "merge", { ...about, entity: "Vendor", from, into })),
    },
    messageForms: ["classic", "cloudevents"],
    signsBytes: true,
    subscribe: async (form, verifierToken) => {
      const { url, seen } = await scriptedServer(() => ({ body: "" }));
      await control("PUT", "webhooks", { ...about, url, form, verifierToken });
      return seen;
    },
    entityOf: (kind) => entityOf[kind],
  };
}

/** Keeps one token pair, as the engine's store does, and renews it when it was refused. */
async function openWallet(settings: ConnectionSettings) {
  const first = await control<{ refreshToken: string; accessToken: string }>("POST", "tokens", { system, id: settings.company });
  let tokens: Pick<Tokens, "accessToken" | "refreshToken"> = first;
  let renewals = 0;
  return {
    renewals: () => renewals,
    token: async (refused?: boolean): Promise<string> => {
      if (refused) {
        tokens = await quickBooksOnline.refresh(settings, tokens.refreshToken);
        renewals += 1;
      }
      return tokens.accessToken;
    },
  };
}

/** Plain requests of a person's browser, apart from the connector. */
function personOf(settings: ConnectionSettings, token: () => Promise<string>): Omit<World["person"], "mergeVendors"> {
  type Row = { Id: string; SyncToken: string; TotalAmt?: number };
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, Row>> => {
    const headers = { authorization: `Bearer ${await token()}`, accept: "application/json", "content-type": "application/json" };
    const response = await fetch(`${settings.apiUrl}/v3/company/${settings.company}/${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as Record<string, Row>;
    if (!response.ok || answer["Fault"]) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const read = async (entity: string, id: string): Promise<Row> => (await call("GET", `${entity.toLowerCase()}/${id}`))[entity]!;
  const change = async (entity: string, id: string, fields: object): Promise<void> => {
    const { SyncToken } = await read(entity, id);
    await call("POST", entity.toLowerCase(), { Id: id, SyncToken, sparse: true, ...fields });
  };
  return {
    edit: (kind, id) => change(entityOf[kind], id, { TxnDate: "2026-11-10" }),
    remove: async (kind, id) => {
      const entity = entityOf[kind];
      const { SyncToken } = await read(entity, id);
      await call("POST", `${entity.toLowerCase()}?operation=delete`, { Id: id, SyncToken });
    },
    deactivate: (kind, id) => change(entityOf[kind], id, { Active: false }),
    createBudget: async (name, accountId, amount) => {
      await call("POST", "budget", {
        Name: name,
        StartDate: "2026-01-01",
        EndDate: "2026-12-31",
        BudgetType: "ProfitAndLoss",
        BudgetEntryType: "Monthly",
        BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: Number(amount), AccountRef: { value: accountId } }],
      });
    },
    createVendors: async (count, from = 0) => {
      for (let start = from; start < from + count; start += 30) {
        const rows = Array.from({ length: Math.min(30, from + count - start) }, (_, index) => ({
          bId: String(index),
          operation: "create",
          Vendor: { DisplayName: `Bulk vendor ${start + index}` },
        }));
        await call("POST", "batch", { BatchItemRequest: rows });
      }
    },
  };
}

/** One call of the emulator's control API. */
export async function control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${sandbox.url}/_control/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** What another client writes into the same company. */
export async function write({ settings, token }: QuickBooksWorld, entity: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json", accept: "application/json" };
  const url = `${settings.apiUrl}/v3/company/${settings.company}/${entity}`;
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
