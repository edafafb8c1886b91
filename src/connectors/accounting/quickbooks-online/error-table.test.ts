import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { item, lookup, scripted, token } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { ScriptedAnswer } from "../../../../tests/contract/scripted-server.ts";
import type { Fault, FaultCode, Remedy } from "../../../core/errors.ts";
import { quickBooksOnline } from "./connector.ts";
import { errorRows } from "./error-table.ts";

/*
 * Intuit's list of error codes ("Error codes", "Fix common errors" on developer.intuit.com), with words as they were seen in
 * the field. Each is sent over the wire in the shape it comes in, and must end in the right remedy and in a sentence.
 */

interface Row {
  readonly codes: readonly string[];
  readonly status?: number;
  readonly type?: string;
  readonly message?: string;
  readonly detail?: string;
  /** From the gateway before the service: lower-case keys. */
  readonly gateway?: true;
  readonly fault: FaultCode;
  readonly remedy: Remedy;
}

const refused = { fault: "books_refused", remedy: "review" } as const;
const open = { fault: "upstream_silent", remedy: "confirm" } as const;
const busy = { fault: "upstream_busy", remedy: "retry" } as const;
const reconnect = { fault: "credentials_expired", remedy: "reconnect" } as const;
const mapping = { fault: "reference_unknown", remedy: "review" } as const;
const changed = { fault: "record_stale", remedy: "review" } as const;
const taken = { fault: "number_taken", remedy: "confirm" } as const;
const closed = { fault: "period_closed", remedy: "review" } as const;

const rows: readonly Row[] = [
  {
    codes: ["100"],
    status: 401,
    type: "AuthenticationFault",
    message: "General Authentication Error",
    detail: "SRV-110-Authentication Failure",
    ...reconnect,
  },
  { codes: ["110"], status: 401, type: "AuthenticationFault", message: "Authentication OAuth Error", ...reconnect },
  {
    codes: ["120"],
    status: 403,
    type: "AuthorizatonFault",
    detail: "-11014-You do not have access to use QuickBooks Online Plus.",
    fault: "books_readonly",
    remedy: "reconnect",
  },
  { codes: ["130", "140", "150"], message: "Accessing Wrong Cluster", ...busy },
  { codes: ["500"], message: "Unsupported operation", ...refused },
  { codes: ["600"], message: "Duplicate Request ID", ...open },
  { codes: ["610"], message: "Object Not Found", detail: "Object Not Found : Another user has deleted this transaction.", ...changed },
  {
    codes: ["610"],
    message: "Object Not Found",
    detail:
      "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.",
    ...mapping,
  },
  { codes: ["620"], message: "Txn ID Cannot Be Linked", ...refused },
  { codes: ["630", "700", "800", "900"], ...refused },
  { codes: ["1000", "1010", "1020"], message: "Operation failed", ...open },
  { codes: ["1040", "1050"], ...refused },
  { codes: ["2000"], message: "Invalid or unsupported object name", ...refused },
  {
    codes: ["2010"],
    message: "Request has invalid or unsupported property",
    detail: "Property Name:Foo specified is unsupported or invalid",
    ...refused,
  },
  { codes: ["2020"], message: "Required param missing", detail: "Required parameter AccountRef is missing in the request", ...refused },
  { codes: ["2030"], message: "Invalid ID", ...mapping },
  { codes: ["2040"], message: "Invalid String", ...refused },
  {
    codes: ["2050"],
    detail: "String length is either shorter or longer than supported by specification. Min:0 Max:21 supported. Supplied length:51",
    ...refused,
  },
  { codes: ["2060", "2070", "2080", "2090", "2100", "2110", "2120", "2130", "2140", "2150", "2160", "2170"], ...refused },
  { codes: ["2180", "2190", "2200", "2210", "2220", "2230", "2240"], ...refused },
  { codes: ["2250"], detail: "You must enter at least one split line.", ...refused },
  { codes: ["2260", "2270", "2280", "2290", "2300"], ...refused },
  { codes: ["2500"], message: "Invalid Reference Id", detail: "Invalid Reference Id : Accounts element id 7 not found", ...mapping },
  { codes: ["2600", "3000", "3202", "4000", "4001", "4002", "5000"], ...refused },
  {
    codes: ["3001"],
    status: 429,
    gateway: true,
    type: "SERVICE",
    message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
    detail: "The request limit was reached.  Try again later",
    ...busy,
  },
  {
    codes: ["3001"],
    status: 403,
    gateway: true,
    type: "SERVICE",
    message: "message=ThrottleExceeded; errorCode=003001; statusCode=403",
    ...busy,
  },
  {
    codes: ["3100"],
    status: 403,
    gateway: true,
    type: "SERVICE",
    message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
    fault: "credentials_refused",
    remedy: "reconnect",
  },
  {
    codes: ["3200"],
    status: 401,
    gateway: true,
    type: "AUTHENTICATION",
    message: "message=AuthenticationFailed; errorCode=003200; statusCode=401",
    detail: "Malformed bearer token: too short or too long",
    ...reconnect,
  },
  {
    codes: ["5010"],
    message: "Stale Object Error",
    detail: "Stale Object Error : You and root were working on this at the same time.",
    ...changed,
  },
  { codes: ["5020", "5030"], ...refused },
  { codes: ["6000"], detail: "Business Validation Error: Fill out at least two detail lines to continue.", ...refused },
  {
    codes: ["6000"],
    detail: "Business Validation Error: When you use Accounts Receivable, you must choose a customer in the Name field.",
    ...refused,
  },
  {
    codes: ["6000"],
    detail: "Business Validation Error: When you use Accounts Payable, you must choose a vendor in the Name field.",
    ...refused,
  },
  { codes: ["6000"], detail: "Business Validation Error: You must set a transaction amount.", ...refused },
  {
    codes: ["6000"],
    detail: "Business Validation Error: Make sure all your transactions have a GST/HST rate before you save.",
    ...refused,
  },
  {
    codes: ["6000"],
    detail: "An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again.",
    ...open,
  },
  { codes: ["6000"], detail: "Business Validation Error: Unexpected Internal Error. (-30000)", ...open },
  { codes: ["6000"], detail: "Business Validation Error: Please balance debits and credits.", ...refused },
  { codes: ["6010", "6030", "6040", "6041", "6050", "6070", "6080", "6090", "6100"], ...refused },
  {
    codes: ["6140"],
    message: "Duplicate Document Number Error",
    detail:
      "Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber=18696 is assigned to TxnType=Invoice with TxnId=6575",
    ...taken,
  },
  { codes: ["6150", "6160", "6170", "6180", "6220", "6230", "6270", "6280", "6310", "6320"], ...refused },
  {
    codes: ["6190"],
    status: 200,
    detail:
      "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus because your trial or subscription period ended.",
    fault: "books_readonly",
    remedy: "reconnect",
  },
  {
    codes: ["6200", "6210"],
    message: "Account Period Closed",
    detail: "The account period has closed and the account books cannot be updated through the QBO Services API.",
    ...closed,
  },
  {
    codes: ["6240"],
    message: "Duplicate Name Exists Error",
    detail: "The name supplied already exists. : Another customer, vendor or employee is already using this name.",
    ...taken,
  },
  { codes: ["6250"], ...mapping },
  { codes: ["6400", "6430", "6440", "6450", "6470", "6480", "6490", "6500", "6510", "6530", "6540"], ...refused },
  {
    codes: ["10000"],
    status: 500,
    type: "SystemFault",
    message: "An application error has occurred while processing your request",
    detail: "System Failure Error: null",
    ...open,
  },
  { codes: ["10100"], ...refused },
  { codes: ["10200"], message: "Company Reset", ...reconnect },
];

