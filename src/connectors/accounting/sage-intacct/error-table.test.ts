import { describe, expect, test } from "vitest";
import type { ScriptedAnswer } from "../../../../tests/contract/scripted-server.ts";
import {
  controlFailure,
  eachFunction,
  failedResult,
  item,
  lookup,
  scriptedBooks,
  signInFailure,
  type ScriptedError,
} from "../../../../tests/contract/scripted-intacct.ts";
import type { Fault, FaultCode } from "../../../core/errors.ts";
import { errorRows } from "./error-table.ts";

/*
 * What Sage documents of its errors ("Error handling" on developer.intacct.com and developer.sage.com) and what was seen in the
 * field, sent over the wire at the level where it comes, must end in the right remedy and in a sentence.
 */

interface Row {
  readonly errors: readonly ScriptedError[];
  readonly level?: "control" | "authentication";
  readonly status?: number;
  readonly fault: FaultCode;
}

const wrapper = (name: string): ScriptedError => ({ errorno: "BL01001973", text: `Could not create ${name} record!` });
const text = (words: string): readonly ScriptedError[] => [
  { errorno: "BL01001973", text: `${words} [Support ID: AbC%7E12]` },
  wrapper("GLBatch"),
];

const rows: readonly Row[] = [
  { errors: [{ errorno: "GW-0010", text: "Too many requests" }], level: "control", status: 429, fault: "upstream_busy" },
  { errors: [{ errorno: "WS", text: "API rate limit exceeded" }], fault: "upstream_busy" },
  { errors: [{ errorno: "WS", text: "The Service is Temporarily Off-line" }], fault: "upstream_busy" },
  { errors: [{ errorno: "GW-0011", text: "invalid" }], level: "control", status: 400, fault: "books_refused" },
  { errors: [{ errorno: "XL03000003", text: "The XML is not well-formed" }], level: "control", fault: "books_refused" },
  {
    errors: [{ errorno: "XL03000006", text: "Incorrect Intacct XML Partner ID or password." }],
    level: "control",
    fault: "credentials_refused",
  },
  { errors: [{ errorno: "XL03000006", text: "polid is not a valid transport policy." }], level: "control", fault: "books_refused" },
  {
    errors: [{ errorno: "PL04000055", text: "This company is a demo company and has expired" }],
    level: "control",
    fault: "credentials_expired",
  },
  { errors: [{ errorno: "XL03000006", text: "Sign-in information is incorrect" }], level: "authentication", fault: "credentials_expired" },
  {
    errors: [{ errorno: "XMLGW_JPP0002", text: "Sign-in information is incorrect" }],
    level: "control",
    status: 401,
    fault: "credentials_expired",
  },
  {
    errors: [{ errorno: "UJPP0002", text: "Sign-in information is incorrect" }],
    level: "control",
    status: 401,
    fault: "credentials_expired",
  },
  { errors: [{ errorno: "invalidRequest", text: "Invalid Request" }], level: "control", status: 400, fault: "credentials_expired" },
  {
    errors: [{ errorno: "XL03000006", text: "Invalid Web Services Authorization" }],
    level: "authentication",
    fault: "credentials_refused",
  },
  { errors: [{ errorno: "XL03000006", text: "INVOICENO: fields cannot be queried" }], fault: "books_refused" },
  { errors: [{ errorno: "DL02000001", text: "There was an error processing the request." }], fault: "books_refused" },
  { errors: [{ errorno: "Query Failed", text: "Object definition FOO not found" }], fault: "books_refused" },
  { errors: [{ errorno: "WS", text: "Object definition FOO not found" }], fault: "books_refused" },
  { errors: [{ errorno: "PL04000005", text: "You do not have permission for API operation READ_BY_QUERY" }], fault: "books_readonly" },
  { errors: [{ errorno: "BL01", text: "You do not have permission for API" }], fault: "books_readonly" },
  { errors: [{ errorno: "XL03000009", text: "The entire transaction in this operation has been rolled back" }], fault: "upstream_busy" },
  { errors: [wrapper("Document")], fault: "upstream_silent" },
  { errors: [wrapper("Document"), { errorno: "XL03000009" }], fault: "upstream_silent" },
  { errors: text("Something this company forbids"), fault: "books_refused" },
  {
    errors: [{ errorno: "BL34000061", text: "Another Class with the given value(s) REEFER  already exists" }, wrapper("class")],
    fault: "number_taken",
  },
  { errors: [{ errorno: "PL05000104", text: "duplicate" }], fault: "number_taken" },
  { errors: [{ errorno: "BL01001973", text: "Duplicate account number", errorid: "GL-0493" }], fault: "number_taken" },
  { errors: [{ errorno: "BL03000018", text: "Illegal format for WHENDUE" }], fault: "books_refused" },
  { errors: [{ errorno: "BL03002128", text: "Enter a Bill number" }], fault: "books_refused" },
  { errors: [{ errorno: "BL02000051", text: "Undeposited funds must be in base currency" }], fault: "books_refused" },
  { errors: [{ errorno: "PL03000006", text: "Invalid date" }], fault: "books_refused" },
  { errors: text("Transactions do not balance for Location 100"), fault: "books_refused" },
  { errors: [{ errorno: "BL01001973", errorid: "GL-1009", text: "do not add up" }], fault: "books_refused" },
  { errors: text("The period for date 01/31/2026 is closed"), fault: "period_closed" },
  { errors: text("Date must be on or after 02/01/2026"), fault: "period_closed" },
  { errors: text("This transaction is missing the Department dimension for the Account 5010"), fault: "books_refused" },
  { errors: text("The account number '5010' requires a department"), fault: "books_refused" },
  { errors: text("Invalid Project 'L-1' specified."), fault: "reference_unknown" },
  { errors: text("Department 'X' is invalid"), fault: "reference_unknown" },
  { errors: text("Place 'X' is not valid"), fault: "reference_unknown" },
  { errors: text("Customer 'X' specified is not valid."), fault: "reference_unknown" },
  { errors: text("Account 5010 is not valid"), fault: "reference_unknown" },
  { errors: text("GL account 5010 is restricted by location"), fault: "books_refused" },
  { errors: text("Department. This value is auto-filled"), fault: "books_refused" },
  { errors: text("Activate the vendor V-77, then try again."), fault: "reference_unknown" },
  { errors: text("A transaction with the number 'STL-1' already exists."), fault: "number_taken" },
  { errors: text("Payment cannot be processed because one or more bills are already paid"), fault: "books_refused" },
  { errors: text("The amount exceeds total amount due"), fault: "books_refused" },
  { errors: text("We can't find this transaction."), fault: "books_refused" },
  { errors: text("Journal GJ does not allow direct posting"), fault: "books_refused" },
  { errors: text("Please provide a payment batch key"), fault: "books_refused" },
  { errors: [{ errorno: "XL03000007", text: "A function with this controlid was already executed" }], fault: "upstream_silent" },
];

