import type { LedgerDocument, StatisticLine } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import type { CompiledRules } from "../rules/compile.ts";
import type { RuleLine } from "../rules/paths.ts";
import { describe, dimensionsOf } from "./map-lines.ts";

/** Miles, gallons and loads on statistical accounts, as section `statistics` says; none where no row is for the event. */
export function statisticLines(
  event: TransportEvent,
  rules: CompiledRules,
  lines: readonly { line: RuleLine; from: string }[],
): StatisticLine[] {
  const found = rules.statistics(
    event,
    lines.map(({ line }) => line),
  );
  return found.map(({ row, path, matched, line, index, quantity, description }) => {
    const subject = { event, line };
    return {
      account: row.account,
      quantity,
      unit: row.unit,
      description: description === null ? describe(rules, subject) : describe(rules, subject, description),
      dimensions: dimensionsOf(rules, subject),
      because: {
        ruleSet: rules.name,
        version: rules.version,
        row: path,
        fallback: "row",
        matched,
        from: lines[index]?.from ?? `/${row.quantity.replaceAll(".", "/")}`,
      },
    };
  });
}

/** The quantities of a `statistical` event as lines for the rules: `line.name`, `line.value`, `line.uom`. */
export function metricsOf(event: TransportEvent): { line: RuleLine; from: string }[] {
  if (event.type !== "statistical") return [];
  return event.metrics.map((metric, index) => ({
    line: { ...metric, amount: "0", part: "metric" },
    from: `/metrics/${index}`,
  }));
}

/** A document without money: quantities only. */
export function statisticalEntry(
  head: Omit<LedgerDocument, "kind" | "totalMinor" | "lines">,
  statistics: readonly StatisticLine[],
): LedgerDocument {
  return { ...head, kind: "statistical_entry", totalMinor: 0n, lines: [], statistics };
}
