import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import type { RawAnswer } from "../raw-client.ts";
import { createdId, items, openAccount, refusal, type TestAccount } from "./test-account.ts";

let account: TestAccount;
let vendor: string;
const later = { prefer: "respond-async" };
const collection = { ...later, "content-type": "application/vnd.oracle.resource+json; type=collection" };

beforeAll(async () => {
  account = await openAccount();
  vendor = await account.make("vendor", { companyName: "Acme Carriers", subsidiary: "1" });
});
afterAll(() => account.close());

const bill = (externalId: string, more: JsonObject = {}): JsonObject => ({
  externalId,
  entity: vendor,
  expense: { items: [{ account: account.account("5130"), amount: 10 }] },
  ...more,
});
/** A call to the address of a job, or to what lies below it. */
function job(accepted: RawAnswer, below = "", headers: Record<string, string> = {}): Promise<RawAnswer> {
  const path = new URL(String(accepted.headers["location"])).pathname;
  return account.raw({ method: "GET", path: path + below, headers: { authorization: `Bearer ${account.token}`, ...headers } });
}
const result = (accepted: RawAnswer, task: number) => job(accepted, `/task/${task}/result`);

describe("jobs", () => {
  test("a request with respond-async is accepted; its task tells what the call would have answered", async () => {
    const accepted = await account.record("POST", "vendorBill", bill("J-1"), later);
    expect(accepted).toMatchObject({ status: 202, text: "" });
    expect(accepted.headers["preference-applied"]).toBe("respond-async");
    expect((await job(accepted)).json).toMatchObject({ completed: true, progress: "succeeded" });
    const tasks = await job(accepted, "/task");
    expect(tasks.json).toMatchObject({ count: 1, totalResults: 1 });
    expect((await job(accepted, "/task/1")).json).toMatchObject({
      id: "1",
      completed: true,
      progress: "succeeded",
      startTime: expect.stringMatching(/Z$/),
    });
    const done = await result(accepted, 1);
    expect(done).toMatchObject({ status: 204, text: "" });
    expect(await account.read("vendorBill", createdId(done))).toMatchObject({ externalId: "J-1" });
  });

  test("a job that succeeded may have failed: its result is the error with its status", async () => {
    const accepted = await account.record("POST", "vendorBill", bill("J-2", { entity: "9999" }), later);
    expect((await job(accepted)).json).toMatchObject({ progress: "succeeded" });
    expect((await job(accepted, "/task/1")).json).toMatchObject({ progress: "failed" });
    expect(refusal(await result(accepted, 1))).toMatchObject({ status: 400, code: "USER_ERROR" });
  });

  test.each([409, 400])("the same idempotency key makes no second job (%d)", async (status) => {
    await account.switches({ idempotencyStatus: status });
    const headers = { ...later, "x-netsuite-idempotency-key": crypto.randomUUID() };
    const first = await account.record("POST", "vendorBill", bill(`K-${status}`), headers);
    const second = await account.record("POST", "vendorBill", bill(`K-${status}`), headers);
    expect(refusal(second)).toMatchObject({ status, code: "IDEMPOTENCY_ERROR" });
    expect(second.json["title"]).toBe("Conflict");
    expect(second.headers["location"]).toBe(first.headers["location"]);
    await account.switches({ idempotencyStatus: 409 });
  });

  test("a job can stay under way for a while", async () => {
    await account.switches({ jobPolls: 1 });
    const accepted = await account.record("POST", "vendorBill", bill("J-3"), later);
    expect((await job(accepted)).json).toMatchObject({ completed: false, progress: "processing" });
    expect((await job(accepted)).json).toMatchObject({ completed: true });
    await account.switches({ jobPolls: 0 });
  });

  test("a query as a job is fetched as transient; an unknown job is not there", async () => {
    const accepted = await account.query("SELECT id FROM vendor", { headers: { prefer: "respond-async, transient" } });
    expect(accepted.status).toBe(202);
    expect((await result(accepted, 1)).status).toBe(400);
    expect((await job(accepted, "/task/1/result", { prefer: "transient" })).json).toMatchObject({ count: 1 });
    const unknown = await account.record("GET", "../../async/v1/job/99999");
    expect(unknown.status).toBe(404);
  });
});

describe("batches", () => {
  test("each record of a batch has its own outcome; what fails undoes only itself", async () => {
    const body = { items: [bill("B-1"), bill("B-2", { entity: "9999" }), bill("B-3")] };
    const accepted = await account.record("POST", "vendorBill", body, collection);
    expect(accepted.status).toBe(202);
    expect((await job(accepted, "/task")).json).toMatchObject({ count: 3 });
    expect([await result(accepted, 1), await result(accepted, 2), await result(accepted, 3)].map(({ status }) => status)).toEqual([
      204, 400, 204,
    ]);
    expect(await account.rows("SELECT externalid FROM transaction WHERE externalid LIKE 'B-%' ORDER BY externalid")).toMatchObject([
      { externalid: "B-1" },
      { externalid: "B-3" },
    ]);
  });

  test("update, upsert, read and delete in batches", async () => {
    const patched = await account.record("PATCH", "vendorBill", { items: [{ externalId: "B-1", memo: "one" }] }, collection);
    expect((await result(patched, 1)).status).toBe(204);
    const put = await account.record("PUT", "vendorBill?replace=expense", { items: [bill("B-1"), bill("B-4")] }, collection);
    expect([(await result(put, 1)).status, (await result(put, 2)).status]).toEqual([204, 204]);
    const read = await account.record("GET", "vendorBill?ids=eid:B-1,eid:B-4&expandRecords=true", undefined, later);
    expect(items((await result(read, 1)).json)).toMatchObject([{ externalId: "B-1", memo: "one", total: 10 }, { externalId: "B-4" }]);
    const gone = await account.record("DELETE", "vendorBill?ids=eid:B-4,eid:B-9", undefined, later);
    expect([(await result(gone, 1)).status, (await result(gone, 2)).status]).toEqual([204, 400]);
  });

  test("more than a hundred records, and an account without batches, are refused", async () => {
    const many = { items: Array.from({ length: 101 }, (_, index) => bill(`M-${index}`)) };
    expect(refusal(await account.record("POST", "vendorBill", many, collection))).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    await account.switches({ batch: false });
    expect(refusal(await account.record("POST", "vendorBill", { items: [bill("N-1")] }, collection))).toMatchObject({
      status: 400,
      code: "INVALID_CONTENT",
    });
    await account.switches({ batch: true });
  });
});

