import { objectOf, type JsonObject } from "../json.ts";
import { invalidRequest, userError } from "./errors.ts";
import { toAmount } from "./money.ts";
import type { Stored } from "./records.ts";
import { settlementOf } from "./status.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";
import { create } from "./write.ts";

/** What can be made of what. */
export const transforms: Readonly<Record<string, readonly string[]>> = {
  vendorBill: ["vendorPayment", "vendorCredit"],
  invoice: ["customerPayment", "creditMemo"],
  customer: ["invoice", "customerPayment", "creditMemo"],
  vendor: ["vendorBill", "vendorPayment"],
};

/** Makes the target of a source. What the body has overrides what the source brings. */
export function transform(work: Work, source: Stored, target: RecordType, input: JsonObject): Stored {
  if (transforms[source.type]?.includes(target.name) !== true) {
    throw invalidRequest(`The record type '${source.type}' cannot be transformed into '${target.name}'.`);
  }
  const lower = new Set(Object.keys(input).map((name) => name.toLowerCase()));
  const brought = Object.fromEntries(Object.entries(broughtBy(work, source, target)).filter(([name]) => !lower.has(name.toLowerCase())));
  return create(work, target, { ...brought, ...input });
}

function broughtBy(work: Work, source: Stored, target: RecordType): JsonObject {
  const { body } = source;
  const party = { subsidiary: reference(body["subsidiary"]), currency: reference(body["currency"]) };
  if (source.space === "entity") {
    const member = target.name === "customerPayment" ? "customer" : "entity";
    return { [member]: { id: String(source.id) }, ...present({ subsidiary: reference(body["subsidiary"]) }) };
  }
  const { total, settled } = settlementOf(work, source.id);
  const open = total - settled;
  const apply = { items: [{ doc: { id: String(source.id) }, apply: true, amount: toAmount(open) }] };
  const isPayment = target.name.endsWith("Payment");
  if (isPayment && open <= 0n) throw userError("The transaction is already paid in full.");
  const entity = { id: String(body["entity"]) };
  const dimensions = Object.fromEntries(["department", "class", "location"].map((name) => [name, reference(body[name])]));
  if (target.name === "vendorPayment") return present({ entity, ...party, apAcct: reference(body["account"]), apply });
  if (target.name === "customerPayment") return present({ customer: entity, ...party, arAcct: reference(body["account"]), apply });
  const lists = Object.fromEntries(
    ["expense", "item"].flatMap((name) =>
      Array.isArray(body[name]) ? [[name, { items: body[name].map((row) => copied(objectOf(row))) }]] : [],
    ),
  );
  return present({ entity, ...party, ...dimensions, account: reference(body["account"]), ...lists, ...(open > 0n ? { apply } : {}) });
}

function reference(value: JsonObject[string] | undefined): JsonObject | null {
  return typeof value === "string" ? { id: value } : null;
}

function present(members: Record<string, JsonObject | null>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

/** A line without its number, ready to be sent again. */
function copied({ line: _line, ...row }: JsonObject): JsonObject {
  return row;
}
