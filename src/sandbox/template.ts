const names = {
  trucking: ["Cedar Ridge Freight Lines", "Blue Mesa Carriers", "Northfork Hauling", "Redbank Motor Freight", "Stillwater Logistics"],
  empty: ["New Company"],
} as const;

/** A company name by how many there are already. */
export function templateName(template: "trucking" | "empty", index: number): string {
  const pool = names[template];
  const name = pool[index % pool.length] ?? pool[0];
  const round = Math.floor(index / pool.length);
  return round === 0 ? name : `${name} ${round + 1}`;
}

/** Payment terms of a new company: name and days. */
export const terms: readonly (readonly [string, number])[] = [
  ["Due on receipt", 0],
  ["Net 7", 7],
  ["Net 15", 15],
  ["Net 21", 21],
  ["Net 30", 30],
  ["Net 45", 45],
  ["Net 60", 60],
];
