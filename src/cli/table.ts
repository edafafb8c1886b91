/** Columns as wide as their widest cell, two blanks apart; nothing at the end of a line. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => (right.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** A table with a line under its heads. `right`: columns of figures. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const lines = aligned([heads, ...rows], right);
  const width = Math.max(...lines.map((line) => line.length));
  return [lines[0]!, "─".repeat(width), ...lines.slice(1)];
}
