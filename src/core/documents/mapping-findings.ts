import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import type { CompiledRules, DimensionChoice, DocumentChoice } from "../rules/compile.ts";
import type { RuleLine } from "../rules/paths.ts";
import type { DraftLine } from "./draft.ts";

export function noAccount(event: TransportEvent, rules: CompiledRules, place: { line: RuleLine; from: string }): Finding {
  const { line, from } = place;
  const permitType = event.type === "permit" ? event.permitType : undefined;
  const hints = [permitType, line.product, line.kind, line.vmrs, line.part === "line" ? undefined : line.part].filter((hint) => !!hint);
  const wanted = line.code || hints.join("/") || "a line without a code";
  const isNamed = line.code !== undefined && line.code !== "";
  return {
    code: "code_unmapped",
    severity: "block",
    field: isNamed && line.part === "line" ? `${from}/code` : from,
    message: isNamed
      ? `The code "${wanted}" has no account in the rule set "${rules.name}" for ${event.type.replaceAll("_", " ")}s`
      : `${from} (${wanted}) has no code, and no row of lineCodes in the rule set "${rules.name}" gives it one`,
    fix: isNamed
      ? `Add a row for code "${wanted}" to accounts or codes in the rule set, or correct the code in the TMS.`
      : `Add a row for ${event.type} to lineCodes in the rule set, or send the line with a code.`,
    cause: `code_unmapped:${event.type}:${wanted}`,
  };
}

export function noBalance(event: TransportEvent, choice: DocumentChoice, draft: DraftLine): Finding {
  return {
    code: "balance_unmapped",
    severity: "block",
    field: draft.from,
    message: `No balancing account at ${choice.path} is for ${draft.from} of this ${event.type}`,
    fix: `Add a row without conditions to balance at ${choice.path} in the rule set.`,
    cause: `balance_unmapped:${choice.path}`,
  };
}

export function noItem(rules: CompiledRules, account: string, from: string): Finding {
  return {
    code: "item_unmapped",
    severity: "block",
    field: from,
    message: `Account ${account} has no product or service in the rule set "${rules.name}", and invoices need one`,
    fix: `Add account ${account} to the section items in the rule set with the name of its product or service.`,
    cause: `item_unmapped:${account}`,
  };
}

export function noDimension(
  rules: CompiledRules,
  place: { name: string; choice: Exclude<DimensionChoice, { value: string | null }>; from: string },
): Finding {
  const { name, choice, from } = place;
  if ("unknown" in choice) {
    return {
      code: "dimension_unmapped",
      severity: "block",
      field: from,
      message: `The ${choice.from} "${choice.unknown}" has no ${name} in the rule set "${rules.name}"`,
      fix: `Add "${choice.unknown}" to dimensions.${name}.values in the rule set.`,
      cause: `dimension_unmapped:${name}:${choice.unknown}`,
    };
  }
  return {
    code: "dimension_missing",
    severity: "block",
    field: from,
    message: `The books need a ${name} on every line, but ${choice.missing.join(", ")} ${choice.missing.length === 1 ? "is" : "are"} empty`,
    fix: `Fill ${choice.missing.join(" or ")} in the TMS, or give dimensions.${name} a default in the rule set "${rules.name}".`,
    cause: `dimension_missing:${name}`,
  };
}
