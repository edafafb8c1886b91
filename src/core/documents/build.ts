import type { LedgerDocument } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { formatMinor } from "../money.ts";
import type { CompiledRules, DocumentChoice } from "../rules/compile.ts";
import { accrueAgainst, reversalOf } from "./accrue.ts";
import { type AssembleContext, assemble, composeEntry, headOf, numberOf } from "./assemble.ts";
import { type Draft, type DraftDocument, draftMinor } from "./draft.ts";
import { draftOf } from "./drafts.ts";
import { inChart } from "./in-chart.ts";
import { ownerOf, separateEntities } from "./intercompany.ts";
import { mapLines, type MappedLine } from "./map-lines.ts";
import { mapMetrics } from "./metric-lines.ts";
import { checkConfirmation } from "./rate-confirmation.ts";
import { findParty } from "./party.ts";
import { carryForward, checkNet } from "./settlement-net.ts";
import { metricsOf, statisticalEntry, statisticLines } from "./statistics.ts";

export { reverseDocument } from "./reverse.ts";

/**
 * Turns one event into its documents.
 *
 * Shape: none for a voided event, for one the rules exclude (finding `excluded_by_rule`, warn) and for one without money
 * (`document_zero`, warn); otherwise one, or several where lines go against the document's sign, belong to another entity, or the
 * event is more than one fact (a claim, a prepaid premium, an accrual and its reversal). No documents stand beside a blocking
 * finding. A hold (`net_negative`) comes with its documents, ready for the person who releases it.
 */
export function buildDocuments(given: TransportEvent, rules: CompiledRules): { documents: LedgerDocument[]; findings: Finding[] } {
  // An event that was stored as it came may be without dims.
  const event = given.dims ? given : { ...given, dims: {} };
  if (event.status === "void") return { documents: [], findings: [] };
  const choice = rules.document(event);
  if (choice === null) return { documents: [], findings: [unmapped(event, rules)] };
  if (choice.row.kind === "none") return { documents: [], findings: [excluded(event, rules, choice.path)] };

  const findings: Finding[] = [];
  const draft = withCarried(event, rules, findings);
  const documents = [
    ...buildMain({ event, rules, choice }, draft, findings),
    ...(draft.others ?? []).flatMap((other) => buildOther({ event, rules }, draft, { other, findings })),
    ...buildStatistics({ event, rules, choice }, draft),
  ];
  checkNet(event, draft, findings);
  checkConfirmation(event, rules, findings);
  if (findings.some((finding) => finding.severity === "block")) return { documents: [], findings };
  if (documents.length === 0) return { documents, findings: [...findings, worthless(event)] };
  return { documents: Object.keys(rules.ruleSet.chart).length === 0 ? documents : inChart(documents, rules), findings };
}

/** A shortfall that the rules carry forward by themselves stands on the settlement like one the TMS carried. */
function withCarried(event: TransportEvent, rules: CompiledRules, findings: Finding[]): Draft {
  const draft = draftOf(event);
  const carried = carryForward(event, rules, findings);
  if (carried === null) return draft;
  const line = draftMinor(event, "carryForwardOut", { minor: carried, sense: 1, from: "/totals/net" });
  return { ...draft, lines: [...draft.lines, line] };
}

interface Chosen {
  readonly event: TransportEvent;
  readonly rules: CompiledRules;
  readonly choice: DocumentChoice;
}

function dateOf(event: TransportEvent): string {
  return event.accountingDate || event.date;
}

function buildMain({ event, rules, choice: row }: Chosen, draft: Draft, findings: Finding[]): LedgerDocument[] {
  if (row.row.kind === "statistical_entry") return [];
  const accrual = rules.accrual(event);
  const choice = accrual === null ? row : accrueAgainst(row, accrual);
  const lines = draft.lines.filter((line) => line.debitMinor !== 0n);
  const context = { event, rules, choice };
  const metrics = mapMetrics(context, lines, findings);
  if (lines.length === 0 && metrics.own.length === 0 && metrics.pairs.length === 0) return [];
  const mapped = [...mapLines(context, lines, findings), ...metrics.own];
  const party = findParty(event, choice, findings);
  const assembling = { ...context, party, counterSuffix: draft.counterSuffix, suffix: "", date: dateOf(event) };
  const documents = finish(assembling, mapped, findings);
  const pairs = metrics.pairs.length === 0 ? [] : [composeEntry({ ...assembling, suffix: "-M" }, metrics.pairs)];
  const made = [...documents, ...pairs];
  return [...made, ...made.flatMap((document) => reversalOf({ event, accrual }, document) ?? [])];
}

