import type { ConnectionSettings } from "../../src/connectors/accounting/connector.ts";
import { sageIntacct } from "../../src/connectors/accounting/sage-intacct/connector.ts";
import { parseMoney } from "../../src/core/money.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/server.ts";
import { scriptedServer } from "./scripted-server.ts";
import type { LedgerEntry, Names, Trouble, World } from "./world.ts";

export const system = sageIntacct.system;

/** Accounts and lists of the emulator's trucking company. */
const names: Names = {
  payable: "2010",
  receivable: "1100",
  bank: "1010",
  otherBank: "1020",
  card: "2040",
  expense: "5210",
  otherExpense: "5245",
  income: "4010",
  item: "LINEHAUL",
  class: "OTR-VAN",
  department: "OPS",
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

interface Credentials {
  readonly userId: string;
  readonly userPassword: string;
  readonly senderId: string;
  readonly senderPassword: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What is known of an emulated company beyond the contract. */
export interface IntacctWorld extends World {
  readonly settings: ConnectionSettings;
  readonly token: (refused?: boolean) => Promise<string>;
  /** Runs functions as another client would, and gives the answer's text. */
  readonly run: (functions: string) => Promise<string>;
}

/** What a company is founded with, and how we connect to it. */
export interface Founding {
  readonly switches?: object;
  readonly multiEntity?: boolean;
  readonly transport?: "xml" | "rest";
  readonly options?: Readonly<Record<string, string>>;
}

/** A company of the emulator with its undocumented behaviours chosen, and a connector to it. */
export async function company({
  switches = {},
  multiEntity = false,
  transport = "xml",
  options = {},
}: Founding = {}): Promise<IntacctWorld> {
  const order = { system, template: "trucking", options: { switches, multiEntity } };
  const { id, credentials } = await control<{ id: string; credentials: Credentials }>("POST", "companies", order);
  const settings = settingsOf({ id, credentials, transport, options });
  const wallet = walletOf(settings);
  const about = { system, id };
  const run = clientOf(settings, credentials);
  return {
    settings,
    token: wallet.token,
    run,
    provider: sageIntacct,
    connector: sageIntacct.connect(settings, wallet.token),
    companyId: id,
    names,
    ledger: async () => (await control<{ entries: LedgerEntry[] }>("GET", `ledger?system=${system}&id=${id}`)).entries,
    requests: async () =>
      (await control<{ requests: { method: string; path: string; query: string }[] }>("GET", `requests?system=${system}&id=${id}`))
        .requests,
    balances: async () => {
      const path = `ledger?system=${system}&id=${id}&entries=false`;
      const { balances } = await control<{ balances: { number: string; balance: string }[] }>("GET", path);
      return new Map(balances.map(({ number, balance }) => [number, parseMoney(balance, "USD").minor]));
    },
    trouble: async (kind, operation = "create") => {
      const match = { company: id, operation };
      await control("PUT", "faults", { seed: 1, rules: [{ system, match, count: 1, ...rules[kind] }] });
    },
    closeBooks: async (through) => void (await control("POST", "preferences", { ...about, preferences: { closedThrough: through } })),
    expireToken: async () => {
      await control("PUT", "faults", { seed: 1, rules: [{ system, match: { company: id }, count: 1, kind: "expire_token" }] });
    },
    renewals: wallet.renewals,
    person: personOf(run),
    messageForms: ["smart_event", "webhook"],
    signsBytes: false,
    subscribe: async (form, token) => {
      const { url, seen } = await scriptedServer(() => ({ body: "" }));
      await control("PUT", "webhooks", { ...about, url, form, token, verifierToken: token });
      return seen;
    },
    entityOf: (kind) => sageIntacct.connect(settings, wallet.token).entityOf(kind),
  };
}

interface Connecting {
  readonly id: string;
  readonly credentials: Credentials;
  readonly transport: "xml" | "rest";
  readonly options: Readonly<Record<string, string>>;
}

function settingsOf({ id, credentials, transport, options }: Connecting): ConnectionSettings {
  const api = `${sandbox.url}/sage-intacct`;
  return {
    company: id,
    apiUrl: api,
    tokenUrl: `${api}/ia/api/v1/oauth2/token`,
    authorizeUrl: `${api}/ia/api/v1/oauth2/authorize`,
    appUrl: api,
    clientId: transport === "rest" ? credentials.clientId : "",
    clientSecret: transport === "rest" ? credentials.clientSecret : "",
    options: {
      transport,
      senderId: credentials.senderId,
      userId: credentials.userId,
      statisticalJournal: "STJ",
      banks: "1010=BANK1, 1020=BANK2",
      cards: "2040=FUEL1",
      undepositedAccount: "1050",
      ...options,
    },
    secrets: { senderPassword: credentials.senderPassword, userPassword: credentials.userPassword },
    overrides: {},
  };
}

/** Keeps one pair, as the engine's store does: connected by keys, it begins with an empty one. */
function walletOf(settings: ConnectionSettings) {
  let pair = { accessToken: "", refreshToken: "" };
  let renewals = -1;
  return {
    renewals: () => renewals,
    token: async (refused?: boolean): Promise<string> => {
      if (refused || pair.accessToken === "") {
        pair = await sageIntacct.refresh(settings, pair.refreshToken);
        renewals += 1;
      }
      return pair.accessToken;
    },
  };
}

/** Plain requests of another client, apart from the connector. */
function clientOf({ apiUrl, company: id }: ConnectionSettings, credentials: Credentials) {
  let count = 0;
  return async (functions: string): Promise<string> => {
    const { userId, userPassword, senderId, senderPassword } = credentials;
    const body = `<?xml version="1.0"?><request><control><senderid>${senderId}</senderid><password>${senderPassword}</password><controlid>p${++count}</controlid>
      <uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control><operation><authentication><login><userid>${userId}</userid><companyid>${id}</companyid>
      <password>${userPassword}</password></login></authentication><content><function controlid="f${count}">${functions}</function></content></operation></request>`;
    const response = await fetch(`${apiUrl}/ia/xml/xmlgw.phtml`, { method: "POST", headers: { "content-type": "application/xml" }, body });
    const text = await response.text();
    if (!response.ok || /<status>(failure|aborted)<\/status>/.test(text)) throw new Error(text);
    return text;
  };
}

const objects = {
  journal_entry: "GLBATCH",
  bill: "APBILL",
  vendor_credit: "APADJUSTMENT",
  expense: "CCTRANSACTION",
  expense_report: "EEXPENSES",
  statistical_entry: "GLBATCH",
  invoice: "ARINVOICE",
  credit_memo: "ARADJUSTMENT",
  vendor: "VENDOR",
  customer: "CUSTOMER",
} as const;

function personOf(run: (functions: string) => Promise<string>): World["person"] {
  return {
    edit: async (kind, id) =>
      void (await run(
        `<update><${objects[kind]}><RECORDNO>${id}</RECORDNO><WHENCREATED>11/10/2026</WHENCREATED></${objects[kind]}></update>`,
      )),
    remove: async (kind, id) => void (await run(`<delete><object>${objects[kind]}</object><keys>${id}</keys></delete>`)),
    deactivate: async (kind, id) =>
      void (await run(
        `<update><${objects[kind]}><${objects[kind]}ID>${id}</${objects[kind]}ID><STATUS>inactive</STATUS></${objects[kind]}></update>`,
      )),
    createVendors: async (count, from = 0) => {
      for (let start = from; start < from + count; start += 100) {
        const rows = Array.from({ length: Math.min(100, from + count - start) }, (_, index) => {
          const number = start + index;
          return `<VENDOR><VENDORID>BULK-${number}</VENDORID><NAME>Bulk vendor ${number}</NAME><DISPLAYCONTACT><PRINTAS>Bulk vendor ${number}</PRINTAS></DISPLAYCONTACT></VENDOR>`;
        });
        await run(`<create>${rows.join("")}</create>`);
      }
    },
    mergeVendors: null,
    createBudget: async (name, accountId, amount) => {
      const item = `<GLBUDGETITEM><ACCT_NO>${accountId}</ACCT_NO><PERIODNAME>Month Ended January 2026</PERIODNAME><AMOUNT>${amount}</AMOUNT></GLBUDGETITEM>`;
      await run(
        `<create><GLBUDGETHEADER><BUDGETID>${name}</BUDGETID><DESCRIPTION>${name}</DESCRIPTION><DEFAULT_BUDGET>false</DEFAULT_BUDGET><GLBUDGETITEMS>${item}</GLBUDGETITEMS></GLBUDGETHEADER></create>`,
      );
    },
  };
}

/** One call of the emulator's control API. */
async function control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${sandbox.url}/_control/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
