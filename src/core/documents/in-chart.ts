import type { Because, LedgerDocument } from "../document.ts";
import type { CompiledRules } from "../rules/compile.ts";

/**
 * Documents with the accounts of the books' own chart, where the section `chart` says what the rules' accounts are there. The reasons
 * of a line keep under `chart` which account the rules named.
 */
export function inChart(documents: readonly LedgerDocument[], { ruleSet: { chart } }: CompiledRules): LedgerDocument[] {
  const place = <Line extends { readonly account: string; readonly because: Because }>(line: Line): Line => {
    if (!Object.hasOwn(chart, line.account)) return line;
    const because = { ...line.because, matched: { ...line.because.matched, chart: line.account } };
    return { ...line, account: chart[line.account]!, because };
  };
  return documents.map((document) => ({
    ...document,
    lines: document.lines.map(place),
    ...(document.statistics === undefined ? {} : { statistics: document.statistics.map(place) }),
  }));
}
