import { eventTypes, type TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { didYouMean, nearest } from "../nearest.ts";
import { type Check, type CheckContext, compileRecord, currencyDigits, isBelowZero, isRecord, refuse, refuseSign, show } from "./check.ts";
import { currencies } from "./currencies.ts";
import { typeFields } from "./fields.ts";
import { baseFields } from "./spec.ts";
import { wrongTotals } from "./totals.ts";
import { checkEverything } from "./walk.ts";

export { eventTotal } from "./totals.ts";

const idLengthMax = 200;
const byType: ReadonlyMap<string, Check> = new Map(eventTypes.map((type) => [type, compileRecord({ ...baseFields, ...typeFields[type] })]));
const voidCheck = compileRecord(baseFields);

/**
 * Reads what a source sent as an event: checks every field it knows, collects all that is wrong, throws on nothing.
 *
 * Shape: `event` is null when any finding blocks; otherwise it is `raw` itself, with `revision` 1 and empty `dims` filled in
 * where they were missing. Unknown fields stay. `isPlain` says that every text in it was seen to be printable ASCII.
 */
export function readEvent(raw: unknown, isPlain = false): { event: TransportEvent | null; findings: Finding[] } {
  const findings: Finding[] = [];
  if (!isRecord(raw)) return { event: null, findings: [notAnObject(raw)] };
  const type = typeof raw["type"] === "string" ? raw["type"] : "";
  const check = byType.get(type);
  if (check === undefined) return { event: null, findings: [unknownType(raw["type"])] };

  const context: CheckContext = { type, currencyDigits: currencyDigits(raw["currency"]), findings };
  checkEverything(raw, context, isPlain);
  const isVoid = raw["status"] === "void";
  (isVoid ? voidCheck : check)(raw, "", "", context);
  checkIdentity(raw, context);
  if (findings.length > 0) return { event: null, findings };

  const event = { ...raw, revision: raw["revision"] || 1, dims: raw["dims"] || {} } as unknown as TransportEvent;
  if (!isVoid) {
    checkTotals(event, context);
    checkMeaning(event, context);
    checkLineNumbers(event, context);
  }
  return { event: findings.length > 0 ? null : event, findings };
}

function notAnObject(raw: unknown): Finding {
  return {
    code: "field_invalid",
    severity: "block",
    field: null,
    message: `An event must be a JSON object, but it is ${show(raw)}`,
    fix: "Send one object per event; docs/events.md shows one of each type.",
    cause: "field_invalid:event",
  };
}

function unknownType(type: unknown): Finding {
  const guess = typeof type === "string" ? didYouMean(type, eventTypes) : "";
  return {
    code: "type_unknown",
    severity: "block",
    field: "/type",
    message: `The event type ${type === undefined ? "is missing" : `${show(type)} is not known`}; known are ${eventTypes.join(", ")}.${guess}`,
    fix: `Send one of the known types${typeof type === "string" && nearest(type, eventTypes) !== null ? `, here probably "${nearest(type, eventTypes)}"` : ""}.`,
    cause: `type_unknown:${typeof type === "string" ? type.slice(0, 60) : typeof type}`,
  };
}

function checkIdentity(raw: Record<string, unknown>, context: CheckContext): void {
  const { id, currency } = raw;
  if (typeof id === "string" && id.length > idLengthMax) {
    refuse(context, {
      code: "field_invalid",
      field: "/id",
      message: `/id has ${id.length} characters; at most ${idLengthMax} are taken`,
      fix: "Send the TMS's stable id of the record, not its text.",
    });
  }
  if (typeof currency === "string" && currency !== "" && !currencies.has(currency)) {
    refuse(context, {
      code: "field_invalid",
      field: "/currency",
      message: `/currency must be an ISO 4217 code such as "USD", but it is ${show(currency)}.${didYouMean(currency, ["USD", "CAD", "MXN"])}`,
      fix: "Send the three-letter code of the currency in capitals.",
    });
  }
}

function checkTotals(event: TransportEvent, context: CheckContext): void {
  for (const { field, stated, computed, how } of wrongTotals(event)) {
    refuse(context, {
      code: "total_wrong",
      field,
      message: `${field} says ${stated}, but ${how} is ${computed}`,
      fix: `Find the line that is missing or wrong in the TMS, or correct ${field}, and send the event again.`,
    });
  }
}

/** What fields alone cannot say: a shortfall carried in lowers the pay, a rate is for the event's own currency. */
function checkMeaning(event: TransportEvent, context: CheckContext): void {
  if (event.type === "driver_settlement") {
    const carriedIn = event.totals.carryForwardIn;
    if (carriedIn && !isBelowZero(carriedIn) && /[1-9]/.test(carriedIn)) {
      refuseSign(context, "/totals/carryForwardIn", { amount: carriedIn, expected: "zero or negative" });
    }
  }
  const rate = event.exchangeRate;
  if (rate && (rate.from !== event.currency || rate.to === rate.from || !/[1-9]/.test(rate.rate) || isBelowZero(rate.rate))) {
    refuse(context, {
      code: "field_invalid",
      field: "/exchangeRate",
      message: `/exchangeRate must say how much of the books' currency one ${event.currency} is, but it is ${show(rate.rate)} from ${show(rate.from)} to ${show(rate.to)}`,
      fix: `Send from "${event.currency}", to the currency of the books, and the rate above zero for one ${event.currency}.`,
    });
  }
}

function checkLineNumbers(event: TransportEvent, context: CheckContext): void {
  if (!("lines" in event)) return;
  const seen = new Set<number>();
  event.lines.forEach((line, index) => {
    if (seen.has(line.lineNo)) {
      refuse(context, {
        code: "line_duplicate",
        field: `/lines/${index}/lineNo`,
        message: `Line number ${line.lineNo} is used twice`,
        fix: "Number the lines of the event so that each number stands once.",
      });
    }
    seen.add(line.lineNo);
    if (event.type === "fuel_transaction" && !line.code && !line.product) {
      refuse(context, {
        code: "field_missing",
        field: `/lines/${index}/code`,
        message: `/lines/${index} has neither code nor product, so nobody can tell what was bought`,
        fix: "Send the code (FULSD, FDEF …) or the product (ULSD, DEF …) of every fuel line.",
      });
    }
  });
}
