import type { PartyRef } from "../document.ts";
import type { Party, TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import type { DocumentChoice } from "../rules/compile.ts";

const needsParty = new Set(["invoice", "credit_memo", "bill", "vendor_credit"]);

/** The document's party as the rules ask for it; a finding where a document cannot be without one. */
export function findParty(event: TransportEvent, choice: DocumentChoice, findings: Finding[]): PartyRef | null {
  const { party: source, kind } = choice.row;
  const found = source === "none" ? null : partyOf(event, source);
  if (found === null && needsParty.has(kind)) {
    findings.push({
      code: "party_missing",
      severity: "block",
      field: null,
      message: `A ${kind} needs a party, but ${choice.path} names ${source === "none" ? "none" : `"${source}", which this ${event.type} does not have`}`,
      fix: `Set party at ${choice.path} to vendor, customer, payee or remitTo, whichever the event has.`,
      cause: `party_missing:${choice.path}`,
    });
  }
  return found;
}

function partyOf(event: TransportEvent, source: "vendor" | "customer" | "payee" | "remitTo"): PartyRef | null {
  if (source === "remitTo") {
    const remitTo = "remitTo" in event ? event.remitTo : undefined;
    return remitTo ? refer("vendor", remitTo) : partyOf(event, "vendor");
  }
  if (source === "vendor") return "vendor" in event ? refer("vendor", event.vendor) : null;
  if (source === "customer") return "customer" in event ? refer("customer", event.customer) : null;
  if (!("payee" in event)) return null;
  return refer(event.payee.type === "employee" || event.payee.type === "driver" ? "employee" : "vendor", event.payee);
}

function refer(type: PartyRef["type"], { id, name }: Party): PartyRef {
  return { type, id, name };
}
