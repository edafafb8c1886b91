import type { PartyRef } from "../document.ts";
import { type Draft, minorOf } from "../documents/draft.ts";
import { draftOf } from "../documents/drafts.ts";
import { findParty } from "../documents/party.ts";
import type { TransportEvent } from "../events.ts";
import { findParty as findRecord, type ReferenceIndex } from "../reference-index.ts";
import type { RecordKind } from "../reference.ts";
import type { CompiledRules, DocumentChoice } from "../rules/compile.ts";
import type { RuleLine } from "../rules/paths.ts";

/** What a rule set, or the books, does not know: an event type, a code, a line without a code, a name the books lack. */
export const gapKinds = [
  ...(["document", "code", "line", "account", "item", "term"] as const),
  ...(["class", "department", "location", "project", "entity", "segment"] as const),
  ...(["vendor", "customer", "employee"] as const),
] as const;
export type GapKind = (typeof gapKinds)[number];

/** One thing of one event that has no mapping. */
export interface Gap {
  readonly kind: GapKind;
  /** The code or value as the rules meet it; of accounts and products the one the rules name. */
  readonly value: string;
  /** `unmapped`: it stops the event. `master`: it goes to the account of last resort. `created`: the party will be created in the books. */
  readonly state: "unmapped" | "master" | "created";
  /** What else is known of it: a description, the party's name. */
  readonly text: string;
  /** Product of a line without a code. */
  readonly product?: string;
  /** Minor units, without sign; null: the event as a whole. */
  readonly amountMinor: bigint | null;
}

/** What events are looked at with. */
export interface GapContext {
  readonly rules: CompiledRules;
  /** The books' lists; null where they were not read yet: then only the rules are looked at. */
  readonly reference: ReferenceIndex | null;
  readonly isLinked: (party: PartyRef) => boolean;
}

/** Everything of an event that the rules or the books do not know. Each once. */
export function gapsOf(given: TransportEvent, context: GapContext): Gap[] {
  const event = given.dims ? given : { ...given, dims: {} };
  if (event.status === "void") return [];
  const choice = context.rules.document(event);
  if (choice === null) return [{ kind: "document", value: event.type, state: "unmapped", text: "", amountMinor: null }];
  if (choice.row.kind === "none") return [];
  const gaps = linesOf(event, context.rules, draftOf(event)).flatMap((line) => lineGaps(context, { event, choice }, line));
  return merged([...gaps, ...termGaps(event, context), ...partyGaps(event, choice, context)]);
}

/** Lines of the event's documents: of its further ones only where the rules make one. */
function linesOf(event: TransportEvent, rules: CompiledRules, draft: Draft): RuleLine[] {
  const others = (draft.others ?? []).filter(({ lines: [first] }) => {
    const choice = first === undefined ? null : rules.document(event, first.line);
    return choice !== null && choice.matched["line.part"] !== undefined && choice.row.kind !== "none";
  });
  const drafted = [...draft.lines, ...others.flatMap(({ lines }) => lines)];
  return drafted.filter(({ debitMinor }) => debitMinor !== 0n).map(({ line }) => line);
}

function lineGaps(context: GapContext, of: { event: TransportEvent; choice: DocumentChoice }, given: RuleLine): Gap[] {
  const { rules, reference } = context;
  const { event, choice } = of;
  const translated = rules.translate(given);
  const code = translated.code?.trim() || rules.lineCode({ event, line: translated });
  const line = code === null ? translated : { ...translated, code };
  const amount = minorOf(line.amount, event.currency);
  const gap = (kind: GapKind, value: string, more: Partial<Gap> = {}): Gap => ({
    ...{ kind, value, state: "unmapped" as const, text: line.description ?? "", amountMinor: amount < 0n ? -amount : amount },
    ...more,
  });
  const gaps = dimensionGaps(context, { event, line }, gap);
  if (code === null) {
    const { product } = line;
    return [...gaps, gap("line", product || line.kind || line.vmrs || line.part, product ? { product } : {})];
  }
  const found = rules.account({ event, line });
  if (found === null) return [...gaps, gap("code", code)];
  if (found.fallback === "master") gaps.push(gap("code", code, { state: "master" }));
  const otherSide = choice.balance(line)?.account ?? found.account;
  for (const account of new Set([found.account, otherSide]))
    if (isUnknown(reference, "account", rules.ruleSet.chart[account] ?? account)) gaps.push(gap("account", account));
  const isSale = choice.row.kind === "invoice" || choice.row.kind === "credit_memo";
  if (isSale && (found.item === null || isUnknown(reference, "item", found.item))) gaps.push(gap("item", found.account));
  return gaps;
}

function dimensionGaps(
  { rules, reference }: GapContext,
  subject: { event: TransportEvent; line: RuleLine },
  gap: (kind: GapKind, value: string) => Gap,
): Gap[] {
  return rules.dimensionNames.flatMap((name) => {
    const choice = rules.dimension(name, subject);
    const kind = name.startsWith("segment:") ? "segment" : (name as GapKind);
    const prefix = kind === "segment" ? `${name.slice("segment:".length)}/` : "";
    if ("unknown" in choice) return [gap(kind, prefix + choice.unknown)];
    if ("missing" in choice || choice.value === null) return "missing" in choice ? [gap(kind, "")] : [];
    const isTracked = reference?.has(kind as RecordKind) === true;
    return isTracked && isUnknown(reference, kind as RecordKind, prefix + choice.value) ? [gap(kind, prefix + choice.value)] : [];
  });
}

function termGaps(event: TransportEvent, { rules, reference }: GapContext): Gap[] {
  if (!event.terms || reference?.has("term") !== true || !isUnknown(reference, "term", rules.terms(event.terms))) return [];
  return [{ kind: "term", value: event.terms, state: "unmapped", text: "", amountMinor: null }];
}

function partyGaps(event: TransportEvent, choice: DocumentChoice, { rules, reference, isLinked }: GapContext): Gap[] {
  const party = findParty(event, choice, []);
  if (party === null || reference === null || isLinked(party) || findRecord(reference, party)?.active === true) return [];
  const state = rules.ruleSet.parties[party.type].create ? "created" : "unmapped";
  return [{ kind: party.type, value: party.id, state, text: party.name, amountMinor: null }];
}

function isUnknown(reference: ReferenceIndex | null, kind: RecordKind, name: string): boolean {
  return reference !== null && reference.find(kind, name)?.active !== true;
}

/** The same gap on several lines of an event is one, with the money of all of them. */
function merged(gaps: readonly Gap[]): Gap[] {
  const byKey = new Map<string, Gap>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.kind, gap.value, gap.state]);
    const known = byKey.get(key);
    const amountMinor = known === undefined ? gap.amountMinor : (known.amountMinor ?? 0n) + (gap.amountMinor ?? 0n);
    byKey.set(key, { ...gap, ...known, amountMinor });
  }
  return [...byKey.values()];
}
