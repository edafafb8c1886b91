import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Fault } from "../../../core/errors.ts";
import { quickBooksNotifications } from "./notifications.ts";

const { verify, read, isEcho } = quickBooksNotifications;
const bytes = (text: string) => new TextEncoder().encode(text);
const message = (value: unknown) => bytes(JSON.stringify(value));

describe("the signature", () => {
  // Published pairs of Intuit's own Java SDK and of a client in production.
  const vectors: [string, string, string][] = [
    [
      "b5771f19b12ddb4bcdb9f08bdc50bc63878a",
      '{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"name":"Customer","id":"1","operation":"Create","lastUpdated":"2015-10-05T14:42:19-0700"}]}}]}',
      "JC2GUwciPmRBwEO7WvrRmKqu9tGOKL8FFallocTFi8Q=",
    ],
    ["verify_me", '{"stuff":"5"}', "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA="],
  ];
  for (const [token, body, signature] of vectors) {
    test(`of ${body.slice(0, 20)}…`, () => {
      expect(verify({ "intuit-signature": signature }, bytes(body), token)).toBe(true);
      expect(verify({ "Intuit-Signature": signature }, bytes(body), token)).toBe(true);
      expect(verify({ "intuit-signature": signature }, bytes(`${body} `), token)).toBe(false);
      expect(verify({ "intuit-signature": signature }, bytes(body), `${token}x`)).toBe(false);
    });
  }

  test("is over the raw bytes, whatever they are", () => {
    const raw = Uint8Array.of(0xff, 0xfe, 0, 0x7b);
    const signature = createHmac("sha256", "k").update(raw).digest("base64");
    expect(verify({ "intuit-signature": signature }, raw, "k")).toBe(true);
  });

  test("that is missing, doubled, cut or made without a token is refused", () => {
    const body = bytes("{}");
    const signature = createHmac("sha256", "k").update(body).digest("base64");
    const unkeyed = createHmac("sha256", "").update(body).digest("base64");
    expect(verify({}, body, "k")).toBe(false);
    expect(verify({ "intuit-signature": [signature, signature] }, body, "k")).toBe(false);
    expect(verify({ "intuit-signature": signature.slice(0, -1) }, body, "k")).toBe(false);
    expect(verify({ "intuit-signature": "" }, body, "k")).toBe(false);
    expect(verify({ "intuit-signature": unkeyed }, body, "")).toBe(false);
  });
});

describe("the classic form", () => {
  test("tells company, entity, id and operation; an offset may lack its colon", () => {
    const entities = [
      { name: "Bill", id: "145", operation: "Update", lastUpdated: "2026-02-03T20:15:30.000Z" },
      { name: "Vendor", id: "41", operation: "Merge", lastUpdated: "2015-10-05T14:42:19-0700", deletedId: "52" },
      { name: "Customer", id: "7", operation: "Merge", lastUpdated: "?", deletedID: "8" },
      { name: "Payment", id: "9", operation: "Void", lastUpdated: "2026-02-03T20:15:30Z" },
      { name: "Class", id: "5000000000000007280", operation: "Delete", lastUpdated: "2026-02-03T20:15:30Z" },
      { name: "Invoice", id: "3", operation: "Emailed", lastUpdated: "2026-02-03T20:15:30Z" },
    ];
    const hints = read(message({ eventNotifications: [{ realmId: "1185883450", dataChangeEvent: { entities } }] }));
    const at = "2026-02-03T20:15:30.000Z";
    expect(hints).toEqual([
      { company: "1185883450", entity: "Bill", providerId: "145", operation: "changed", mergedId: null, at },
      { company: "1185883450", entity: "Vendor", providerId: "41", operation: "merged", mergedId: "52", at: "2015-10-05T21:42:19.000Z" },
      { company: "1185883450", entity: "Customer", providerId: "7", operation: "merged", mergedId: "8", at: null },
      { company: "1185883450", entity: "Payment", providerId: "9", operation: "voided", mergedId: null, at },
      { company: "1185883450", entity: "Class", providerId: "5000000000000007280", operation: "deleted", mergedId: null, at },
      { company: "1185883450", entity: "Invoice", providerId: "3", operation: "changed", mergedId: null, at },
    ]);
  });

  test("ids that come as numbers keep every digit", () => {
    const raw = bytes(
      '{"eventNotifications":[{"realmId":9341453907059321,"dataChangeEvent":{"entities":[{"name":"Class","id":5000000000000007281}]}}]}',
    );
    expect(read(raw)).toMatchObject([{ company: "9341453907059321", providerId: "5000000000000007281" }]);
  });
});

describe("CloudEvents", () => {
  const event = (type: string, more: object = {}) => ({
    specversion: "1.0",
    id: "88cd52aa",
    source: "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
    type,
    datacontenttype: "application/json",
    time: "2026-02-03T20:15:30.000Z",
    intuitentityid: "145",
    intuitaccountid: "1185883450",
    data: {},
    ...more,
  });

  test("tell the same, of several companies in one message", () => {
    const events = [
      event("qbo.bill.updated.v1"),
      event("qbo.journalentry.created.v1", { intuitaccountid: "2" }),
      event("qbo.vendor.merged.v1", { data: { deletedid: "52" } }),
      event("qbo.billpayment.voided.v1"),
      event("qbo.invoice.deleted.v1"),
      event("qbo.somethingnew.updated.v2"),
      event("payments.charge.created.v1"),
    ];
    expect(read(message(events)).map(({ company, entity, operation, mergedId }) => [company, entity, operation, mergedId])).toEqual([
      ["1185883450", "Bill", "changed", null],
      ["2", "JournalEntry", "created", null],
      ["1185883450", "Vendor", "merged", "52"],
      ["1185883450", "BillPayment", "voided", null],
      ["1185883450", "Invoice", "deleted", null],
      ["1185883450", "somethingnew", "changed", null],
    ]);
  });

  test("one alone, without a list around it", () => {
    expect(read(message(event("qbo.bill.updated.v1")))).toHaveLength(1);
  });
});

describe("what is no notification", () => {
  for (const text of ["", "<html>", "null", "5", '"text"', '{"stuff":"5"}', '[{"a":1}]', "[null]"]) {
    test(JSON.stringify(text), () => expect(() => read(bytes(text))).toThrow(expect.objectContaining({ code: "body_malformed" }) as Fault));
  }
  test("bytes that are no text", () => expect(() => read(Uint8Array.of(0xff, 0xfe))).toThrow(Fault));
  test("an empty list is no failure, an entry without an id is left out", () => {
    expect(read(message([]))).toEqual([]);
    expect(read(message({ eventNotifications: [{ realmId: "1", dataChangeEvent: { entities: [{ name: "Bill" }] } }, {}] }))).toEqual([]);
  });
});

describe("an echo", () => {
  test("shows the version we wrote, or an older one", () => {
    expect(isEcho({ operation: "changed", version: "3" }, "3")).toBe(true);
    expect(isEcho({ operation: "changed", version: "9" }, "10")).toBe(true);
    expect(isEcho({ operation: "changed", version: "11" }, "10")).toBe(false);
    expect(isEcho({ operation: "changed", version: null }, "10")).toBe(false);
  });
  test("of a removal is the removal, and nothing else", () => {
    expect(isEcho({ operation: "deleted", version: null }, null)).toBe(true);
    expect(isEcho({ operation: "deleted", version: null }, "2")).toBe(false);
    expect(isEcho({ operation: "changed", version: "2" }, null)).toBe(false);
  });
});
