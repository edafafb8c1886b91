import type { PartyRef } from "../document.ts";
import type { Party, TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import type { DocumentChoice } from "../rules/compile.ts";
import type { PartySource } from "../rules/schema.ts";

const needsParty = new Set(["invoice", "credit_memo", "bill", "vendor_credit"]);

/** The document's party as the rules ask for it; a finding where a document cannot be without one. */
export function findParty(event: TransportEvent, choice: DocumentChoice, findings: Finding[]): PartyRef | null {
  const { party: source, kind } = choice.row;
  const found = partyOf(event, source);
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

function partyOf(event: TransportEvent, source: PartySource): PartyRef | null {
  if (source === "remitTo") {
    const remitTo = "remitTo" in event ? event.remitTo : undefined;
    return remitTo ? refer("vendor", remitTo) : partyOf(event, "vendor");
  }
  if (source === "payee") {
    if (!("payee" in event)) return null;
    const isEmployee = event.payee.type === "employee" || event.payee.type === "driver" || event.payee.type === "salesRep";
    return refer(isEmployee ? "employee" : "vendor", event.payee);
  }
  const party = source === "none" ? undefined : (event as Partial<Record<PartySource, Party>>)[source];
  return party ? refer(types[source] ?? "vendor", party) : null;
}

/** Whoever is not named here is a vendor. The other company of a group owes us as a customer. */
const types: Partial<Record<PartySource, PartyRef["type"]>> = { customer: "customer", toParty: "customer" };

function refer(type: PartyRef["type"], { id, name }: Party): PartyRef {
  return { type, id, name };
}
