import { describe, expect, test } from "vitest";
import { amountOf, faultIn, faultInXml, listOf, minorOf, parseExact, refOf, textOf } from "./wire.ts";

test("numbers keep every digit they were sent with", () => {
  const answer = parseExact('{"Id":5000000000000007280,"Amount":1250.10,"Tiny":0E-10,"Text":"7","Flag":true,"None":null}');
  expect(answer).toEqual({ Id: "5000000000000007280", Amount: "1250.10", Tiny: "0E-10", Text: "7", Flag: true, None: null });
});

test("amounts are printed as exact JSON numbers", () => {
  const body = JSON.stringify({
    a: amountOf(125000n, "USD"),
    b: amountOf(-5n, "USD"),
    c: amountOf(9007199254740993n, "USD"),
    d: amountOf(7n, "JPY"),
  });
  expect(body).toBe('{"a":1250.00,"b":-0.05,"c":90071992547409.93,"d":7}');
});

describe("amounts are read exactly", () => {
  const cases: [string | undefined, bigint | null][] = [
    ["1250", 125000n],
    ["1250.0", 125000n],
    ["0.1", 10n],
    ["-62.50", -6250n],
    ["0E-10", 0n],
    ["1.25E+3", 125000n],
    ["12E2", 120000n],
    ["1.5e-1", 15n],
    ["90071992547409.93", 9007199254740993n],
    ["103.50000", 10350n],
    ["0.001", null],
    ["1e99", null],
    ["ten", null],
    ["", null],
    [undefined, null],
  ];
  for (const [text, minor] of cases) test(String(text), () => expect(minorOf(text, "USD")).toBe(minor));
});

test("missing members and wrong types read as empty", () => {
  const row = parseExact('{"VendorRef":{"value":"41"},"Line":[{"Id":"1"},null,3],"Name":["x"]}');
  expect([refOf(row, "VendorRef"), refOf(row, "CustomerRef"), textOf(row, "Name"), textOf(null, "Id")]).toEqual(["41", "", "", ""]);
  expect(listOf(row, "Line")).toEqual([{ Id: "1" }]);
  expect(listOf(row, "Bill")).toEqual([]);
});

describe("faults", () => {
  test("the service's shape", () => {
    const answer = parseExact(
      '{"Fault":{"Error":[{"Message":"Invalid Reference Id","Detail":"Accounts element id 7 not found","code":"2500","element":""}],"type":"ValidationFault"}}',
    );
    expect(faultIn(answer)).toEqual({
      type: "ValidationFault",
      errors: [{ code: "2500", message: "Invalid Reference Id", detail: "Accounts element id 7 not found", element: "" }],
    });
  });

  test("the gateway's shape, with nulls and a numeric code", () => {
    const answer = parseExact(
      '{"warnings":null,"fault":{"error":[{"message":"message=ThrottleExceeded","detail":null,"code":3001,"element":null}],"type":"SERVICE"},"time":1633520295688}',
    );
    expect(faultIn(answer)).toEqual({
      type: "SERVICE",
      errors: [{ code: "3001", message: "message=ThrottleExceeded", detail: "", element: "" }],
    });
  });

  test("XML, whatever was asked for", () => {
    const text =
      '<?xml version="1.0"?><IntuitResponse time="2026-02-03T08:00:00Z" xmlns="http://schema.intuit.com/finance/v3"><Fault type="AUTHENTICATION">' +
      '<Error code="003200"><Message>message=AuthenticationFailed</Message><Detail>Token &lt;expired&gt; &amp; gone</Detail></Error></Fault></IntuitResponse>';
    expect(faultInXml(text)).toEqual({
      type: "AUTHENTICATION",
      errors: [{ code: "3200", message: "message=AuthenticationFailed", detail: "Token <expired> & gone", element: "" }],
    });
  });

  test("no fault in a plain answer, in HTML or in nothing", () => {
    expect(faultIn(parseExact('{"Bill":{"Id":"1"}}'))).toBeNull();
    expect(faultIn(undefined)).toBeNull();
    expect(faultInXml("<html><Fault></html>")).toBeNull();
    expect(faultInXml("")).toBeNull();
  });
});
