import { afterAll, beforeAll, expect, test } from "vitest";
import { expenseLine, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  const vendor = await bench.make("Vendor", { DisplayName: '<script>alert("x")</script>' });
  const bill = {
    VendorRef: { value: String(vendor["Id"]) },
    DocNumber: "CARR-<1>",
    TxnDate: "2026-11-20",
    PrivateNote: "a & b",
    Line: [{ ...expenseLine(bench.account("5130"), 1800), Description: "Load <50211>" }],
  };
  id = String((await bench.make("Bill", bill))["Id"]);
});
afterAll(() => bench.close());

const page = (path: string) => bench.raw({ method: "GET", path: `/quickbooks-online/app${path}` });

test("a record is readable: header, lines and ledger, with everything escaped", async () => {
  const { status, text, headers } = await page(`/bill?txnId=${id}&realm=${bench.realm}`);
  expect(status).toBe(200);
  expect(headers["content-type"]).toContain("text/html");
  for (const part of [
    "Bill CARR-&lt;1&gt;",
    "Load &lt;50211&gt;",
    "a &amp; b",
    "1800.00",
    "5130 Purchased Transportation - Carrier Linehaul",
    "2010 Accounts Payable - Trade",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain("<script>");
});

test("the company lists its newest records with balances", async () => {
  const { text } = await page(`?realm=${bench.realm}`);
  expect(text).toContain(`/quickbooks-online/app/bill?txnId=${id}&amp;realm=${bench.realm}`);
  expect(text).toContain("-1800.00");
  expect(text).not.toContain("<script>");
});

test("what is not there says so", async () => {
  expect((await page(`/bill?txnId=99999&realm=${bench.realm}`)).status).toBe(404);
  expect((await page(`/unicorn?txnId=1&realm=${bench.realm}`)).status).toBe(404);
  expect((await page("?realm=1")).status).toBe(404);
});