/** One further document, where the rules have a row for it. */
function buildOther(
  { event: of, rules }: Omit<Chosen, "choice">,
  draft: Draft,
  { other, findings }: { other: DraftDocument; findings: Finding[] },
): LedgerDocument[] {
  const lines = other.lines.filter((line) => line.debitMinor !== 0n);
  if (lines.length === 0) return [];
  const event = other.entity === undefined ? of : { ...of, dims: { ...of.dims, entity: other.entity } };
  const choice = rules.document(event, lines[0]!.line);
  if (choice === null || choice.matched["line.part"] === undefined || choice.row.kind === "none") return [];
  const context = { event, rules, choice };
  const party = findParty(event, choice, findings);
  const assembling = {
    ...context,
    ...{ party, counterSuffix: draft.counterSuffix, suffix: other.suffix, date: other.date ?? dateOf(event) },
  };
  return finish(assembling, mapLines(context, lines, findings), findings);
}

/** Documents of mapped lines: each in the entity whose books it belongs to. */
function finish(context: AssembleContext, mapped: readonly MappedLine[], findings: Finding[]): LedgerDocument[] {
  if (mapped.length === 0) return [];
  const owned = inEntity(context, ownerOf(context, mapped, findings));
  const { own, others } = separateEntities(owned, mapped, findings);
  const theirs = others.map(({ entity, lines }, index) =>
    composeEntry({ ...inEntity(context, entity), suffix: `${context.suffix}-I${index + 1}` }, lines),
  );
  return [...assemble(owned, own), ...theirs];
}

function inEntity(context: AssembleContext, entity: string | undefined): AssembleContext {
  if (entity === undefined || entity === context.event.dims.entity) return context;
  return { ...context, event: { ...context.event, dims: { ...context.event.dims, entity } } };
}

/** Quantities beside the money, or alone. */
function buildStatistics({ event, rules, choice }: Chosen, draft: Draft): LedgerDocument[] {
  const statistics = statisticLines(event, rules, [...draft.lines, ...metricsOf(event)]);
  if (statistics.length === 0) return [];
  const suffix = choice.row.kind === "statistical_entry" ? "" : "-S";
  const context = { event, rules, choice, party: null, counterSuffix: draft.counterSuffix, suffix, date: dateOf(event) };
  return [statisticalEntry({ number: numberOf(context), ...headOf(context, "statistical_entry") }, statistics)];
}

function unmapped(event: TransportEvent, rules: CompiledRules): Finding {
  return {
    code: "document_unmapped",
    severity: "block",
    field: "/type",
    message: `The rule set "${rules.name}" has no row in documents for this ${event.type}`,
    fix: `Add a row for ${event.type} to the section documents, or one without conditions for all others.`,
    cause: `document_unmapped:${event.type}`,
  };
}

function excluded(event: TransportEvent, rules: CompiledRules, path: string): Finding {
  return {
    code: "excluded_by_rule",
    severity: "warn",
    field: null,
    message: `The rule set "${rules.name}" (${path}) makes no document of this ${event.type}`,
    fix: `Nothing to do; change ${path} when it should be posted.`,
    cause: `excluded_by_rule:${path}`,
  };
}

function worthless(event: TransportEvent): Finding {
  return {
    code: "document_zero",
    severity: "warn",
    field: null,
    message: `Every amount of this ${event.type} is ${formatMinor(0n, event.currency)}: there is nothing to post`,
    fix: "Nothing to do, unless the amounts are missing in the TMS.",
    cause: `document_zero:${event.type}`,
  };
}
