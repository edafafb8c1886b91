import type { Finding } from "../finding.ts";
import { formatMinor } from "../money.ts";
import type { MetricLine } from "../rules/compile-metrics.ts";
import type { RuleLine } from "../rules/paths.ts";
import type { BuildContext } from "./context.ts";
import type { DraftLine } from "./draft.ts";
import { describe, dimensionsOf, type MappedLine } from "./map-lines.ts";
import { noAccount, noBalance } from "./mapping-findings.ts";

/** Lines that section `lines` makes of metrics: those of the document, and pairs that balance by themselves. */
export interface MetricLines {
  readonly own: readonly MappedLine[];
  readonly pairs: readonly MappedLine[];
}

/** Pay by the mile, fuel by the gallon: quantity × rate as ledger lines beside those of the event. */
export function mapMetrics(context: BuildContext, drafts: readonly DraftLine[], findings: Finding[]): MetricLines {
  const { event, rules } = context;
  const found = rules.metricLines(
    event,
    drafts.map(({ line }) => line),
  );
  findings.push(...found.findings);
  const own: MappedLine[] = [];
  const pairs: MappedLine[] = [];
  for (const metric of found.lines) {
    const mapped = mapMetric(context, metric, { from: drafts[metric.index]?.from ?? pointerOf(metric.row.quantity), findings });
    if (mapped === null) continue;
    const { offset } = metric.row;
    if (offset === undefined) own.push(mapped);
    else pairs.push(mapped, { ...mapped, account: offset, debitMinor: -mapped.debitMinor, quantity: null });
  }
  return { own, pairs };
}

function mapMetric(context: BuildContext, metric: MetricLine, place: { from: string; findings: Finding[] }): MappedLine | null {
  const { event, rules, choice } = context;
  const { row, quantity, rate, path } = metric;
  const line: RuleLine = {
    ...metric.line,
    ...(row.code === undefined ? {} : { code: row.code }),
    amount: formatMinor(metric.amountMinor, event.currency),
    quantity: { value: quantity, uom: row.unit ?? metric.line?.quantity?.uom ?? "" },
    unitPrice: rate,
    part: "metric",
  };
  const subject = { event, line };
  const byCode = row.account === undefined ? rules.account(subject) : null;
  const account = row.account ?? byCode?.account;
  const balance = row.offset === undefined ? choice.balance(line) : null;
  if (account === undefined) place.findings.push(noAccount(event, rules, { line, from: place.from }));
  if (row.offset === undefined && balance === null) {
    place.findings.push(noBalance(event, choice, { line, debitMinor: metric.amountMinor, from: place.from }));
  }
  if (account === undefined || (row.offset === undefined && balance === null)) return null;
  const matched = { ...metric.matched, ...byCode?.matched, rate };
  return {
    line,
    debitMinor: row.side === "debit" ? metric.amountMinor : -metric.amountMinor,
    account,
    item: byCode?.item ?? rules.ruleSet.items[account] ?? null,
    description: metric.description === null ? describe(rules, subject) : describe(rules, subject, metric.description),
    quantity: { value: quantity, unitPrice: rate },
    dimensions: dimensionsOf(rules, subject),
    because: { ruleSet: rules.name, version: rules.version, row: path, fallback: "row", matched, from: place.from },
    balance,
  };
}

/** `totals.totalMiles` as a JSON pointer into the event. */
function pointerOf(path: string): string {
  return `/${path.replaceAll(".", "/")}`;
}
