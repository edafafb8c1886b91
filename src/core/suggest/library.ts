import type { LibraryAccount } from "./needs.ts";

/** Rows of one of the library's tables. Cells with a comma in them stand in quotes. */
export function readTableRows(csv: string): Record<string, string>[] {
  const [head = "", ...lines] = csv.trim().split(/\r?\n/);
  const names = cellsOf(head);
  return lines
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const cells = cellsOf(line);
      return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
    });
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}

/** The default chart with the names carriers give its accounts: `rule-sets/chart.csv` and `rule-sets/account-names.csv`, by number. */
export function readLibrary(files: { chart: string; names: string }): Map<string, LibraryAccount> {
  const others = new Map(readTableRows(files.names).map((row) => [row["number"]!, row["names"]!.split(";")]));
  return new Map(
    readTableRows(files.chart).map((row) => {
      const number = row["number"]!;
      return [number, { number, name: row["name"]!, type: row["type"]!, otherNames: others.get(number) ?? [] }];
    }),
  );
}
