import type { RuleSet } from "./core/rules/rule-set.ts";
import type { StoredSettings } from "./engine/connections.ts";

/** Systems whose emulator the demo can post to; the first is what happens unless told otherwise. */
export const demoSystems = ["quickbooks-online", "sage-intacct"] as const;
export type DemoSystem = (typeof demoSystems)[number];

/** A company that was made in an emulator, and what our connection to it keeps. */
export interface DemoCompany {
  readonly id: string;
  readonly settings: StoredSettings;
  /** By the field under which they are filed; the client secret and the token pair among them. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What the demo must know of one system. */
export interface DemoBooks {
  readonly title: string;
  /** Makes the carrier's company, with all that the rules name. */
  readonly create: (sandboxUrl: string, carrier: DemoCarrier, rules: RuleSet) => Promise<DemoCompany>;
  /** The connection of before, at the emulator's address of now. */
  readonly move: (sandboxUrl: string, before: StoredSettings) => StoredSettings;
  /** The shipped rules as this system takes them. */
  readonly fit: (rules: RuleSet) => RuleSet;
  readonly page: (sandboxUrl: string, company: string) => string;
}

export interface DemoCarrier {
  readonly name: string;
  readonly closedThrough: string;
}

// The emulator of the demo has no limits, and nothing runs there for longer than a moment.
const overrides = { requestsPerMinute: 60_000, requestsPerSecond: 1_000, batchesPerMinute: 6_000, executionLimitMs: 3_000 };

const quickBooks: DemoBooks = {
  title: "QuickBooks Online",
  create: async (sandboxUrl, { name, closedThrough }) => {
    const { id, credentials } = await createCompany(sandboxUrl, "quickbooks-online", { name, closedThrough });
    const pair = await control(sandboxUrl, "tokens", { system: "quickbooks-online", id });
    const now = Date.now();
    const tokens = {
      accessToken: pair["accessToken"] as string,
      accessExpiresAt: now + Number(pair["expiresInSeconds"]) * 1_000,
      refreshToken: pair["refreshToken"] as string,
      refreshExpiresAt: now + 100 * 86_400_000,
    };
    const settings = quickBooksAt(sandboxUrl, credentials["clientId"]!);
    return { id, settings, secrets: { client_secret: credentials["clientSecret"]!, tokens: JSON.stringify(tokens) } };
  },
  move: (sandboxUrl, { clientId }) => quickBooksAt(sandboxUrl, clientId),
  fit: (rules) => rules,
  page: (sandboxUrl, company) => `${sandboxUrl}/quickbooks-online/app?realm=${company}`,
};

function quickBooksAt(sandboxUrl: string, clientId: string): StoredSettings {
  const base = `${sandboxUrl}/quickbooks-online`;
  return {
    apiUrl: base,
    tokenUrl: `${base}/oauth2/v1/tokens/bearer`,
    authorizeUrl: `${base}/connect/oauth2`,
    revokeUrl: `${base}/oauth2/v1/tokens/revoke`,
    appUrl: base,
    clientId,
    overrides,
  };
}

const terminals = ["ATL", "CHI", "DAL", "MEM"];
const cards = ["2040"];

const intacct: DemoBooks = {
  title: "Sage Intacct",
  create: async (sandboxUrl, carrier, rules) => {
    const { id, credentials } = await createCompany(sandboxUrl, "sage-intacct", { ...carrier });
    await plant(sandboxUrl, id, { credentials, rules });
    const options = {
      transport: "xml",
      senderId: credentials["senderId"]!,
      userId: credentials["userId"]!,
      statisticalJournal: "STJ",
      banks: "1010=BANK1, 1020=BANK2",
      cards: cards.map((account) => `${account}=FUEL1`).join(", "),
      undepositedAccount: "1050",
      location: "100",
    };
    // Signed in by keys of ours: the first call opens a session.
    const tokens = { accessToken: "", accessExpiresAt: 0, refreshToken: "", refreshExpiresAt: Date.now() + 3_650 * 86_400_000 };
    const settings = { ...intacctAt(sandboxUrl), options, secretFields: ["senderPassword", "userPassword"] };
    const { senderPassword = "", userPassword = "" } = credentials;
    return { id, settings, secrets: { client_secret: "none", tokens: JSON.stringify(tokens), senderPassword, userPassword } };
  },
  move: (sandboxUrl, before) => ({ ...before, ...intacctAt(sandboxUrl) }),
  fit: (rules) => ({
    ...rules,
    // Money that left the bank at once is a journal entry there; what a charge card paid is a card transaction.
    documents: rules.documents.map((row) =>
      row.kind !== "expense" || cards.includes(String(row.balance)) ? row : { ...row, kind: "journal_entry" as const },
    ),
  }),
  page: (sandboxUrl, company) => `${sandboxUrl}/_control/ledger?system=sage-intacct&id=${company}`,
};

function intacctAt(sandboxUrl: string): StoredSettings {
  const base = `${sandboxUrl}/sage-intacct`;
  const rest = `${base}/ia/api/v1/oauth2`;
  const urls = { apiUrl: base, tokenUrl: `${rest}/token`, authorizeUrl: `${rest}/authorize`, revokeUrl: `${rest}/revoke`, appUrl: base };
  return { ...urls, clientId: "", overrides };
}

/** What the rules name and a new company lacks: the products of invoices, and a department for each terminal. */
async function plant(
  sandboxUrl: string,
  company: string,
  { credentials, rules }: { credentials: Readonly<Record<string, string>>; rules: RuleSet },
): Promise<void> {
  const text = (value: string): string => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const items = Object.entries(rules.items).map(
    ([account, name]) => `<ITEM><ITEMID>I-${account}</ITEMID><NAME>${text(name)}</NAME><ITEMTYPE>Non-Inventory</ITEMTYPE></ITEM>`,
  );
  const departments = terminals.map((id) => `<DEPARTMENT><DEPARTMENTID>${id}</DEPARTMENTID><TITLE>Terminal ${id}</TITLE></DEPARTMENT>`);
  const rows = [...items, ...departments];
  const { senderId, senderPassword, userId, userPassword } = credentials;
  const body = `<?xml version="1.0"?><request><control><senderid>${senderId}</senderid><password>${senderPassword}</password><controlid>plant</controlid>
    <uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control><operation><authentication><login><userid>${userId}</userid><companyid>${company}</companyid>
    <password>${userPassword}</password></login></authentication><content>${rows.map((row, index) => `<function controlid="p${index}"><create>${row}</create></function>`).join("")}</content></operation></request>`;
  const url = `${sandboxUrl}/sage-intacct/ia/xml/xmlgw.phtml`;
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/xml" }, body });
  const answer = await response.text();
  if (!response.ok || answer.includes("<status>failure</status>"))
    throw new Error(`The emulator refused the carrier's lists: ${answer.slice(0, 2_000)}`);
}

export const demoBooks: Readonly<Record<DemoSystem, DemoBooks>> = { "quickbooks-online": quickBooks, "sage-intacct": intacct };

async function createCompany(sandboxUrl: string, system: DemoSystem, options: object) {
  const made = await control(sandboxUrl, "companies", { system, template: "trucking", options });
  return { id: made["id"] as string, credentials: made["credentials"] as Record<string, string> };
}

async function control(sandboxUrl: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandboxUrl}/_control/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The emulator refused ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