const answerOf = ({ errors, level, status = 200 }: Row) =>
  level === "control" ? controlFailure(errors, status) : level === "authentication" ? signInFailure(errors) : null;

describe("an error of the XML gateway", () => {
  for (const row of rows) {
    const name = row.errors.map(({ errorno, text: words }) => `${errorno} ${words ?? ""}`.trim()).join(" / ");
    test(`${row.level ?? "function"}: ${name} → ${row.fault}`, async () => {
      const whole = answerOf(row);
      const { connector } = await scriptedBooks((seen) => whole ?? eachFunction(seen, (id) => failedResult(id, row.errors)));
      const [result] = await connector.post([item("k1")], lookup);
      const fault = result && "fault" in result ? result.fault : null;
      expect([fault?.code, fault?.message]).toEqual([row.fault, expect.stringMatching(/\.(?: |$)/)]);
      expectSentence(fault!);
    });
  }

  test("what the answer says stands in the message, its support id beside it", async () => {
    const { connector } = await scriptedBooks((seen) => eachFunction(seen, (id) => failedResult(id, text("Department 'X' is invalid"))));
    const [result] = await connector.post([item("k1")], lookup);
    expect(result && "fault" in result && result.fault).toMatchObject({
      message: expect.stringContaining("Department 'X' is invalid"),
      details: { traceId: "AbC~12", providerCode: "BL01001973" },
    });
    expect(result && "fault" in result && result.fault.message).not.toContain("Support ID");
  });

  test("every row of the table is met by one of these or by the JSON gateway's", () => {
    const told = [
      ...rows.flatMap(({ errors }) => errors),
      ...restErrors
        .flatMap(({ error }) => [error, ...(error.details ?? [])])
        .map((each) => ({ errorno: each.code, errorid: each.errorId, text: each.message })),
    ];
    const unmet = errorRows.filter(
      ({ codes, words }) =>
        !told.some(
          ({ errorno = "", errorid = "", text: said = "" }) =>
            (codes === undefined || codes.includes(errorno) || codes.includes(errorid)) && (words === undefined || words.test(said)),
        ),
    );
    expect(unmet).toEqual([]);
  });
});

