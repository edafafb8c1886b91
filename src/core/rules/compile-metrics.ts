import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { type Decimal, multiply, parseDecimal } from "../money.ts";
import { compileLookups } from "./compile-accounts.ts";
import type { PathOf } from "./choices.ts";
import { compileAll } from "./index-rows.ts";
import { compileReader, type RuleLine, serviceDate, type Subject } from "./paths.ts";
import type { LineRow, RuleSet, StatisticRow } from "./schema.ts";
import { compileTemplate, type Template } from "./template.ts";

/** Why a metric line is there. */
interface MetricReason {
  readonly path: string;
  readonly matched: Readonly<Record<string, string>>;
  /** The line of the event it was measured on; null for the whole event. */
  readonly line: RuleLine | null;
  /** Place of that line among those given; −1 for the whole event. */
  readonly index: number;
  readonly description: Template | null;
}

/** An extra ledger line: quantity × rate. */
export interface MetricLine extends MetricReason {
  readonly row: LineRow;
  /** Signed minor units in the event's currency; negative when the metric is. */
  readonly amountMinor: bigint;
  readonly quantity: string;
  readonly rate: string;
}

/** A quantity for a statistical account. */
export interface MetricQuantity extends MetricReason {
  readonly row: StatisticRow;
  readonly quantity: string;
}

export interface CompiledMetrics {
  /** Extra lines for an event and its lines, in the order of the rows. A rate that its table does not have is a finding. */
  readonly metricLines: (event: TransportEvent, lines: readonly RuleLine[]) => { lines: MetricLine[]; findings: Finding[] };
  readonly statistics: (event: TransportEvent, lines: readonly RuleLine[]) => MetricQuantity[];
}

interface Measured<Row> extends MetricReason {
  readonly row: Row;
  readonly subject: Subject;
  readonly quantity: Decimal;
  readonly text: string;
}

/** Compiles the sections `lines` and `statistics`. Rows whose quantity is missing, zero or in another unit yield nothing. */
export function compileMetrics(ruleSet: RuleSet, pathOf: PathOf): CompiledMetrics {
  const lines = compileMeasures(ruleSet.lines, (at) => pathOf("lines", at));
  const statistics = compileMeasures(ruleSet.statistics, (at) => pathOf("statistics", at));
  const lookups = compileLookups(ruleSet);
  const price = ({ subject, quantity, text, ...found }: Measured<LineRow>, findings: Finding[]): MetricLine[] => {
    const { rate } = found.row;
    const known = typeof rate === "string" ? rate : lookups(rate)(subject);
    if (known === undefined || !isDecimal(known)) {
      findings.push(noRate(ruleSet.name, found, subject, known));
      return [];
    }
    const amountMinor = multiply(quantity, parseDecimal(known), subject.event.currency);
    return amountMinor === 0n ? [] : [{ ...found, amountMinor, quantity: text, rate: known }];
  };
  return {
    metricLines: (event, given) => {
      const findings: Finding[] = [];
      return { lines: lines(event, given).flatMap((found) => price(found, findings)), findings };
    },
    statistics: (event, given) =>
      statistics(event, given).map(({ subject: _, quantity: __, text, ...found }) => ({ ...found, quantity: text })),
  };
}

function compileMeasures<Row extends LineRow | StatisticRow>(
  rows: readonly Row[],
  pathAt: (index: number) => string,
): (event: TransportEvent, lines: readonly RuleLine[]) => Measured<Row>[] {
  if (rows.length === 0) return () => [];
  const compiled = new Map(
    rows.map((row) => [
      row,
      { read: compileReader(row.quantity), description: row.description === undefined ? null : compileTemplate(row.description) },
    ]),
  );
  const find = compileAll(rows.map((row, order) => ({ row, order, path: pathAt(order), keys: row.event, weight: 0, ranked: false })));
  return (event, lines) => {
    const date = serviceDate(event);
    const measured: Measured<Row>[] = [];
    const subjects: { subject: Subject; index: number }[] = [
      { subject: { event, line: null }, index: -1 },
      ...lines.map((line, index) => ({ subject: { event, line }, index })),
    ];
    for (const { subject, index } of subjects) {
      for (const { row, path, explain } of find(event.type, subject, date)) {
        if ((row.per === "line") !== index >= 0) continue;
        // Without a unit of its own a row would add gallons to liters.
        if (row.unit !== undefined && index >= 0 && row.quantity === "line.quantity.value" && subject.line?.quantity?.uom !== row.unit)
          continue;
        const { read, description } = compiled.get(row)!;
        const text = read(subject);
        if (typeof text !== "string" || !isDecimal(text)) continue;
        const quantity = parseDecimal(text);
        if (quantity.units === 0n) continue;
        const matched: Record<string, string> = { [row.quantity]: text };
        explain(subject, matched);
        measured.push({ row, path, matched, line: subject.line, index, description, subject, quantity, text });
      }
    }
    return measured;
  };
}

function isDecimal(text: string): boolean {
  return /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/.test(text);
}

function noRate(ruleSet: string, { row, path }: { row: LineRow; path: string }, subject: Subject, known: string | undefined): Finding {
  const use = row.rate as Exclude<LineRow["rate"], string>;
  const value = String(compileReader(use.by)(subject) ?? "");
  return {
    code: "rate_unmapped",
    severity: "block",
    field: null,
    message:
      known === undefined
        ? `The table lookups.${use.table} of the rule set "${ruleSet}" has no rate for ${use.by} "${value}" (${path})`
        : `The rate "${known}" for ${use.by} "${value}" in lookups.${use.table} of the rule set "${ruleSet}" is no decimal`,
    fix: `Add "${value}" to lookups.${use.table} with a decimal such as "0.55".`,
    cause: `rate_unmapped:${use.table}:${value}`,
  };
}