describe("limits and troubles", () => {
  const plan = (...rules: JsonObject[]) => account.control("PUT", "faults", { seed: 1, rules });
  const limits = (enabled: boolean) => account.control("PUT", "limits", { system: "netsuite", enabled, scale: 1 });
  const read = () => account.record("GET", `vendor/${vendor}`);

  test("more requests at once than the account may have are 429, without a Retry-After", async () => {
    await account.preferences({ tier: "standard" });
    await limits(true);
    await plan({ system: "netsuite", match: {}, kind: "delay", ms: 3000, count: 5 });
    const underWay = Array.from({ length: 5 }, read);
    const struck = async () => objectOf(listOf((await account.control("GET", "faults")).json["rules"])[0])["struck"];
    while ((await struck()) !== 5);
    const blocked = await read();
    const answers = await Promise.all(underWay);
    await limits(false);
    await account.preferences({ tier: "premium" });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(refusal(blocked)).toEqual({
      status: 429,
      code: "CONCURRENCY_LIMIT_EXCEEDED",
      detail: "Concurrent request limit exceeded. Request blocked.",
    });
    expect(blocked.headers).not.toHaveProperty("retry-after");
  });

  test("lanes that other integrations hold are missing", async () => {
    await limits(true);
    await account.preferences({ tier: "standard", heldByOthers: 4 });
    const [last] = [(await read()).status, await account.preferences({ heldByOthers: 5 })];
    const none = (await read()).status;
    await limits(false);
    await account.preferences({ tier: "premium", heldByOthers: 0 });
    expect([last, none]).toEqual([200, 429]);
  });

  test("an administrator reads the limits of the account", async () => {
    const call = () => account.record("GET", "../../system/v1/governanceLimits");
    expect((await call()).status).toBe(403);
    await account.preferences({ isAdministrator: true, suiteCloudPlus: 1 });
    expect((await call()).json).toMatchObject({ accountConcurrencyLimit: 25, integrationLimitType: "accountLimit" });
    await account.preferences({ isAdministrator: false, suiteCloudPlus: 0 });
  });

  test.each<[JsonObject, number, string]>([
    [{ kind: "status", status: 500 }, 500, "UNEXPECTED_ERROR"],
    [{ kind: "status", status: 409 }, 409, "RCRD_HAS_BEEN_CHANGED"],
    [{ kind: "status", status: 400 }, 400, "USER_ERROR"],
    [{ kind: "status", status: 403 }, 403, "INSUFFICIENT_PERMISSION"],
    [{ kind: "throttle", retryAfterSeconds: 2 }, 429, "CONCURRENCY_LIMIT_EXCEEDED"],
    [{ kind: "expire_token" }, 401, "INVALID_LOGIN"],
  ])("%j", async (rule, status, code) => {
    const fresh = await account.control("POST", "tokens", { system: "netsuite", id: account.id });
    await plan({ system: "netsuite", match: { entity: "vendor" }, count: 1, ...rule });
    const headers = { authorization: `Bearer ${String(fresh.json["accessToken"])}` };
    const answer = await account.record("GET", `vendor/${vendor}`, undefined, headers);
    expect(refusal(answer)).toMatchObject({ status, code });
    await plan();
  });

  test("what stands in front of the service is away: HTML and 503", async () => {
    await plan({ system: "netsuite", match: {}, kind: "status", status: 503, count: 1 });
    const answer = await read();
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain("text/html");
  });

  test("a write whose answer was lost has happened: it is found by its external id, and a second one is refused", async () => {
    await plan({ system: "netsuite", match: { entity: "vendorbill", operation: "create" }, kind: "commit_then_cut", count: 1 });
    expect((await account.record("POST", "vendorBill", bill("LOST-1"))).wasCut).toBe(true);
    expect((await account.record("GET", "vendorBill/eid:LOST-1?fields=id")).json).toMatchObject({ id: expect.any(String) });
    expect(refusal(await account.record("POST", "vendorBill", bill("LOST-1"))).detail).toContain("already exists");
  });

  test("the oracle and the request log know every write by its external id", async () => {
    const { entries } = await account.ledger();
    expect((entries as JsonObject[]).filter(({ key }) => key === "LOST-1")).toMatchObject([{ operation: "create", entity: "vendorBill" }]);
    const { requests } = (await account.control("GET", `requests?system=netsuite&id=${account.id}`)).json;
    expect((requests as JsonObject[]).filter(({ key }) => key === "LOST-1").length).toBeGreaterThanOrEqual(2);
  });

  test("a reset goes back to the template, and the connection stays", async () => {
    await account.control("POST", "reset", { system: "netsuite", id: account.id });
    expect(await account.rows("SELECT id FROM transaction")).toEqual([]);
    expect(objectOf((await account.ledger())["totals"])).toEqual({ debit: "0.00", credit: "0.00" });
  });
});
