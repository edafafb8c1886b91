import type { Because } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { type CompiledRules, type DocumentChoice } from "../rules/compile.ts";
import type { RuleLine, Subject } from "../rules/paths.ts";
import type { DraftLine } from "./draft.ts";

export const descriptionLengthMax = 4_000;

/** What every step of a build needs to know. */
export interface BuildContext {
  readonly event: TransportEvent;
  readonly rules: CompiledRules;
  readonly choice: DocumentChoice;
}

/** A drafted line with everything the rules say about it. */
export interface MappedLine {
  /** Signed minor units: above zero is a debit. */
  readonly debitMinor: bigint;
  readonly account: string;
  readonly item: string | null;
  readonly description: string;
  readonly quantity: { readonly value: string; readonly unitPrice: string } | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly because: Because;
  /** The other side, for documents that may have several. */
  readonly balance: { readonly account: string; readonly path: string };
}

/** Gives each line its code, account, dimensions and text. Lines that cannot be mapped leave a finding instead. */
export function mapLines(context: BuildContext, drafts: readonly DraftLine[], findings: Finding[]): MappedLine[] {
  return drafts.flatMap((draft) => mapLine(context, draft, findings) ?? []);
}

function mapLine({ event, rules, choice }: BuildContext, draft: DraftLine, findings: Finding[]): MappedLine | null {
  const code = draft.line.code?.trim() || rules.lineCode({ event, line: draft.line });
  const line: RuleLine = code === null ? draft.line : { ...draft.line, code };
  const subject = { event, line };
  const found = code === null ? null : rules.account(subject);
  const balance = choice.balance(line);
  const dimensions = dimensionsOf(rules, subject, { findings, from: draft.from });
  if (balance === null) findings.push(noBalance(event, choice, draft));
  if (found === null) findings.push(noAccount(event, rules, { line, from: draft.from }));
  if (balance === null || found === null) return null;

  const { account, item, path, fallback, matched } = found;
  const { quantity, unitPrice } = line;
  const isSale = choice.row.kind === "invoice" || choice.row.kind === "credit_memo";
  if (isSale && item === null) findings.push(noItem(rules, account, draft.from));
  const codeName = rules.codeName(line.code ?? "");
  return {
    debitMinor: draft.debitMinor,
    account,
    item: isSale ? item : null,
    description: rules.lineMemo(subject, { codeName, code: line.code ?? "" }).slice(0, descriptionLengthMax),
    quantity: quantity?.value && unitPrice ? { value: quantity.value, unitPrice } : null,
    dimensions,
    because: { ruleSet: rules.name, version: rules.version, row: path, fallback, matched, from: draft.from },
    balance,
  };
}

/** Class and department of a line, or of the event when `line` is null. */
export function dimensionsOf(
  rules: CompiledRules,
  subject: Subject,
  report?: { findings: Finding[]; from: string },
): Record<string, string> {
  const dimensions: Record<string, string> = {};
  for (const kind of ["class", "department"] as const) {
    const choice = rules.dimension(kind, subject);
    if ("value" in choice) {
      if (choice.value !== null) dimensions[kind] = choice.value;
    } else if (report !== undefined) {
      report.findings.push({
        code: "dimension_unmapped",
        severity: "block",
        field: report.from,
        message: `The ${choice.from} "${choice.unknown}" has no ${kind} in the rule set "${rules.name}"`,
        fix: `Add "${choice.unknown}" to dimensions.${kind}.values in the rule set.`,
        cause: `dimension_unmapped:${kind}:${choice.unknown}`,
      });
    }
  }
  return dimensions;
}

function noAccount(event: TransportEvent, rules: CompiledRules, place: { line: RuleLine; from: string }): Finding {
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

function noBalance(event: TransportEvent, choice: DocumentChoice, draft: DraftLine): Finding {
  return {
    code: "balance_unmapped",
    severity: "block",
    field: draft.from,
    message: `No balancing account at ${choice.path} is for ${draft.from} of this ${event.type}`,
    fix: `Add a row without conditions to balance at ${choice.path} in the rule set.`,
    cause: `balance_unmapped:${choice.path}`,
  };
}

function noItem(rules: CompiledRules, account: string, from: string): Finding {
  return {
    code: "item_unmapped",
    severity: "block",
    field: from,
    message: `Account ${account} has no product or service in the rule set "${rules.name}", and invoices need one`,
    fix: `Add account ${account} to the section items in the rule set with the name of its product or service.`,
    cause: `item_unmapped:${account}`,
  };
}
