import type { EventType } from "../events.ts";
import { compileGlob, type HashTest, oneCondition } from "./condition.ts";
import { type IndexedRow, indexRows, type RowEntry } from "./index-rows.ts";
import type { AccountChoice, ChooseAccount, PathOf } from "./choices.ts";
import { compileReader, type Reader, type RuleLine, serviceDate, type Subject } from "./paths.ts";
import type { AccountRow, CategoryRow, LookupUse, RuleSet } from "./schema.ts";

const readType: Reader = ({ event }) => event.type;

/** A condition on the event type, for the index. */
export function typeTest(types: readonly EventType[]): HashTest {
  return { path: "", read: readType, values: types };
}

/** The whole fallback chain of accounts: row, then the kind's default, then the master, then nothing. */
export function compileAccounts(ruleSet: RuleSet, pathOf: PathOf): ChooseAccount {
  const rows = indexRows(accountEntries(ruleSet, pathOf));
  const categories = indexRows(
    ruleSet.categories.map((row, order) => ({
      ...{ row, order, path: pathOf("categories", order), keys: [row.kind], weight: 0, ranked: true },
      ...(row.event === undefined ? {} : { extra: [typeTest(row.event)] }),
    })),
  );
  const codes = new Map(Object.entries(ruleSet.codes));
  const items = new Map(Object.entries(ruleSet.items));
  const lookups = compileLookups(ruleSet);
  const { master } = ruleSet;
  const choose = (found: IndexedRow<AccountRow> | IndexedRow<CategoryRow>, subject: Asked, kind: string | null): AccountChoice => {
    const code = subject.line.code ?? "";
    const matched: Record<string, string> = { code };
    if (subject.line.alias !== undefined) matched["alias"] = subject.line.alias;
    if (kind !== null) matched["kind"] = kind;
    found.explain(subject, matched);
    const account = accountOf(found.row, subject, { lookups, matched });
    const item = found.row.item ?? codes.get(code)?.item ?? items.get(account) ?? null;
    return { account, item, path: found.path, fallback: kind === null ? "row" : "category", matched };
  };
  return (subject) => {
    const { line, event } = subject;
    const code = line.code ?? "";
    const date = serviceDate(event);
    const row = rows(code, subject, date);
    if (row !== null) {
      // A row with exact conditions answers the same to all lines of a code that find it: that answer is made once.
      if (!row.isKeepable || line.alias !== undefined) return choose(row, subject, null);
      return (row.kept ??= choose(row, subject, null)) as AccountChoice;
    }
    const entry = codes.get(code);
    const category = entry === undefined ? null : categories(entry.kind, subject, date);
    if (category !== null) return choose(category, subject, category.row.kind);
    if (master === null) return null;
    const matched = line.alias === undefined ? { code } : { code, alias: line.alias };
    return { account: master, item: entry?.item ?? items.get(master) ?? null, path: "master", fallback: "master", matched };
  };
}

interface Asked extends Subject {
  readonly line: RuleLine;
}

function accountOf(row: AccountRow | CategoryRow, subject: Subject, given: { lookups: Lookups; matched: Record<string, string> }): string {
  if (!("accountBy" in row) || row.accountBy === undefined) return row.account;
  const { table, by } = row.accountBy;
  given.matched[by] = String(compileReader(by)(subject) ?? "");
  given.matched["lookup"] = table;
  return given.lookups(row.accountBy)(subject) ?? row.account;
}

function accountEntries(ruleSet: RuleSet, pathOf: PathOf): RowEntry<AccountRow>[] {
  const lookups = compileLookups(ruleSet);
  const entries = ruleSet.accounts.flatMap((row, order) => {
    const found = row.accountBy === undefined ? undefined : lookups(row.accountBy);
    const also = found === undefined ? {} : { also: (subject: Subject) => found(subject) !== undefined };
    return accountEntry(row, { order, path: pathOf("accounts", order) }).map((entry) => ({ ...entry, ...also }));
  });
  // A code's own account is its row without conditions, after all rows of the table.
  let order = ruleSet.accounts.length;
  for (const [code, { account, item }] of Object.entries(ruleSet.codes)) {
    if (account === undefined) continue;
    const row: AccountRow = { code: [code], account, ...(item === undefined ? {} : { item }) };
    entries.push(...accountEntry(row, { order, path: pathOf("codes", code) }));
    order += 1;
  }
  return entries;
}

/** What naming the event type and the code adds to a row's specificity: each is one condition more, a pattern a weaker one. */
function accountEntry(row: AccountRow, place: { order: number; path: string }): RowEntry<AccountRow>[] {
  const { event, code } = row;
  const weight = event === undefined ? 0 : oneCondition + 6;
  const typed = event === undefined ? {} : { extra: [typeTest(event)] };
  if (code === undefined) return [{ row, ...place, keys: null, weight, ranked: true, ...typed }];
  const exact = code.filter((text) => !text.includes("*"));
  const globs = code.filter((text) => text.includes("*")).map(compileGlob);
  const entries: RowEntry<AccountRow>[] = [];
  if (exact.length > 0) entries.push({ row, ...place, keys: exact, weight: weight + oneCondition + 8, ranked: true, ...typed });
  if (globs.length > 0) {
    const also = ({ line }: Subject): boolean => globs.some((glob) => glob(line?.code ?? ""));
    entries.push({ row, ...place, keys: null, weight: weight + oneCondition + 4, ranked: true, ...typed, also });
  }
  return entries;
}

/** Reads a look-up table by a field; undefined where the field or its row is missing. */
export type Lookups = (use: LookupUse) => (subject: Subject) => string | undefined;

/** The look-up tables of a rule set, each compiled once. */
export function compileLookups({ lookups }: RuleSet): Lookups {
  const tables = new Map(Object.entries(lookups).map(([name, table]) => [name, new Map(Object.entries(table))]));
  const ready = new Map<string, (subject: Subject) => string | undefined>();
  return ({ table, by }) => {
    const key = `${table}\n${by}`;
    const known = ready.get(key);
    if (known !== undefined) return known;
    const values = tables.get(table);
    const read = compileReader(by);
    const look = (subject: Subject): string | undefined => {
      const value = read(subject);
      return value === undefined ? undefined : values?.get(String(value));
    };
    ready.set(key, look);
    return look;
  };
}
