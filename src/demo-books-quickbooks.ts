import { createCompany, createTokens, type DemoBooks } from "./demo-company.ts";
import type { StoredSettings } from "./engine/connections.ts";

const system = "quickbooks-online";

// The emulator of the demo has no limits, and nothing runs there for longer than a moment.
const overrides = { requestsPerMinute: 60_000, requestsPerSecond: 1_000, batchesPerMinute: 6_000, executionLimitMs: 3_000 };

export const quickBooksDemo: DemoBooks = {
  title: "QuickBooks Online",
  profile: null,
  create: async (sandboxUrl, { name, closedThrough }) => {
    const { id, credentials } = await createCompany(sandboxUrl, system, { name, closedThrough });
    const pair = await createTokens(sandboxUrl, system, id);
    const now = Date.now();
    const tokens = {
      accessToken: pair["accessToken"] as string,
      accessExpiresAt: now + Number(pair["expiresInSeconds"]) * 1_000,
      refreshToken: pair["refreshToken"] as string,
      refreshExpiresAt: now + 100 * 86_400_000,
    };
    const settings = settingsAt(sandboxUrl, credentials["clientId"]!);
    return {
      id,
      secrets: { client_secret: credentials["clientSecret"]!, tokens: JSON.stringify(tokens) },
      connections: [{ name: "QuickBooks Online (emulated)", settings, sourceSuffix: "" }],
    };
  },
  move: (sandboxUrl, { clientId }) => settingsAt(sandboxUrl, clientId),
  events: () => ({}),
  page: (sandboxUrl, company) => `${sandboxUrl}/quickbooks-online/app?realm=${company}`,
};

function settingsAt(sandboxUrl: string, clientId: string): StoredSettings {
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
