import { describe, expect, test } from "vitest";
import type { FaultCode } from "../../../core/errors.ts";
import { errorRows } from "./error-table.ts";
import { faultFrom, retryAfterMs } from "./errors.ts";

interface Said {
  status?: number;
  message?: string;
  detail?: string;
  type?: string;
}

function faultOf(code: string, { status = 400, message = "", detail = "", type = "ValidationFault" }: Said = {}) {
  return faultFrom({ type, errors: [{ code, message, detail, element: "" }] }, { status, traceId: "tid-1" });
}

describe("each code says what to do", () => {
  const cases: [string, Said, FaultCode][] = [
    ["100", { status: 401 }, "credentials_expired"],
    ["3200", { status: 401, type: "AUTHENTICATION" }, "credentials_expired"],
    ["120", { status: 403 }, "books_readonly"],
    ["3100", { status: 403, type: "SERVICE" }, "credentials_refused"],
    ["3001", { status: 429, type: "SERVICE" }, "upstream_busy"],
    ["3001", { status: 403, type: "SERVICE" }, "upstream_busy"],
    ["3001", { status: 503, type: "SERVICE" }, "upstream_busy"],
    ["130", {}, "upstream_busy"],
    ["600", {}, "upstream_silent"],
    ["610", { detail: "Another user has deleted this transaction." }, "record_stale"],
    ["610", { detail: "Something you're trying to use has been made inactive." }, "reference_unknown"],
    ["1010", {}, "upstream_silent"],
    ["2010", {}, "books_refused"],
    ["2050", {}, "books_refused"],
    ["2300", {}, "books_refused"],
    ["2500", { detail: "Accounts element id 7 not found" }, "reference_unknown"],
    ["2500", { detail: "made inactive" }, "reference_unknown"],
    ["5010", {}, "record_stale"],
    ["5020", {}, "books_refused"],
    ["6140", {}, "number_taken"],
    ["6190", { status: 200 }, "books_readonly"],
    ["6200", {}, "period_closed"],
    ["6210", {}, "period_closed"],
    ["6240", {}, "number_taken"],
    ["6430", {}, "books_refused"],
    ["10000", { status: 500, type: "SystemFault" }, "upstream_silent"],
    ["10200", {}, "credentials_expired"],
    // 6000 by its text.
    ["6000", { detail: "Business Validation Error: Fill out at least two detail lines to continue." }, "books_refused"],
    ["6000", { detail: "An unexpected error occurred while accessing or saving your data. Please wait a few minutes" }, "upstream_silent"],
    ["6000", { detail: "Unexpected Internal Error. (-30000)" }, "upstream_silent"],
    ["6000", { detail: "Something new" }, "books_refused"],
    // Codes in no list.
    ["2999", {}, "books_refused"],
    ["7777", { status: 500, type: "SystemFault" }, "upstream_silent"],
    ["7777", { status: 400, type: "SystemFault" }, "upstream_silent"],
    ["12345", {}, "upstream_silent"],
    ["", { status: 200, type: "" }, "upstream_silent"],
    ["", { status: 401, type: "" }, "credentials_expired"],
    ["", { status: 429, type: "" }, "upstream_busy"],
    // A server failure proves nothing, whatever code it carries.
    ["2500", { status: 500 }, "upstream_silent"],
    ["6210", { status: 504 }, "upstream_silent"],
  ];
  for (const [code, said, expected] of cases) {
    test(`${code || "none"} ${said.status ?? 400} ${said.detail ?? ""}`, () => expect(faultOf(code, said).code).toBe(expected));
  }
});

test("no code stands in two rows, and every row speaks in whole sentences", () => {
  const codes = errorRows.flatMap((row) => row.codes);
  expect(new Set(codes).size).toBe(codes.length);
  for (const row of errorRows) expect(`${row.says} ${row.todo}`).toMatch(/^[A-Z][^]*\. [A-Z][^]*\.$/);
});

test("a fault tells their words, the code and the trace, and who holds a number", () => {
  const detail = "You must specify a different number. DocNumber=18696 is assigned to TxnType=Invoice with TxnId=6575";
  const fault = faultOf("6140", { message: "Duplicate Document Number Error", detail });
  expect(fault.details).toEqual({
    status: "400",
    traceId: "tid-1",
    providerCode: "6140",
    providerMessage: "Duplicate Document Number Error",
    providerDetail: detail,
    holderType: "Invoice",
    holderId: "6575",
  });
  expect(fault.message).toContain("The document number is in use already.");
  expect(fault.message).toContain(detail);
});

test("of several errors the one that leaves the outcome open decides", () => {
  const error = { message: "", detail: "", element: "" };
  const fault = faultFrom(
    {
      type: "ValidationFault",
      errors: [
        { ...error, code: "2020" },
        { ...error, code: "10000" },
      ],
    },
    { status: 400, traceId: "" },
  );
  expect(fault.code).toBe("upstream_silent");
});

test("waits are obeyed within reason", () => {
  const now = Date.parse("2026-11-20T10:00:00Z");
  expect(retryAfterMs("7", now)).toBe(7_000);
  expect(retryAfterMs("0", now)).toBe(1_000);
  expect(retryAfterMs("Fri, 20 Nov 2026 10:00:30 GMT", now)).toBe(30_000);
  expect(retryAfterMs(undefined, now)).toBe(60_000);
  expect(retryAfterMs("soon", now)).toBe(60_000);
  expect(retryAfterMs("315360000", now)).toBe(900_000);
  expect(faultOf("3001", { status: 429 }).details["retryAfterMs"]).toBe("60000");
  expect(faultOf("150").details["retryAfterMs"]).toBe("300000");
});
