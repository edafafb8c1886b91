import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ownerOf } from "../src/engine/connections.ts";
import { inOrganization } from "../src/store/database.ts";
import { putSecret } from "../src/store/secrets.ts";
import type { startRig } from "./rig.ts";

/** The emulator in a process of its own, as a provider is. */
export async function startSandboxProcess() {
  const child = fork(fileURLToPath(new URL("../src/sandbox/child.ts", import.meta.url)), ["0"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const url = await new Promise<string>((resolve) => child.once("message", (message) => resolve((message as { url: string }).url)));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url,
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** Asks the emulator's control API. */
export async function readControl<T>(url: string, path: string, body?: unknown): Promise<T> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${url}/_control/${path}`, body === undefined ? {} : post);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export interface Company {
  readonly id: string;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}
export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const system = "quickbooks-online";

/** A company file in the emulator, with sign-in kept for the books of the rig; no limits worth mentioning. */
export async function connect(
  url: string,
  core: Parameters<NonNullable<Parameters<typeof startRig>[0]["books"]>>[0],
  ids: { organizationId: string; booksId: string },
) {
  const company = await readControl<Company>(url, "companies", { system, template: "trucking" });
  const pair = await readControl<Pair>(url, "tokens", { system, id: company.id });
  const tokens = { ...pair, accessExpiresAt: Date.now() + 3_600_000, refreshExpiresAt: Date.now() + 8_640_000_000 };
  const owner = ownerOf(ids.booksId);
  const masterKey = core.parts.masterKey;
  // Secrets need no books row: they are filed under its id.
  await inOrganization(core.database, ids.organizationId, (tx) =>
    putSecret(tx, masterKey, { owner, field: "client_secret" }, company.credentials.clientSecret),
  );
  await inOrganization(core.database, ids.organizationId, (tx) =>
    putSecret(tx, masterKey, { owner, field: "tokens" }, JSON.stringify(tokens)),
  );
  const base = `${url}/quickbooks-online`;
  const overrides = { requestsPerMinute: 600_000, requestsPerSecond: 10_000, batchesPerMinute: 600_000, executionLimitMs: 3_000 };
  const settings = {
    apiUrl: base,
    tokenUrl: `${base}/oauth2/v1/tokens/bearer`,
    authorizeUrl: `${base}/connect/oauth2`,
    appUrl: base,
    clientId: company.credentials.clientId,
    overrides,
  };
  return { company: company.id, settings };
}
