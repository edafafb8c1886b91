import type { Because, PartyRef } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { CompiledRules } from "../rules/compile.ts";
import type { AccountChoice } from "../rules/choices.ts";
import type { RuleLine, Subject } from "../rules/paths.ts";
import type { BuildContext } from "./context.ts";
import type { DraftLine } from "./draft.ts";
import { noAccount, noBalance, noDimension, noItem } from "./mapping-findings.ts";
import { divide } from "./shares.ts";

export const descriptionLengthMax = 4_000;

/** A drafted line with everything the rules say about it. */
export interface MappedLine {
  /** The amount the rules looked at. */
  readonly line: RuleLine;
  /** Signed minor units: above zero is a debit. */
  readonly debitMinor: bigint;
  readonly account: string;
  readonly item: string | null;
  readonly description: string;
  readonly quantity: { readonly value: string; readonly unitPrice: string } | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly party?: PartyRef;
  readonly because: Because;
  /** The other side, for documents that may have several; null where the line's own counterpart stands beside it. */
  readonly balance: { readonly account: string; readonly path: string } | null;
}

/** Gives each line its code, shares, account, dimensions and text. Lines that cannot be mapped leave a finding instead. */
export function mapLines(context: BuildContext, drafts: readonly DraftLine[], findings: Finding[]): MappedLine[] {
  return drafts
    .map((draft) => withCode(context, draft))
    .flatMap((draft) => divide(context, draft, findings))
    .flatMap((draft) => mapLine(context, draft, findings) ?? []);
}

function withCode({ event, rules }: BuildContext, draft: DraftLine): DraftLine {
  const translated = rules.translate(draft.line);
  const code = translated.code?.trim() || rules.lineCode({ event, line: translated });
  return { ...draft, line: code === null ? translated : { ...translated, code } };
}

function mapLine(context: BuildContext, draft: DraftLine, findings: Finding[]): MappedLine | null {
  const { event, rules, choice } = context;
  const { line, from, because: why = {} } = draft;
  const subject = { event, line };
  const found = line.part === "rounding" ? roundingAccount(rules) : line.code === undefined ? null : rules.account(subject);
  const balance = choice.balance(line);
  const dimensions = dimensionsOf(rules, subject, { findings, from });
  if (balance === null) findings.push(noBalance(event, choice, draft));
  if (found === null) findings.push(noAccount(event, rules, { line, from }));
  if (balance === null || found === null) return null;

  const { account, item, path, fallback, matched } = found;
  const { quantity, unitPrice } = line;
  const isSale = choice.row.kind === "invoice" || choice.row.kind === "credit_memo";
  if (isSale && item === null) findings.push(noItem(rules, account, from));
  return {
    line,
    debitMinor: draft.debitMinor,
    account,
    item: isSale ? item : null,
    description: describe(rules, subject),
    quantity: quantity?.value && unitPrice ? { value: quantity.value, unitPrice } : null,
    dimensions,
    ...(draft.party === undefined ? {} : { party: draft.party }),
    because: { ruleSet: rules.name, version: rules.version, row: path, fallback, matched: { ...matched, ...why }, from },
    balance,
  };
}

/** Where cents go that nobody's line has. */
function roundingAccount({ ruleSet }: CompiledRules): AccountChoice | null {
  const { account } = ruleSet.rounding;
  if (account === null) return null;
  return { account, item: ruleSet.items[account] ?? null, path: "rounding", fallback: "row", matched: { code: "ROUND" } };
}

/** The text of a ledger line. */
export function describe(rules: CompiledRules, subject: Subject, template = rules.lineMemo): string {
  const code = subject.line?.code ?? "";
  return template(subject, { codeName: rules.codeName(code), code }).slice(0, descriptionLengthMax);
}

/** Dimensions of a line, or of the event when `line` is null. */
export function dimensionsOf(
  rules: CompiledRules,
  subject: Subject,
  report?: { findings: Finding[]; from: string },
): Record<string, string> {
  const dimensions: Record<string, string> = {};
  for (const name of rules.dimensionNames) {
    const choice = rules.dimension(name, subject);
    if ("value" in choice) {
      if (choice.value !== null) dimensions[name] = choice.value;
    } else if (report !== undefined) report.findings.push(noDimension(rules, { name, choice, from: report.from }));
  }
  return dimensions;
}
