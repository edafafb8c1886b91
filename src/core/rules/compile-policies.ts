import type { DocumentKind } from "../document.ts";
import { eventTypes, type EventType, type TransportEvent } from "../events.ts";
import { oneCondition } from "./condition.ts";
import { typeTest } from "./compile-accounts.ts";
import type { PathOf } from "./choices.ts";
import { indexRows, type RowEntry } from "./index-rows.ts";
import { serviceDate, type Subject } from "./paths.ts";
import type { AccrualRow, ClosedPeriodPolicy, IntercompanyRow, RuleRow, RuleSet, SplitPart, SplitRow } from "./schema.ts";
import { compileTemplate, type Template } from "./template.ts";

/** A row that was chosen, and why. */
export interface Chosen<Row> {
  readonly row: Row;
  readonly path: string;
  readonly matched: Readonly<Record<string, string>>;
}

export interface CompiledPolicies {
  /** The shares a line is divided into; null when it stays whole. Weights are decimals, at least one above zero. */
  readonly split: (subject: Subject) => (Chosen<SplitRow> & { readonly parts: readonly SplitPart[] }) | null;
  /** Accounts between two entities; null when no row is for them. */
  readonly intercompany: (subject: Subject, between: { owner: string; user: string }) => Chosen<IntercompanyRow> | null;
  readonly accrual: (event: TransportEvent) => (Chosen<AccrualRow> & { readonly reverseMemo: Template | null }) | null;
  /** Custom fields of a document, without those that are empty. */
  readonly customFields: (event: TransportEvent, kind: DocumentKind) => Record<string, string>;
  readonly closedPeriod: (event: TransportEvent) => {
    readonly policy: ClosedPeriodPolicy;
    readonly path: string;
    /** In the books' own numbers; to accrue against. */
    readonly account?: string | undefined;
  };
}

/** Compiles the sections that say how documents are divided, marked and dated. */
export function compilePolicies(ruleSet: RuleSet, pathOf: PathOf): CompiledPolicies {
  return {
    split: compileSplits(ruleSet, pathOf),
    intercompany: compileIntercompany(ruleSet, pathOf),
    accrual: compileAccruals(ruleSet, pathOf),
    customFields: compileCustomFields(ruleSet),
    closedPeriod: compileClosedPeriods(ruleSet, pathOf),
  };
}

/** An entry by event type, which counts as one condition where it is named. */
function byType<Row extends RuleRow & { readonly event?: readonly EventType[] }>(
  row: Row,
  place: { order: number; path: string },
): RowEntry<Row> {
  return { row, ...place, keys: row.event ?? null, weight: row.event === undefined ? 0 : oneCondition + 6, ranked: true };
}

function explained<Row extends RuleRow>(
  found: { row: Row; path: string; explain: (subject: Subject, into: Record<string, string>) => void },
  subject: Subject,
): Chosen<Row> {
  const matched: Record<string, string> = {};
  found.explain(subject, matched);
  return { row: found.row, path: found.path, matched };
}

function compileSplits({ splits }: RuleSet, pathOf: PathOf): CompiledPolicies["split"] {
  if (splits.length === 0) return () => null;
  const find = indexRows(
    splits.flatMap((row, order): RowEntry<SplitRow>[] => {
      const place = { row, order, path: pathOf("splits", order), ranked: true };
      const weight = row.event === undefined ? 0 : oneCondition + 6;
      const typed = row.event === undefined ? {} : { extra: [typeTest(row.event)] };
      if (row.code === undefined) return [{ ...place, keys: null, weight, ...typed }];
      return [{ ...place, keys: row.code, weight: weight + oneCondition + 8, ...typed }];
    }),
  );
  return (subject) => {
    const found = find(subject.line?.code ?? "", subject, serviceDate(subject.event));
    if (found === null) return null;
    const parts = found.row.parts ?? partsOf(subject.event, found.row.over!);
    const isDivided = parts.some(({ weight }) => /[1-9]/.test(weight));
    return isDivided ? { ...explained(found, subject), parts } : null;
  };
}

