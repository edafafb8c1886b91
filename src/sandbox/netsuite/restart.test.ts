import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { objectOf } from "../json.ts";
import { startSandbox } from "../server.ts";
import { openAccount, services, testNow } from "./test-account.ts";

test("a restarted sandbox has its books, its tokens and its queries", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ledgerlane-netsuite-"));
  const dataFile = join(folder, "sandbox.sqlite");
  try {
    const account = await openAccount({}, { dataFile });
    const vendor = await account.make("vendor", { companyName: "Acme", subsidiary: "1" });
    await account.rows("SELECT id FROM vendor");
    await account.close();
    const again = await startSandbox({ port: 0, dataFile, now: testNow });
    const answer = await fetch(`${again.url}${services}/query/v1/suiteql`, {
      method: "POST",
      headers: { authorization: `Bearer ${account.token}`, prefer: "transient", "content-type": "application/json" },
      body: JSON.stringify({ q: "SELECT id FROM vendor" }),
    });
    expect(objectOf(await answer.json())).toMatchObject({ items: [{ id: vendor }] });
    await again.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
