import type { Finding } from "../finding.ts";
import type { BuildContext } from "./context.ts";
import { dimensionsOf, type MappedLine } from "./map-lines.ts";

/**
 * The entity whose document it is: the event's, or the one all lines have. Undefined where nobody says; where lines of several
 * entities stand on a document of none, and the books keep entities apart, that is a finding.
 */
export function ownerOf({ event, rules }: BuildContext, lines: readonly MappedLine[], findings: Finding[]): string | undefined {
  if (event.dims.entity || !rules.dimensionNames.includes("entity")) return event.dims.entity;
  const entities = new Set(lines.map(({ line }) => line.dims?.entity));
  if (entities.size === 1) return [...entities][0];
  findings.push({
    code: "entity_missing",
    severity: "block",
    field: "/dims/entity",
    message: `Lines of this ${event.type} belong to ${[...entities].map((entity) => entity ?? "no entity").join(", ")}, and the event does not say whose document it is`,
    fix: "Fill dims.entity of the event in the TMS with the entity that owes or is owed, and send it again.",
    cause: `entity_missing:${event.type}`,
  });
  return undefined;
}

/** One document's lines by the entity whose books they belong to. */
export interface ByEntity {
  /** What the document keeps: its own lines, and what is due from or to the others. */
  readonly own: readonly MappedLine[];
  /** The others' lines, each set with its counterpart in full: a journal entry of that entity. */
  readonly others: readonly { readonly entity: string; readonly lines: readonly MappedLine[] }[];
}

/**
 * Takes lines of other entities out of a document, so that it balances in the entity it belongs to and the other entity's entry
 * balances in its own: due from and due to stand between them. Without a row of `intercompany` the lines stay, and where the books
 * keep entities apart that is a finding.
 */
export function separateEntities(context: BuildContext, lines: readonly MappedLine[], findings: Finding[]): ByEntity {
  const { event, rules } = context;
  const owner = event.dims.entity;
  const users = new Map<string, MappedLine[]>();
  for (const mapped of lines) {
    const user = mapped.line.dims?.entity;
    if (!owner || !user || user === owner) continue;
    users.set(user, [...(users.get(user) ?? []), mapped]);
  }
  if (owner === undefined || users.size === 0) return { own: lines, others: [] };
  let own = lines;
  const others: { entity: string; lines: MappedLine[] }[] = [];
  for (const [user, theirs] of users) {
    const chosen = rules.intercompany({ event, line: theirs[0]!.line }, { owner, user });
    if (chosen === null) {
      if (rules.dimensionNames.includes("entity")) findings.push(noRow(rules.name, { owner, user }));
      continue;
    }
    const because = { ruleSet: rules.name, version: rules.version, row: chosen.path, fallback: "row" as const, matched: chosen.matched };
    const counter = (mapped: MappedLine, side: { account: string; entity: string; sense: 1n | -1n }): MappedLine => {
      const line = { ...mapped.line, dims: { ...mapped.line.dims, entity: side.entity } };
      return {
        ...mapped,
        line,
        debitMinor: mapped.debitMinor * side.sense,
        account: side.account,
        item: mapped.item === null ? null : (rules.ruleSet.items[side.account] ?? null),
        quantity: null,
        dimensions: dimensionsOf(rules, { event, line }),
        because: { ...because, from: mapped.because.from },
      };
    };
    const { dueFrom, dueTo } = chosen.row;
    own = own.flatMap((mapped) => (theirs.includes(mapped) ? [counter(mapped, { account: dueFrom, entity: owner, sense: 1n })] : [mapped]));
    const due = theirs.map((mapped) => ({ ...counter(mapped, { account: dueTo, entity: user, sense: -1n }), balance: null }));
    others.push({ entity: user, lines: [...theirs.map((mapped) => ({ ...mapped, balance: null, item: null })), ...due] });
  }
  return { own, others };
}

function noRow(ruleSet: string, { owner, user }: { owner: string; user: string }): Finding {
  return {
    code: "intercompany_unmapped",
    severity: "block",
    field: "/dims/entity",
    message: `A line belongs to entity ${user}, its document to ${owner}, and the rule set "${ruleSet}" does not say what stands between them`,
    fix: `Add a row to intercompany with dueFrom and dueTo for ${owner} and ${user}, or correct the entity in the TMS.`,
    cause: `intercompany_unmapped:${owner}:${user}`,
  };
}
