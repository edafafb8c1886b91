import { Fault } from "../core/errors.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { asksFourEyes, findDraft, putDraft } from "../store/rule-drafts.ts";
import { findBooksBehind } from "../store/review-events.ts";
import { findRuleSet, listVersions } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { addVersion, nameOf, readContent } from "./publish-rules.ts";
import { type CardAction, noteAction } from "./review-cards.ts";
import { wakeForRules } from "./review-mend.ts";
import { unknownRuleSet, versionsInForce } from "./rule-versions.ts";

type Raw = Readonly<Record<string, unknown>>;

/** A change of the rules made from a card: published at once, or a draft where another person must approve it. */
export type Amended =
  | { readonly ruleSet: string; readonly versions: readonly number[] }
  | { readonly ruleSet: string; readonly draftRevision: number };

/** One account row for what stands behind a cause. Members beside the account narrow it further. */
export interface RowOrder {
  readonly cause: string;
  readonly row: Raw & { readonly account: string };
  /** Named where events behind the cause are mapped by several rule sets. */
  readonly ruleSet?: string;
}

/** Adds an account row to the published rules. What waits for it runs again by itself. Faults: `request_invalid`, `rule_set_invalid`. */
export async function addRow(parts: EngineParts, actor: Actor, order: RowOrder): Promise<Amended> {
  const { cause } = order;
  const [, type, code] = /^code_unmapped:([^:]+):(.+)$/s.exec(cause) ?? [];
  const row = { ...(type === undefined ? {} : { event: [type], code: [code] }), ...order.row };
  if (!("code" in row) && !("where" in row) && !("when" in row))
    throw new Fault("request_invalid", "Say which lines the row is for: with code, where or when", { "/row": "holds for everything" });
  const amend = (body: Raw): Raw => ({ ...body, accounts: [...listOf(body["accounts"]), row] });
  return amendFor(parts, actor, { cause, ruleSet: order.ruleSet, amend, action: { cause, kind: "add_row", reason: null, facts: { row } } });
}

/** The word of ours, or of the books, that a word of the TMS stands for. */
export interface AliasOrder {
  readonly cause: string;
  readonly value: string;
  readonly ruleSet?: string;
}

/**
 * Teaches the published rules a word: a code of ours for a code of the TMS, a value of a dimension, the product or service of an
 * account. What waits for it runs again by itself. Faults: `request_invalid` for a cause that no word mends, `rule_set_invalid`.
 */
export async function addAlias(parts: EngineParts, actor: Actor, { cause, value, ruleSet }: AliasOrder): Promise<Amended> {
  const place = placeOf(cause);
  if (place === null)
    throw new Fault("request_invalid", `No single word mends "${cause}"; what to do about it stands in its fix`, {
      "/cause": "has no alias",
    });
  const action: CardAction = { cause, kind: "add_alias", reason: null, facts: { place: place.join("/"), value } };
  const amend = (body: Raw): Raw =>
    withMember(place[2] === "values" ? renamed(body, place[1]!, { from: place[3]!, to: value }) : body, place, value);
  return amendFor(parts, actor, { cause, ruleSet, amend, action });
}

/** Where in a rule set the word belongs; null where a cause is mended otherwise. */
function placeOf(cause: string): string[] | null {
  const [name = "", first = "", ...rest] = cause.split(":");
  const others = rest.join(":");
  if (name === "code_unmapped" && others !== "") return ["aliases", "code", others];
  if (name === "dimension_unmapped" && others !== "") return ["dimensions", first, "values", others];
  if (name === "item_unmapped") return ["items", [first, ...rest].join(":")];
  const dimension = /^(class|department|location|project)_(unknown|inactive)$/.exec(name)?.[1];
  return dimension === undefined ? null : ["dimensions", dimension, "values", [first, ...rest].join(":")];
}

/** Codes that lead to a value the books do not have lead to the other one. */
function renamed(body: Raw, dimension: string, { from, to }: { from: string; to: string }): Raw {
  const rule = (body["dimensions"] as Record<string, { values?: Raw }> | undefined)?.[dimension];
  const codes = Object.entries(rule?.values ?? {}).filter(([, value]) => value === from);
  return codes.reduce((changed, [code]) => withMember(changed, ["dimensions", dimension, "values", code], to), body);
}