/** Shares from a list of the event. An entry whose weight is missing weighs nothing. */
function partsOf(event: TransportEvent, over: NonNullable<SplitRow["over"]>): SplitPart[] {
  const list = (event as unknown as Record<string, unknown>)[over.list];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): SplitPart[] => {
    if (typeof entry !== "object" || entry === null) return [];
    const { [over.field]: value, [over.weight ?? ""]: weight } = entry as Record<string, unknown>;
    if (typeof value !== "string" || value.trim() === "") return [];
    const given = over.weight === undefined ? "1" : weight;
    return [{ dims: { [over.dim]: value }, weight: typeof given === "string" && /^\d{1,18}(?:\.\d{1,12})?$/.test(given) ? given : "0" }];
  });
}

function compileIntercompany({ intercompany }: RuleSet, pathOf: PathOf): CompiledPolicies["intercompany"] {
  const rows = intercompany.map((row, order) => ({ row, entry: byType(row, { order, path: pathOf("intercompany", order) }) }));
  // Entities are few and pairs fewer: the pair is the key of a small index each.
  const indexes = new Map<string, ReturnType<typeof indexRows<IntercompanyRow>>>();
  return (subject, { owner, user }) => {
    const key = `${owner}\n${user}`;
    let index = indexes.get(key);
    if (index === undefined) {
      const fitting = rows.filter(({ row }) => (row.owner ?? owner) === owner && (row.user ?? user) === user);
      index = indexRows(
        fitting.map(({ row, entry }) => ({
          ...entry,
          weight: entry.weight + (row.owner === undefined ? 0 : oneCondition) + (row.user === undefined ? 0 : oneCondition),
        })),
      );
      if (indexes.size < 1_000) indexes.set(key, index);
    }
    const found = index(subject.event.type, subject, serviceDate(subject.event));
    if (found === null) return null;
    const { matched, ...chosen } = explained(found, subject);
    return { ...chosen, matched: { owner, user, ...matched } };
  };
}

function compileAccruals({ accruals }: RuleSet, pathOf: PathOf): CompiledPolicies["accrual"] {
  const memos = new Map(accruals.map((row) => [row, row.reverseMemo === undefined ? null : compileTemplate(row.reverseMemo)]));
  const find = indexRows(accruals.map((row, order) => byType(row, { order, path: pathOf("accruals", order) })));
  return (event) => {
    const subject = { event, line: null };
    const found = find(event.type, subject, serviceDate(event));
    return found === null ? null : { ...explained(found, subject), reverseMemo: memos.get(found.row) ?? null };
  };
}

function compileCustomFields({ customFields }: RuleSet): CompiledPolicies["customFields"] {
  const fields = Object.entries(customFields).map(([name, rule]) => ({ name, rule, render: compileTemplate(rule.value) }));
  return (event, kind) => {
    const values: Record<string, string> = {};
    for (const { name, rule, render } of fields) {
      if (rule.kinds !== undefined && !rule.kinds.includes(kind)) continue;
      const value = render({ event, line: null }, {}).slice(0, rule.lengthMax);
      if (value !== "") values[name] = value;
    }
    return values;
  };
}

function compileClosedPeriods({ closedPeriod, closedPeriods, chart }: RuleSet, pathOf: PathOf): CompiledPolicies["closedPeriod"] {
  const find = indexRows(
    closedPeriods.map((row, order) => byType({ ...row, event: row.event ?? eventTypes }, { order, path: pathOf("closedPeriods", order) })),
  );
  return (event) => {
    const found = find(event.type, { event, line: null }, serviceDate(event));
    if (found === null) return { policy: closedPeriod, path: "closedPeriod" };
    const { policy, account } = found.row;
    return { policy, path: found.path, account: account === undefined ? undefined : (chart[account] ?? account) };
  };
}
