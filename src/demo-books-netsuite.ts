import { createCompany, createTokens, type DemoBooks, type DemoCarrier, type DemoEvents, post } from "./demo-company.ts";
import type { StoredSettings } from "./engine/connections.ts";

const system = "netsuite";

/** One account with two subsidiaries: the carrier, and a brokerage that tenders freight to it. Each is books of its own, signed in to by certificate. */
export const netSuiteDemo: DemoBooks = {
  title: "NetSuite",
  profile: null,
  create: async (sandboxUrl, carrier) => {
    const { id, credentials } = await foundAccount(sandboxUrl, carrier);
    const { clientId, clientSecret, certificateId, privateKey } = credentials;
    // By certificate nothing is kept but the key: the first call fetches a token.
    const expired = { accessToken: "", accessExpiresAt: 0, refreshToken: "", refreshExpiresAt: 0 };
    const settings = (subsidiary: string): StoredSettings => ({
      ...addressesAt(sandboxUrl),
      clientId,
      options: { signIn: "certificate", certificateId, subsidiary },
      secretFields: ["private_key"],
      // The demo's account has fifteen lanes for both, and nothing runs there for longer than a moment.
      overrides: { inFlightMax: 7, executionLimitMs: 3_000 },
    });
    return {
      id,
      secrets: { client_secret: clientSecret, private_key: privateKey, tokens: JSON.stringify(expired) },
      connections: [
        { name: "NetSuite, carrier (emulated)", settings: settings("1"), sourceSuffix: "" },
        { name: "NetSuite, brokerage (emulated)", settings: settings("2"), sourceSuffix: "-brokerage" },
      ],
    };
  },
  move: (sandboxUrl, before) => ({ ...before, ...addressesAt(sandboxUrl) }),
  events: intercompanyTrip,
  page: (sandboxUrl, company) => `${sandboxUrl}/_control/ledger?system=${system}&id=${company}`,
};

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificateId: string;
  readonly privateKey: string;
}

/** Where the emulator is found; it may have another port than last time. */
function addressesAt(sandboxUrl: string) {
  const base = `${sandboxUrl}/${system}`;
  return {
    apiUrl: base,
    appUrl: base,
    authorizeUrl: `${base}/app/login/oauth2/authorize.nl`,
    tokenUrl: `${base}/services/rest/auth/oauth2/v1/token`,
  };
}

/** Terminals are departments in the demo; a fresh account has other ones. */
const terminals = ["DAL", "CHI", "ATL"] as const;

async function foundAccount(sandboxUrl: string, { name, closedThrough }: DemoCarrier): Promise<{ id: string; credentials: Credentials }> {
  const preferences = { allowNumberOverride: true, tier: "premium" };
  const subsidiaries = [{ name: `${name} Brokerage` }];
  const account = await createCompany<Credentials>(sandboxUrl, system, { name, closedThrough, preferences, subsidiaries });
  const { accessToken } = await createTokens(sandboxUrl, system, account.id);
  const headers = { authorization: `Bearer ${String(accessToken)}`, "content-type": "application/json" };
  for (const terminal of terminals) {
    const body = { name: terminal, subsidiary: { items: [{ id: "1" }] }, includeChildren: true };
    await post(`${sandboxUrl}/${system}/services/rest/record/v1/department`, JSON.stringify(body), headers);
  }
  return account;
}

/**
 * A load that the brokerage sold and the carrier drove: the shipper's invoice and the carrier's bill in the brokerage's books,
 * the invoice to the brokerage in the carrier's. What the two owe each other is the same amount in both.
 */
function intercompanyTrip(carrier: string): DemoEvents {
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
    expectedTotal: "2000.00",
    netPayable: "2000.00",
  };
  return {
    "-brokerage": [
      sold("IC1-SALE", { id: "SHP-IC", name: "Intercompany Demo Shipper" }, "2400.00"),
      { ...base, ...bill, type: "carrier_bill", id: "IC1-BILL", number: "IC1-DRIVEN", loadNo: load },
    ],
    "": [sold("IC1-DRIVEN", { id: "IC-BROKERAGE", name: `${carrier} Brokerage` }, "2000.00")],
  };
}
