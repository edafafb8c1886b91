import { createHmac, timingSafeEqual } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { Change, Hint, Notifications } from "../connector.ts";
import { isObject, listOf, parseExact, textOf, type Json, type JsonObject } from "./wire.ts";

/** Intuit's messages that something changed (developer.intuit.com, "Webhooks"): the classic form and CloudEvents. */
export const quickBooksNotifications: Notifications = { verify: verifyNotification, read: readNotification, isEcho };

/** `intuit-signature` is the base64 of HMAC-SHA256 over the raw body, keyed with the verifier token as text. */
function verifyNotification(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  rawBody: Uint8Array,
  verifierToken: string,
): boolean {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === "intuit-signature");
  const given = name === undefined ? undefined : headers[name];
  // Twice the header is nobody's honest message; an empty token would let everybody sign.
  if (typeof given !== "string" || verifierToken === "") return false;
  const expected = Buffer.from(createHmac("sha256", verifierToken).update(rawBody).digest("base64"));
  const told = Buffer.from(given.trim());
  return told.length === expected.length && timingSafeEqual(told, expected);
}

/** Both forms, told apart by their shape. Events of another kind than QuickBooks Online's are left out. */
function readNotification(rawBody: Uint8Array): Hint[] {
  const message = jsonOf(rawBody);
  if (isObject(message) && Array.isArray(message["eventNotifications"])) {
    return listOf(message, "eventNotifications").flatMap(readClassic);
  }
  const events: readonly Json[] = Array.isArray(message) ? (message as readonly Json[]) : [message];
  if (!events.every((event): event is JsonObject => isObject(event) && textOf(event, "specversion") !== "")) {
    throw new Fault("body_malformed", "The message is neither Intuit's classic notification nor a list of CloudEvents");
  }
  return events.flatMap(readCloudEvent);
}

/** Their versions count up by one with each change. */
function isEcho(change: Pick<Change, "operation" | "version">, written: string | null): boolean {
  if (change.operation === "deleted") return written === null;
  if (written === null || !/^\d+$/.test(written) || !/^\d+$/.test(change.version ?? "")) return false;
  return BigInt(change.version!) <= BigInt(written);
}

function jsonOf(rawBody: Uint8Array): Json {
  try {
    return parseExact(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    throw new Fault("body_malformed", "The notification is no JSON text in UTF-8");
  }
}

function readClassic(notification: JsonObject): Hint[] {
  const company = textOf(notification, "realmId");
  const event = notification["dataChangeEvent"];
  return listOf(event, "entities").flatMap((entity) =>
    hintOf({
      company,
      entity: textOf(entity, "name"),
      providerId: textOf(entity, "id"),
      operation: textOf(entity, "operation"),
      // Both spellings are about.
      mergedId: textOf(entity, "deletedId") || textOf(entity, "deletedID"),
      at: textOf(entity, "lastUpdated"),
    }),
  );
}

function readCloudEvent(event: JsonObject): Hint[] {
  const [, entity, operation] = /^qbo\.([a-z]+)\.([a-z]+)\.v\d+$/i.exec(textOf(event, "type")) ?? [];
  if (entity === undefined || operation === undefined) return [];
  const data = event["data"];
  return hintOf({
    company: textOf(event, "intuitaccountid"),
    entity,
    providerId: textOf(event, "intuitentityid"),
    operation,
    mergedId: textOf(data, "deletedid") || textOf(data, "deletedId"),
    at: textOf(event, "time"),
  });
}

interface Told {
  readonly company: string;
  readonly entity: string;
  readonly providerId: string;
  readonly operation: string;
  readonly mergedId: string;
  readonly at: string;
}

/** Without a company, an entity or an id there is nothing to read again. */
function hintOf({ company, entity, providerId, operation, mergedId, at }: Told): Hint[] {
  if (company === "" || entity === "" || providerId === "") return [];
  return [
    {
      company,
      entity: spellings.get(entity.toLowerCase()) ?? entity,
      providerId,
      operation: operations.find(([stem]) => operation.toLowerCase().startsWith(stem))?.[1] ?? "changed",
      mergedId: mergedId || null,
      at: instantOf(at),
    },
  ];
}

/** `Create` in one form, `created` in the other. What is new to us is a change to look at. */
const operations: readonly (readonly [string, Hint["operation"]])[] = [
  ["creat", "created"],
  ["delet", "deleted"],
  ["void", "voided"],
  ["merg", "merged"],
];

/** CloudEvents spell entities in lower case, everything else as here. */
const spellings = new Map(
  [
    ...["Account", "Bill", "BillPayment", "Budget", "Class", "CreditMemo", "Currency", "Customer", "Department", "Deposit", "Employee"],
    ...["Estimate", "Invoice", "Item", "JournalCode", "JournalEntry", "Payment", "PaymentMethod", "Preferences", "Purchase"],
    ...["PurchaseOrder", "RefundReceipt", "SalesReceipt", "TaxAgency", "Term", "TimeActivity", "Transfer", "Vendor", "VendorCredit"],
  ].map((name) => [name.toLowerCase(), name] as const),
);

/** Some offsets come without a colon (`-0700`). */
function instantOf(text: string): string | null {
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