async function faultOf(answer: ScriptedAnswer): Promise<Fault> {
  const { settings } = await scripted(() => answer);
  const [result] = await quickBooksOnline.connect(settings, token).post([item("k1")], lookup);
  if (result === undefined || !("fault" in result)) throw new Error("It was taken for a success");
  return result.fault;
}

function bodyOf(code: string, { type = "ValidationFault", message = "m", detail = "", gateway }: Row): object {
  if (!gateway)
    return { Fault: { Error: [{ Message: message, Detail: detail, code, element: "" }], type }, time: "2026-02-03T08:00:00.120-08:00" };
  return { warnings: null, fault: { error: [{ message, detail, code, element: null }], type }, time: 1633520295688, batchItemResponse: [] };
}

describe("Intuit's error", () => {
  for (const row of rows) {
    for (const code of row.codes) {
      test(`${code} ${row.detail ?? row.message ?? ""} → ${row.fault}`, async () => {
        const fault = await faultOf({ status: row.status ?? 400, body: bodyOf(code, row) });
        expect([fault.code, fault.remedy, fault.details["providerCode"]]).toEqual([row.fault, row.remedy, code]);
        // A sentence for a bookkeeper, what to do, their own words, and the trace id for Intuit's support.
        expect(fault.message).toMatch(/^[A-Z][^.]{10,}\. [A-Z].{5,}/);
        if (row.detail) expect(fault.message).toContain(row.detail);
        expect(fault.details["traceId"]).toMatch(/^tid-/);
      });
    }
  }

  test("6140 names the holder of the number", async () => {
    const row = rows.find(({ codes }) => codes.includes("6140"))!;
    expect((await faultOf({ status: 400, body: bodyOf("6140", row) })).details).toMatchObject({ holderType: "Invoice", holderId: "6575" });
  });
});

test("every code we know is tried here, and stands in the administrator's table", () => {
  const tried = new Set(rows.flatMap((row) => row.codes));
  expect(errorRows.flatMap((row) => row.codes).filter((code) => !tried.has(code))).toEqual([]);
  const page = readFileSync(new URL("../../../../docs/connectors/quickbooks-online.md", import.meta.url), "utf8");
  const listed = new Set(page.match(/\b\d{3,5}\b/g));
  expect([...tried].filter((code) => !listed.has(code))).toEqual([]);
});

describe("an answer without words", () => {
  for (const status of [408, 500, 502, 503, 504]) {
    test(`${status} leaves the outcome open`, async () => expect((await faultOf({ status, body: "" })).code).toBe("upstream_silent"));
  }
  test("404 as a web page", async () =>
    expect((await faultOf({ status: 404, body: "<html>Not Found</html>" })).code).toBe("upstream_silent"));
  test("401 as XML to a client that asked for JSON", async () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="t" xmlns="http://schema.intuit.com/finance/v3"><Fault type="AUTHENTICATION"><Error code="3200"><Message>message=AuthenticationFailed; errorCode=003200; statusCode=401</Message></Error></Fault></IntuitResponse>';
    expect((await faultOf({ status: 401, body, headers: { "content-type": "text/xml" } })).code).toBe("credentials_expired");
  });
});
