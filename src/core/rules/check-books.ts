import type { Finding } from "../finding.ts";
import { didYouMean } from "../nearest.ts";
import type { RecordKind } from "../reference.ts";
import type { ReferenceIndex } from "../reference-index.ts";
import type { PathOf } from "./compile.ts";
import type { RuleSet } from "./schema.ts";

/** One name in a rule set that the books must know, after the section `chart`; `place` is where it stands. */
export interface Named {
  readonly kind: RecordKind;
  readonly name: string;
  readonly place: string;
}

/**
 * Checks a rule set against the books' own lists: accounts, statistical accounts, products, dimensions, terms. Each name once, at its
 * first place, with the nearest active one of the books. What is `block` here stops the events that need it.
 */
export function checkAgainstBooks(ruleSet: RuleSet, reference: ReferenceIndex, pathOf: PathOf): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const named of namesOf(ruleSet, pathOf)) {
    const key = `${named.kind}/${named.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const finding = checkName(named, reference);
    if (finding !== null) findings.push(finding);
  }
  findings.push(...checkCustomFields(ruleSet, reference, pathOf));
  const { tracksClasses, tracksDepartments } = reference.preferences;
  for (const [name, isTracked] of [
    ["class", tracksClasses],
    ["department", tracksDepartments],
  ] as const) {
    if (isTracked || !ruleSet.dimensions[name]) continue;
    findings.push({
      code: "dimension_untracked",
      severity: "warn",
      field: `/dimensions/${name}`,
      message: `These books do not track any ${name}, so what /dimensions/${name} says is left out`,
      fix: `Turn ${name} tracking on in the books, or remove /dimensions/${name}.`,
      cause: `dimension_untracked:${name}`,
    });
  }
  return findings;
}

/** Custom fields that the forms of the books do not show: a document that names one is refused there. */
function checkCustomFields({ customFields }: RuleSet, { preferences }: ReferenceIndex, pathOf: PathOf): Finding[] {
  const shown = preferences.customFields;
  if (shown === undefined) return [];
  const spellings = new Set(shown.names.flat().map((name) => name.toLowerCase()));
  return Object.entries(customFields).flatMap(([name, { kinds }]): Finding[] => {
    const isChecked = kinds === undefined || kinds.some((kind) => shown.kinds.includes(kind));
    if (!isChecked || spellings.has(name.trim().toLowerCase())) return [];
    const place = pathOf("customFields", name);
    return [
      {
        code: "custom_field_unknown",
        severity: "block",
        field: `/${place}`,
        message: `These books show no custom field "${name}" to us.${didYouMean(
          name,
          shown.names.flatMap(([label]) => label ?? []),
        )}`,
        fix: `Correct it at /${place}, or add the field to the forms of the books and give our user access to it.`,
        cause: `custom_field_unknown:${name}`,
      },
    ];
  });
}

function checkName({ kind, name, place }: Named, reference: ReferenceIndex): Finding | null {
  const record = reference.find(kind, name);
  if (record?.active === true) return null;
  const near = reference.suggest(kind, name);
  const spoken = kind.replaceAll("_", " ");
  const state = record === undefined ? "unknown" : "inactive";
  return {
    code: `${kind}_${state}`,
    severity: kind === "term" ? "warn" : "block", // Terms the books lack are left out; the due date goes along.
    field: `/${place}`,
    message: `The ${spoken} "${name}" ${record === undefined ? "is not in these books" : "is inactive in these books"}.${near === null || near === name ? "" : ` Did you mean "${near}"?`}`,
    fix: `Correct it at /${place}, or ${record === undefined ? "create" : "activate"} it in the books.`,
    cause: `${kind}_${state}:${name}`,
  };
}

/** Every name in a rule set that the books must know, each at every place it stands. */
export function namesOf(ruleSet: RuleSet, pathOf: PathOf): Named[] {
  const account = (name: string | null | undefined, place: string, kind: RecordKind = "account"): Named[] => {
    if (!name) return [];
    const ours = ruleSet.chart[name];
    return [ours === undefined ? { kind, name, place } : { kind, name: ours, place: pathOf("chart", name) }];
  };
  const tableAccounts = (use: { table: string } | undefined): Named[] =>
    use === undefined
      ? []
      : Object.entries(ruleSet.lookups[use.table] ?? {}).flatMap(([key, name]) => account(name, `${pathOf("lookups", use.table)}/${key}`));
  const item = (name: string | undefined, place: string): Named[] => (name === undefined ? [] : [{ kind: "item", name, place }]);
  return [
    ...ruleSet.documents.flatMap((row, at) =>
      row.balance.flatMap((side, index) =>
        account(
          side.account,
          row.balance.length > 1 ? `${pathOf("documents", at)}/balance/${index}` : `${pathOf("documents", at)}/balance`,
        ),
      ),
    ),
    ...ruleSet.accounts.flatMap((row, at) => [
      ...account(row.account, `${pathOf("accounts", at)}/account`),
      ...tableAccounts(row.accountBy),
      ...item(row.item, `${pathOf("accounts", at)}/item`),
    ]),
    ...Object.entries(ruleSet.codes).flatMap(([code, entry]) => [
      ...account(entry.account, `${pathOf("codes", code)}/account`),
      ...item(entry.item, `${pathOf("codes", code)}/item`),
    ]),
    ...ruleSet.categories.flatMap((row, at) => [
      ...account(row.account, `${pathOf("categories", at)}/account`),
      ...item(row.item, `${pathOf("categories", at)}/item`),
    ]),
    ...account(ruleSet.master, "master"),
    ...Object.entries(ruleSet.items).flatMap(([key, name]) => item(name, pathOf("items", key))),
    ...ruleSet.lines.flatMap((row, at) => [
      ...account(row.account, `${pathOf("lines", at)}/account`),
      ...account(row.offset, `${pathOf("lines", at)}/offset`),
    ]),
    ...ruleSet.statistics.flatMap((row, at) => account(row.account, `${pathOf("statistics", at)}/account`, "statistical_account")),
    ...account(ruleSet.rounding.account, "rounding/account"),
    ...ruleSet.intercompany.flatMap((row, at) => [
      ...account(row.dueFrom, `${pathOf("intercompany", at)}/dueFrom`),
      ...account(row.dueTo, `${pathOf("intercompany", at)}/dueTo`),
    ]),
    ...ruleSet.accruals.flatMap((row, at) => account(row.account, `${pathOf("accruals", at)}/account`)),
    ...ruleSet.closedPeriods.flatMap((row, at) => account(row.account, `${pathOf("closedPeriods", at)}/account`)),
    ...dimensionNamesOf(ruleSet, pathOf),
    ...Object.entries(ruleSet.terms).map(([code, name]): Named => ({ kind: "term", name, place: pathOf("terms", code) })),
  ];
}

function dimensionNamesOf({ dimensions }: RuleSet, pathOf: PathOf): Named[] {
  return Object.entries(dimensions).flatMap(([dimension, rule]) => {
    if (rule === null) return [];
    const place = pathOf("dimensions", dimension);
    const isSegment = dimension.startsWith("segment:");
    const kind = (isSegment ? "segment" : dimension) as RecordKind;
    const named = (name: string, at: string): Named => ({
      kind,
      name: isSegment ? `${dimension.slice("segment:".length)}/${name}` : name,
      place: `${place}/${at}`,
    });
    return [
      ...Object.entries(rule.values).map(([code, name]) => named(name, `values/${code}`)),
      ...(rule.default === undefined ? [] : [named(rule.default, "default")]),
    ];
  });
}
