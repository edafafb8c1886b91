import type { PartyRef } from "../document.ts";
import { findParty } from "../reference-index.ts";
import { guess, type Validation } from "./validation.ts";

/** Parties are active in the books, or may be created. */
export function checkParties(validation: Validation): void {
  const { document } = validation;
  const parties = [document.party, ...document.lines.map((line) => line.party)];
  for (const party of parties) if (party !== undefined) checkParty(validation, party);
}

function checkParty({ reference, rules, findings }: Validation, party: PartyRef): void {
  const record = findParty(reference, party);
  if (record?.active === true) return;
  if (record !== undefined) {
    findings.push({
      code: "party_inactive",
      severity: "block",
      field: null,
      message: `The ${party.type} "${party.name}" (${party.id}) is inactive in the books`,
      fix: `Make "${record.name}" active in the books, or correct the party in the TMS.`,
      cause: `party_inactive:${party.type}:${party.id}`,
    });
  } else if (!rules.ruleSet.parties[party.type].create) {
    findings.push({
      code: "party_unknown",
      severity: "block",
      field: null,
      message: `The books have no ${party.type} "${party.name}" (${party.id}).${guess(reference.suggest(party.type, party.name))}`,
      fix: `Create the ${party.type} in the books, or allow it with parties.${party.type}.create in the rule set "${rules.name}".`,
      cause: `party_unknown:${party.type}:${party.id}`,
    });
  }
}