function withMember(body: Raw, [key, ...rest]: readonly string[], value: string): Raw {
  if (rest.length === 0) return { ...body, [key!]: value };
  const inner = body[key!];
  return { ...body, [key!]: withMember(typeof inner === "object" && inner !== null ? (inner as Raw) : {}, rest, value) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

interface Amendment {
  readonly cause: string;
  readonly ruleSet: string | undefined;
  readonly amend: (body: Raw) => Raw;
  readonly action: CardAction;
}

async function amendFor(parts: EngineParts, actor: Actor, of: Amendment): Promise<Amended> {
  const amended = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const name = of.ruleSet ?? (await ruleSetBehind(tx, of.cause));
    const done = await amendRules(tx, { parts, actor }, { name, amend: of.amend });
    const { versions, ...facts } = done;
    await noteAction(tx, { parts, actor }, { ...of.action, facts: { ...of.action.facts, ...facts, versions } });
    if (facts.draftRevision !== null) return { ruleSet: name, draftRevision: facts.draftRevision };
    return { ruleSet: name, versions: versions.map(({ version }) => version) };
  });
  if ("versions" in amended) await wakeForRules(parts, actor.organizationId, amended.ruleSet);
  return amended;
}

async function ruleSetBehind(tx: Tx, cause: string): Promise<string> {
  const names = [...new Set((await findBooksBehind(tx, cause)).map(({ ruleSet }) => ruleSet))];
  if (names.length === 1) return names[0]!;
  if (names.length === 0) throw new Fault("not_found", `Nothing stands behind the cause "${cause}" any more`);
  throw new Fault("request_invalid", `Events behind it are mapped by ${names.join(" and ")}; name the rule set that is to change`);
}

/** A version that was published, and the one it was made from. */
interface MadeFrom {
  readonly from: number;
  readonly version: number;
}

/**
 * Makes one change in every version that is in force, so that it holds for all service dates and nothing else of them changes. Where
 * another person must approve, it becomes a draft of the newest.
 */
async function amendRules(
  tx: Tx,
  by: { parts: EngineParts; actor: Actor },
  of: { name: string; amend: (body: Raw) => Raw },
): Promise<{ ruleSet: string; draftRevision: number | null; versions: MadeFrom[] }> {
  const { name, amend } = of;
  const inForce = versionsInForce(await listVersions(tx, name));
  const newest = inForce[0];
  if (newest === undefined) throw await unknownRuleSet(tx, name);
  const author = nameOf(by.actor);
  if (await asksFourEyes(tx)) {
    const draft = await findDraft(tx, name);
    const base = (draft?.body ?? (await findRuleSet(tx, name, newest.version))!.body) as Raw;
    const { body } = await readContent(tx, amend(base), name);
    const note = draft?.note ?? "From the review queue";
    const effectiveFrom = draft === undefined ? newest.effectiveFrom : draft.effectiveFrom;
    const kept = await putDraft(tx, {
      name,
      body,
      note,
      effectiveFrom,
      basedOn: newest.version,
      author,
      ifRevision: null,
      restoredFrom: null,
    });
    return { ruleSet: name, draftRevision: kept!.revision, versions: [] };
  }
  const versions: MadeFrom[] = [];
  for (const { version: from, effectiveFrom, note } of [...inForce].reverse()) {
    const { body } = await readContent(tx, amend((await findRuleSet(tx, name, from))!.body as Raw), name);
    versions.push({ from, version: await addVersion(tx, by.parts, { name, body, createdBy: author, effectiveFrom, note }) });
  }
  return { ruleSet: name, draftRevision: null, versions };
}

/**
 * Brings back what was in force before a change from a card. Faults: `request_invalid` when something was published since, or when it
 * became a draft.
 */
export async function undoAmendment(tx: Tx, by: { parts: EngineParts; actor: Actor }, facts: Raw): Promise<string> {
  const { ruleSet: name, versions } = facts as { ruleSet: string; versions: readonly MadeFrom[] };
  if (versions.length === 0)
    throw new Fault("request_invalid", `It became a draft of "${name}": discard the draft, or save it without the change`);
  const [newest] = await listVersions(tx, name);
  if (newest?.version !== versions.at(-1)!.version)
    throw new Fault("request_invalid", `Version ${newest?.version} of "${name}" was published since; change the rules themselves`);
  for (const { from } of versions) {
    const { body, effectiveFrom, note } = (await findRuleSet(tx, name, from))!;
    await addVersion(tx, by.parts, { name, body, createdBy: nameOf(by.actor), effectiveFrom, note, restoredFrom: from });
  }
  return name;
}
