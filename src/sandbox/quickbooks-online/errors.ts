import { jsonAnswer, type Answer } from "../http.ts";
import { pacificTime } from "./time.ts";

/** Message by code, as the published code list has them. */
const messages: Readonly<Record<string, string>> = {
  "500": "Unsupported Operation",
  "600": "Duplicate Request ID",
  "610": "Object Not Found",
  "620": "Txn ID Cannot Be Linked",
  "630": "Duplicate Object",
  "700": "Parent Reference Invalid",
  "800": "Cannot delete object",
  "900": "Parent cannot be child",
  "1000": "Operation failed",
  "1010": "Create operation failed",
  "1020": "Update operation failed",
  "1040": "Batch size exceeds allowed limit",
  "1050": "Invalid Content Type",
  "2000": "Invalid or unsupported object name",
  "2010": "Request has invalid or unsupported property",
  "2020": "Required param missing, need to supply the required value for the API",
  "2030": "Invalid ID",
  "2040": "Invalid String",
  "2050": "String length is either shorter or longer than supported by specification",
  "2060": "Invalid Date",
  "2070": "Invalid Date Format",
  "2080": "Invalid Date Range",
  "2090": "Invalid Number",
  "2100": "Invalid Number Format",
  "2110": "Invalid Number Range",
  "2120": "Invalid Type",
  "2130": "Invalid Request Id Format",
  "2140": "Invalid Amount",
  "2150": "Invalid Percent",
  "2160": "Invalid Quantity",
  "2170": "Invalid Enumeration",
  "2180": "Value out of range",
  "2190": "Value too small or too large",
  "2200": "Invalid URL",
  "2210": "Invalid Email Address",
  "2220": "Invalid Currency Type",
  "2230": "Invalid Boolean Format",
  "2240": "Invalid Boolean",
  "2250": "Missing lines",
  "2260": "Missing PostingType",
  "2270": "Missing TaxApplicableOn",
  "2280": "Missing TaxAmount",
  "2290": "Negative Amount",
  "2300": "Amount on debits not equal to credits",
  "2500": "Invalid Reference Id",
  "2600": "Conflicting elements",
  "3000": "Invalid Custom Field",
  "4000": "Error parsing query",
  "3202": "EmptyField",
  "4001": "Invalid query",
  "4002": "Query could not be processed",
  "5000": "Deprecated field",
  "5010": "Stale Object Error",
  "5020": "Permission Denied Error",
  "5030": "Feature Not Supported Error",
  "6000": "A business validation error has occurred while processing your request",
  "6010": "Account type and subtype missing",
  "6030": "Upload size exceeds the limit",
  "6040": "Invalid file metadata",
  "6041": "Invalid file",
  "6050": "Invalid entity type to attach to",
  "6070": "Amount calculation incorrect in the request",
  "6080": "No Name Provided",
  "6090": "Discount line incomplete",
  "6100": "Invalid Line TaxCode",
  "6140": "Duplicate Document Number Error",
  "6150": "ParentRef required",
  "6160": "Invalid tax code",
  "6170": "Invalid tax detail",
  "6180": "Subaccount hierarchy error",
  "6190": "Invalid Company Status",
  "6200": "Account Period Closed",
  "6210": "Account Period Closed",
  "6220": "Delete with balance not allowed",
  "6230": "Tax detail not allowed",
  "6240": "Duplicate Name Exists Error",
  "6250": "Invalid Sales Customer",
  "6270": "Invalid inventory date",
  "6280": "Delete with unbilled charges not allowed",
  "6310": "Billable without customer",
  "6320": "Invalid billable status",
  "6400": "Delete or void not allowed",
  "6430": "Invalid account type used",
  "6440": "Transaction Detail Information Required",
  "6450": "Delete or void not allowed",
  "6470": "Invalid tax rate",
  "6480": "Delete not allowed",
  "6490": "Invalid budget secondary list",
  "6500": "Budget details missing",
  "6510": "Budget account mismatch",
  "6530": "Raw card number found in the request",
  "6540": "Deposited Transaction cannot be changed",
  "10000": "An application error has occurred while processing your request",
  "10100": "Result Set Big",
  "10200": "Company Reset",
  "100": "General Authentication Error",
  "110": "Authentication OAuth Error",
  "120": "Authorization Failure",
  "130": "Accessing Wrong Cluster",
  "140": "Company Locked Out",
  "150": "Company Under Maintenance",
};

/** A refusal of the accounting service, in its own words. */
export class Refusal extends Error {
  readonly code: string;
  readonly detail: string;
  readonly element: string;
  constructor(code: string, detail: string, element = "") {
    super(messages[code] ?? "Error");
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
    this.element = element;
  }
}

export function missing(parameter: string): Refusal {
  return new Refusal("2020", `Required parameter ${parameter} is missing in the request`, parameter);
}

export function business(text: string, element = ""): Refusal {
  return new Refusal("6000", `Business Validation Error: ${text}`, element);
}

export function notFound(kind: "transaction" | "list" | "plain"): Refusal {
  const detail =
    kind !== "list"
      ? "Object Not Found : Another user has deleted this transaction."
      : "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.";
  return new Refusal("610", detail);
}

/** The `Fault` member of a service answer, alone or inside a batch. */
export function faultOf(refusal: Refusal): { Error: unknown[]; type: string } {
  const { message, code, detail, element } = refusal;
  return { Error: [{ Message: message, Detail: detail, code, element }], type: natures[code]?.type ?? "ValidationFault" };
}

/** Type and status of the faults that are no mistake of the request. */
const natures: Readonly<Record<string, { type: string; status: number }>> = {
  "100": { type: "AuthenticationFault", status: 401 },
  "110": { type: "AuthenticationFault", status: 401 },
  // The vendor's own spelling.
  "120": { type: "AuthorizatonFault", status: 403 },
  "10000": { type: "SystemFault", status: 500 },
};

export function serviceFault(refusal: Refusal, atMs: number): Answer {
  return jsonAnswer(natures[refusal.code]?.status ?? 400, { Fault: faultOf(refusal), time: pacificTime(atMs, "milliseconds") });
}

/** A refusal of the gateway in front of the service: other keys, other case, numeric time. */
export function gatewayFault(fault: { status: number; code: string; name: string; detail: string; type: string }, atMs: number): Answer {
  const message = `message=${fault.name}; errorCode=${fault.code.padStart(6, "0")}; statusCode=${fault.status}`;
  return jsonAnswer(fault.status, {
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message, detail: fault.detail, code: fault.code, element: null }], type: fault.type },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: atMs,
    status: null,
    cdcresponse: [],
  });
}

/** Between the client and a service that does not answer stands a proxy with a page. */
export const brokenPage = "<html><head><title>Service unavailable</title></head><body><h1>We'll be right back</h1></body></html>";

export function systemFault(atMs: number): Answer {
  return serviceFault(new Refusal("10000", "System Failure Error: An unexpected error occurred"), atMs);
}

export function throttleFault(atMs: number): Answer {
  const detail = "The request limit was reached.  Try again later";
  return gatewayFault({ status: 429, code: "3001", name: "ThrottleExceeded", detail, type: "SERVICE" }, atMs);
}
