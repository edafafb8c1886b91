/** What an account is, in words that all accounting systems share. */
export type AccountGroup =
  | ("bank" | "receivable" | "current_asset" | "fixed_asset" | "other_asset")
  | ("payable" | "card" | "current_liability" | "long_liability" | "equity")
  | ("income" | "cogs" | "expense" | "other_income" | "other_expense");

/** Types by the letters of their name, as the three systems write them. */
const groups: readonly (readonly [RegExp, AccountGroup])[] = [
  [/^bank|^checking|^cash/, "bank"],
  [/^(accounts?receivable|acctrec)/, "receivable"],
  [/^(accounts?payable|acctpay)/, "payable"],
  [/^creditcard|^credcard/, "card"],
  [/^(othercurrentasset|othcurrasset|currentasset|unbilledrec|deferexpense)/, "current_asset"],
  [/^fixedasset/, "fixed_asset"],
  [/^(otherasset|othasset|longtermasset)/, "other_asset"],
  [/^(othercurrentliability|othcurrliab|currentliability|deferrevenue)/, "current_liability"],
  [/^(longtermliability|longtermliab|noncurrentliability)/, "long_liability"],
  [/^equity/, "equity"],
  [/^(otherincome|othincome)/, "other_income"],
  [/^(otherexpense|othexpense)/, "other_expense"],
  [/^(costofgoodssold|cogs|costofsales|costofservices?)/, "cogs"],
  [/^(income|revenue)/, "income"],
  [/^expense/, "expense"],
];

/** The group of an account by its type in the books; null for a type we do not know. */
export function groupOf(type: string | undefined): AccountGroup | null {
  const text = (type ?? "").toLowerCase().replaceAll(/[^a-z]/g, "");
  return groups.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

const near: Readonly<Record<string, number>> = {
  ...{ "cogs/expense": 0.8, "cogs/other_expense": 0.6, "expense/other_expense": 0.8, "income/other_income": 0.8 },
  ...{ "current_asset/other_asset": 0.7, "bank/current_asset": 0.5, "current_liability/long_liability": 0.6 },
  ...{ "current_liability/payable": 0.4, "card/current_liability": 0.5, "current_asset/receivable": 0.4 },
};

/** How well an account of one group can stand for one of the other: 1 the same, 0 not at all; 0.6 where one is not known. */
export function groupFit(a: AccountGroup | null, b: AccountGroup | null): number {
  if (a === null || b === null) return 0.6;
  if (a === b) return 1;
  return near[[a, b].sort().join("/")] ?? 0;
}
