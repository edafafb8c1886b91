import { SaxesParser } from "saxes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectOf } from "../json.ts";
import { openBench, type RawAnswer, type TestBench } from "../raw-client.ts";
import { request as send } from "node:http";

let bench: TestBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const path = (rest: string) => `/quickbooks-online/v3/company/${bench.realm}/${rest}`;
const headers = () => ({ authorization: `Bearer ${bench.accessToken}`, accept: "application/xml" });
const get = (rest: string, more: Record<string, string> = {}) =>
  bench.raw({ method: "GET", path: path(rest), headers: { ...headers(), ...more } });
const post = (rest: string, body: string) =>
  bench.raw({ method: "POST", path: path(rest), headers: { ...headers(), "content-type": "application/xml" }, body });

/** Throws where the text is not well formed. */
function parse({ text }: RawAnswer): string {
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(text).close();
  return text;
}

const vendorXml =
  '<Vendor xmlns="http://schema.intuit.com/finance/v3"><DisplayName>O\'Brien &amp; Sons &lt;LTL&gt;</DisplayName><AcctNum>V-1</AcctNum></Vendor>';

test("a record is written and read as XML: references are text with a name beside it", async () => {
  const text = parse(await post("vendor", vendorXml));
  expect(text).toMatch(
    /^<\?xml [^>]+\?><IntuitResponse time="[^"]+" xmlns="http:\/\/schema\.intuit\.com\/finance\/v3"><Vendor domain="QBO" sparse="false">/,
  );
  expect(text).toContain("<DisplayName>O&#39;Brien &amp; Sons &lt;LTL&gt;</DisplayName>");
  const vendor = /<Id>(\d+)<\/Id>/.exec(text)?.[1] ?? "";
  const bill = parse(
    await post(
      "bill",
      `<Bill xmlns="http://schema.intuit.com/finance/v3"><VendorRef>${vendor}</VendorRef>
        <Line><Amount>10.50</Amount><DetailType>AccountBasedExpenseLineDetail</DetailType>
        <AccountBasedExpenseLineDetail><AccountRef>${bench.account("5130")}</AccountRef></AccountBasedExpenseLineDetail></Line>
        <Line><Amount>4.50</Amount><DetailType>AccountBasedExpenseLineDetail</DetailType>
        <AccountBasedExpenseLineDetail><AccountRef>${bench.account("5630")}</AccountRef></AccountBasedExpenseLineDetail></Line></Bill>`,
    ),
  );
  expect(bill).toContain(`<VendorRef name="O&#39;Brien &amp; Sons &lt;LTL&gt;">${vendor}</VendorRef>`);
  expect(bill).toContain("<TotalAmt>15</TotalAmt>");
  const id = /<Id>(\d+)<\/Id><SyncToken>/.exec(bill)?.[1];
  const read = objectOf((await bench.get(`bill/${String(id)}`)).json["Bill"]);
  expect(read).toMatchObject({ TotalAmt: 15, Line: [{ Amount: 10.5 }, { Amount: 4.5 }] });
  const updated = parse(
    await post("vendor", `<Vendor sparse="true"><Id>${vendor}</Id><SyncToken>0</SyncToken><AcctNum>V-2</AcctNum></Vendor>`),
  );
  expect(updated).toContain("<SyncToken>1</SyncToken>");
  expect(updated).toContain("<DisplayName>O&#39;Brien");
});

test("queries, batches, changes and reports answer in XML too", async () => {
  const query = parse(await get(`query?query=${encodeURIComponent("select * from Term maxresults 2")}`));
  expect(query).toContain('<QueryResponse startPosition="1" maxResults="2"><Term domain="QBO" sparse="false">');
  const batch = parse(
    await post(
      "batch",
      `<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3"><BatchItemRequest bId="a" operation="create"><Vendor><DisplayName>By Batch</DisplayName></Vendor></BatchItemRequest>
       <BatchItemRequest bId="b" operation="create"><Vendor/></BatchItemRequest><BatchItemRequest bId="c"><Query>select * from Term maxresults 1</Query></BatchItemRequest></IntuitBatchRequest>`,
    ),
  );
  expect(batch).toContain('<BatchItemResponse bId="a"><Vendor');
  expect(batch).toContain(
    '<BatchItemResponse bId="b"><Fault type="ValidationFault"><Error code="6080" element="DisplayName"><Message>No Name Provided</Message>',
  );
  expect(batch).toContain('<BatchItemResponse bId="c"><QueryResponse');
  const since = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  expect(parse(await get(`cdc?entities=Vendor&changedSince=${since}`))).toContain("<CDCResponse><QueryResponse");
  expect(parse(await get("reports/TrialBalance"))).toContain('<Report xmlns="http://schema.intuit.com/finance/v3"><Header>');
});

describe("the format of an answer", () => {
  const plain = (extra: Record<string, string>, rest = "companyinfo/1") =>
    new Promise<string>((resolve, reject) => {
      const outgoing = send(`${bench.sandbox.url}${path(rest)}`, { headers: extra }, (message) => {
        message.resume();
        resolve(`${message.statusCode ?? 0} ${String(message.headers["content-type"])}`);
      });
      outgoing.on("error", reject);
      outgoing.end();
    });
  const bearer = () => ({ authorization: `Bearer ${bench.accessToken}` });
  test("is XML unless JSON is asked for", async () => {
    expect(await plain(bearer())).toBe("200 application/xml;charset=UTF-8");
    expect(await plain({ ...bearer(), accept: "*/*" })).toBe("200 application/json;charset=UTF-8");
    expect(await plain(bearer(), "companyinfo/1?format=json")).toBe("200 application/json;charset=UTF-8");
    expect(await plain({})).toBe("401 application/xml;charset=UTF-8");
  });

  test("faults of the service and of the gateway have their elements", async () => {
    expect(parse(await get("bill/424242"))).toContain(
      '<Fault type="ValidationFault"><Error code="610" element=""><Message>Object Not Found</Message><Detail>',
    );
    const refused = await get("bill/1", { authorization: "Bearer nonsense" });
    expect(refused.status).toBe(401);
    expect(parse(refused)).toContain('<Fault type="AUTHENTICATION"><Error code="3200"><Message>message=AuthenticationFailed');
  });

  test("with the switch even a client that asked for JSON gets its 401 as XML", async () => {
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { unauthorizedFormat: "xml" } });
    const refused = await get("bill/1", { authorization: "Bearer nonsense", accept: "application/json" });
    expect(refused.headers["content-type"]).toMatch(/xml/);
    expect(parse(refused)).toContain("SRV-110-Authentication Failure");
  });
});

test.each([
  ["unclosed", "<Vendor><DisplayName>x</Vendor>"],
  ["of another entity", "<Customer><DisplayName>x</DisplayName></Customer>"],
  ["with a document type", '<!DOCTYPE x [<!ENTITY a "b">]><Vendor><DisplayName>&a;</DisplayName></Vendor>'],
  ["with an unknown element", "<Vendor><DisplayName>Known</DisplayName><Favourite>x</Favourite></Vendor>"],
])("XML that is %s is unreadable", async (_case, body) => {
  expect(parse(await post("vendor", body))).toContain('code="2010"');
});
