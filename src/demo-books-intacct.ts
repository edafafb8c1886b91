import type { RuleSet } from "./core/rules/rule-set.ts";
import { generateMonth } from "./demo/month.ts";
import { createCompany, type DemoBooks, type DemoCarrier, post } from "./demo-company.ts";
import type { StoredSettings } from "./engine/connections.ts";

const system = "sage-intacct";

// The emulator of the demo has no limits, and nothing runs there for longer than a moment.
const overrides = { requestsPerMinute: 60_000, requestsPerSecond: 1_000, batchesPerMinute: 6_000, executionLimitMs: 3_000 };

export const intacctDemo: DemoBooks = {
  title: "Sage Intacct",
  profile: "sage-intacct",
  create: async (sandboxUrl, carrier, rules) => {
    const { name, closedThrough } = carrier;
    const { id, credentials } = await createCompany(sandboxUrl, system, { name, closedThrough });
    await plant(sandboxUrl, { company: id, credentials, rows: [...itemRows(rules), ...carrierRows(carrier)] });
    const options = {
      transport: "xml",
      senderId: credentials["senderId"]!,
      userId: credentials["userId"]!,
      statisticalJournal: "STJ",
      banks: "1010=BANK1, 1020=BANK2",
      cards: "2040=FUEL1",
      undepositedAccount: "1050",
      location: "100",
    };
    // Signed in by keys of ours: the first call opens a session.
    const tokens = { accessToken: "", accessExpiresAt: 0, refreshToken: "", refreshExpiresAt: Date.now() + 3_650 * 86_400_000 };
    const settings = { ...settingsAt(sandboxUrl), options, secretFields: ["senderPassword", "userPassword"] };
    const { senderPassword = "", userPassword = "" } = credentials;
    return {
      id,
      secrets: { client_secret: "none", tokens: JSON.stringify(tokens), senderPassword, userPassword },
      connections: [{ name: "Sage Intacct (emulated)", settings, sourceSuffix: "" }],
    };
  },
  move: (sandboxUrl, before) => ({ ...before, ...settingsAt(sandboxUrl) }),
  events: () => ({}),
  page: (sandboxUrl, company) => `${sandboxUrl}/_control/ledger?system=${system}&id=${company}`,
};

function settingsAt(sandboxUrl: string): StoredSettings {
  const base = `${sandboxUrl}/${system}`;
  const rest = `${base}/ia/api/v1/oauth2`;
  const urls = { apiUrl: base, tokenUrl: `${rest}/token`, authorizeUrl: `${rest}/authorize`, revokeUrl: `${rest}/revoke`, appUrl: base };
  return { ...urls, clientId: "", overrides };
}

type Row = readonly [object: string, values: Readonly<Record<string, string>>];

/** The products of invoices. */
function itemRows({ items }: Pick<RuleSet, "items">): Row[] {
  return Object.entries(items).map(([account, name]) => ["ITEM", { ITEMID: `I-${account}`, NAME: name, ITEMTYPE: "Non-Inventory" }]);
}

/** What the carrier's lines are told apart by: tractors, drivers and the loads of the month. */
function carrierRows({ month }: DemoCarrier): Row[] {
  const units = new Set<string>();
  const loads = new Set<string>();
  const drivers = new Map<string, string>();
  for (const event of generateMonth(month)) {
    const lines = "lines" in event ? event.lines : [];
    for (const dims of [event.dims, ...lines.map((line) => ("dims" in line ? line.dims : undefined))]) {
      if (dims?.tractor !== undefined) units.add(dims.tractor);
      if (dims?.load !== undefined) loads.add(dims.load);
      if (dims?.driver !== undefined && !drivers.has(dims.driver)) drivers.set(dims.driver, dims.driver);
    }
    if (event.type === "driver_settlement") drivers.set(event.payee.id, event.payee.name);
  }
  return [
    ...[...units].map((unit): Row => ["UNIT", { NAME: unit, DESCRIPTION: `Tractor ${unit}` }]),
    ...[...loads].map((load): Row => ["PROJECT", { PROJECTID: load, NAME: `Load ${load}`, PROJECTCATEGORY: "Contract" }]),
    ...[...drivers].flatMap(([driver, name]): Row[] => {
      // Names of contacts are unique in a company.
      const contact = `${name} (${driver})`;
      return [
        ["CONTACT", { CONTACTNAME: contact, PRINTAS: name }],
        ["EMPLOYEE", { EMPLOYEEID: driver, "PERSONALINFO.CONTACTNAME": contact }],
      ];
    }),
  ];
}

/** Creates rows of lists, as many in a request as the gateway takes. */
async function plant(
  sandboxUrl: string,
  order: { company: string; credentials: Readonly<Record<string, string>>; rows: readonly Row[] },
): Promise<void> {
  const functionsMax = 100;
  const { senderId, senderPassword, userId, userPassword } = order.credentials;
  const head = `<control><senderid>${senderId}</senderid><password>${senderPassword}</password><controlid>plant</controlid>
    <uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control>`;
  const login = `<login><userid>${userId}</userid><companyid>${order.company}</companyid><password>${userPassword}</password></login>`;
  for (let at = 0; at < order.rows.length; at += functionsMax) {
    const functions = order.rows
      .slice(at, at + functionsMax)
      .map(creation)
      .join("");
    const body = `<?xml version="1.0"?><request>${head}<operation><authentication>${login}</authentication><content>${functions}</content></operation></request>`;
    const response = await post(`${sandboxUrl}/${system}/ia/xml/xmlgw.phtml`, body, { "content-type": "application/xml" });
    const answer = await response.text();
    if (answer.includes("<status>failure</status>")) throw new Error(`The emulator refused the carrier's lists: ${answer.slice(0, 2_000)}`);
  }
}

function creation([object, values]: Row, index: number): string {
  const members = Object.entries(values).map(([path, value]) => {
    const names = path.split(".");
    const text = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return names.reduceRight((inner, name) => `<${name}>${inner}</${name}>`, text);
  });
  return `<function controlid="p${index}"><create><${object}>${members.join("")}</${object}></create></function>`;
}