interface RestError {
  readonly code: string;
  readonly message: string;
  readonly errorId: string;
  readonly supportId?: string;
  readonly details?: readonly RestError[];
}

const failed = (status: number, details: readonly RestError[], fault: FaultCode) => ({
  status,
  fault,
  error: {
    code: "operationFailed",
    errorId: "REST-7001",
    message: "POST request on objects/general-ledger/journal-entry object was unsuccessful",
    supportId: "Abc%7E1",
    details,
  },
});
const detail = (errorId: string, message: string): RestError => ({ code: "businessRule", errorId, message });

const restErrors: readonly { readonly status: number; readonly fault: FaultCode; readonly error: RestError }[] = [
  failed(
    422,
    [detail("GL-0951", "Could not create GLBatch record."), detail("GL-1009", "Transactions do not balance for Location ,")],
    "books_refused",
  ),
  failed(
    400,
    [detail("GL-0951", "Could not create GLBatch record."), detail("AP-1", "Vendor 'V-9' specified is not valid.")],
    "reference_unknown",
  ),
  failed(400, [detail("REST-1043", "/x is not a valid field")], "books_refused"),
  { status: 400, fault: "books_refused", error: { code: "invalidRequest", errorId: "REST-1028", message: "Payload contains errors" } },
  { status: 401, fault: "credentials_expired", error: { code: "tokenInvalid", errorId: "REST-2102", message: "Token is not valid" } },
  { status: 400, fault: "credentials_expired", error: { code: "invalid", errorId: "", message: "The token is not valid" } },
  { status: 403, fault: "books_readonly", error: { code: "forbidden", errorId: "REST-3000", message: "Not allowed" } },
  { status: 409, fault: "upstream_silent", error: { code: "conflict", errorId: "REST-4000", message: "The idempotency key was used" } },
  {
    status: 422,
    fault: "upstream_busy",
    error: { code: "unprocessed", errorId: "REST-1", message: "Operation skipped due to atomic transaction failure" },
  },
  { status: 429, fault: "upstream_busy", error: { code: "tooMany", errorId: "GW-0010", message: "Slow down" } },
  { status: 500, fault: "upstream_silent", error: { code: "internal", errorId: "REST-9", message: "Something failed" } },
];

describe("an error of the JSON gateway", () => {
  for (const { status, fault, error } of restErrors) {
    test(`${status} ${error.errorId} ${error.details?.at(-1)?.message ?? error.message} → ${fault}`, async () => {
      for (const body of [{ "ia::result": { "ia::error": error } }, { "ia::error": error }, { error }]) {
        const { connector } = await scriptedBooks(
          (seen): ScriptedAnswer => (seen.path.endsWith(".phtml") ? eachFunction(seen, () => "") : { status, body }),
          {
            transport: "rest",
          },
        );
        const [result] = await connector.post([item("k1")], lookup);
        expect([result && "fault" in result && result.fault.code, body]).toEqual([fault, body]);
        expectSentence((result as { fault: Fault }).fault);
      }
    });
  }
});

/** Something a bookkeeper can read and act on. */
function expectSentence({ message }: Fault): void {
  expect(message).toMatch(/^[A-Z].{20,}/);
  expect(message).not.toMatch(/undefined|\[object/);
}
