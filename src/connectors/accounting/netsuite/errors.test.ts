import { describe, expect, test } from "vitest";
import type { FaultCode } from "../../../core/errors.ts";
import { codeRows, sentenceRows } from "./error-table.ts";
import { errorsIn, faultFrom, retryAfterOf } from "./errors.ts";
import type { Json } from "./wire.ts";

const facts = { status: 400, operationId: "op-1" };
const prefix = "Error while accessing a resource. ";

/** Each sentence as NetSuite says it, with what it means to us. */
const sentences: readonly (readonly [string, FaultCode])[] = [
  ["Transaction type specified is incorrect.", "record_stale"],
  ["This entity already exists.", "number_taken"],
  ["This record already exists", "number_taken"],
  [
    "An attempt to create a duplicate record has been detected. The external id of the transaction matches an already existing transaction.",
    "number_taken",
  ],
  ["Invalid combination of entity and subsidiary.", "reference_unknown"],
  ["The value 0.00 is outside of valid min/max range for field payment.", "books_refused"],
  ["Please enter value(s) for: Location, Department.", "books_refused"],
  ["You have entered an Invalid Field Value 9999 for the following field: item", "reference_unknown"],
  ["The transaction date you specified is not within the date range of your accounting period.", "period_closed"],
  ["You cannot post to a closed period.", "period_closed"],
  ["The accounting period is locked for payables.", "period_closed"],
  ["The amounts in a journal entry must balance.", "books_refused"],
  ["Transaction is out of balance.", "books_refused"],
  ["The nexus CA is not valid for transaction subsidiary Parent.", "books_refused"],
  ["You do not have permissions to set a value for element tranid due to one of the following reasons.", "books_refused"],
  ["Record has been changed.", "record_stale"],
  ["Invalid URL. Spaces are not allowed in the URL.", "books_refused"],
  ["An employee with external access already uses this e-mail.", "books_refused"],
  ["This transaction was already voided.", "books_refused"],
  ["This record cannot be deleted because it has dependent records.", "books_refused"],
  ["The amount applied is greater than the amount due.", "books_refused"],
  ["Some workflow of ours does not like Tuesdays.", "books_refused"],
];

describe("sentences behind USER_ERROR", () => {
  for (const [sentence, code] of sentences) {
    test(`${sentence} → ${code}`, () => {
      const fault = faultFrom([{ code: "USER_ERROR", detail: prefix + sentence, path: "" }], facts);
      expect(fault.code).toBe(code);
      expect(fault.message).toContain(sentence.slice(0, 60));
      expect(fault.message).not.toContain(prefix);
      expect(fault.details).toMatchObject({ traceId: "op-1", providerCode: "USER_ERROR" });
      expect(fault.details["fix"]).toMatch(/\w/);
    });
  }

  test("every row is met by one of them", () => {
    const unmet = sentenceRows.filter(
      ({ words, fault }) => fault !== "books_readonly" && !sentences.some(([sentence]) => words.test(sentence)),
    );
    expect(unmet).toEqual([]);
  });

  test("a sentence without its ids is the cause: refusals for one reason stand together", () => {
    const of = (id: string) =>
      faultFrom([{ code: "USER_ERROR", detail: `${prefix}Invalid Field Value ${id} for the following field: item`, path: "" }], facts)
        .details["cause"];
    expect(of("17")).toBe(of("99"));
  });
});

describe("codes", () => {
  for (const { codes, fault } of codeRows) {
    for (const code of codes.filter((each) => each !== "INVALID_CONTENT")) {
      test(`${code} → ${fault}`, () => {
        expect(faultFrom([{ code, detail: "words", path: "" }], facts).code).toBe(fault);
      });
    }
  }

  test("bad content that names a field value is a wrong reference, else a mistake of ours", () => {
    const of = (detail: string) => faultFrom([{ code: "INVALID_CONTENT", detail, path: "item.items[0].item" }], facts);
    expect(of("You have entered an Invalid Field Value 9999 for the following field: item").code).toBe("reference_unknown");
    expect(of("Invalid content in the request body.")).toMatchObject({ code: "books_refused", details: { field: "item.items[0].item" } });
  });

  test("by status alone", () => {
    const of = (status: number) => faultFrom([], { status, operationId: "" }).code;
    expect([401, 403, 404, 405, 415, 429].map(of)).toEqual([
      "credentials_expired",
      "books_readonly",
      "books_refused",
      "books_refused",
      "books_refused",
      "upstream_busy",
    ]);
    expect([200, 302, 408, 500, 502, 503, 504].map(of)).toEqual(Array.from({ length: 7 }, () => "upstream_silent"));
  });

  test("a server failure with a business sentence leaves the outcome open", () => {
    const detail = `${prefix}Please enter value(s) for: Location.`;
    expect(faultFrom([{ code: "USER_ERROR", detail, path: "" }], { status: 500, operationId: "" }).code).toBe("upstream_silent");
  });

  test("of several errors the one that leaves the outcome open decides", () => {
    const errors = [
      { code: "NONEXISTENT_FIELD", detail: "a", path: "" },
      { code: "UNEXPECTED_ERROR", detail: "b", path: "" },
    ];
    expect(faultFrom(errors, facts).code).toBe("upstream_silent");
  });
});

test("their body is read with all of its entries", () => {
  const body = {
    type: "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
    title: "Bad Request",
    status: "400",
    "o:errorDetails": [
      { detail: "one", "o:errorCode": "USER_ERROR" },
      { detail: "two", "o:errorCode": "INVALID_PARAMETER", "o:errorQueryParam": "q" },
    ],
  } as unknown as Json;
  expect(errorsIn(body)).toEqual([
    { code: "USER_ERROR", detail: "one", path: "" },
    { code: "INVALID_PARAMETER", detail: "two", path: "q" },
  ]);
  expect(errorsIn("<html>")).toEqual([]);
});

test("a wait is believed up to a minute, and none is made up", () => {
  expect([retryAfterOf("7", 0), retryAfterOf("9999", 0), retryAfterOf(undefined, 0), retryAfterOf("soon", 0)]).toEqual([
    7_000,
    60_000,
    null,
    null,
  ]);
});
