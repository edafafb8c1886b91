import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import {
  approveDraft,
  asksFourEyes,
  deleteDraft,
  type DraftContent,
  findDraft,
  putDraft,
  putFourEyes,
  type RuleSetDraft,
} from "../store/rule-drafts.ts";
import { findRuleSet } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { addVersion, nameOf, needsApproval, type Published, readContent, requireDate } from "./publish-rules.ts";
import { wakeForRules } from "./review-mend.ts";
import { unknownRuleSet } from "./rule-versions.ts";

/** What a person saves as a draft. */
export interface DraftOrder {
  readonly raw: Readonly<Record<string, unknown>>;
  /** First service date it will be for; null: all. */
  readonly effectiveFrom: string | null;
  readonly note: string;
  /** The revision this save follows; null: whichever there is. 0: there is no draft yet. */
  readonly ifRevision: number | null;
}

/** A draft that was saved, with what a person should know of it. */
export interface SavedDraft {
  readonly draft: RuleSetDraft;
  readonly warnings: Finding[];
}

/**
 * Saves the draft of a rule set; an approval it had is gone when it says something else. Faults: `rule_set_invalid` with every place,
 * `version_behind` when somebody saved another revision meanwhile.
 */
export function saveDraft(parts: EngineParts, actor: Actor, name: string, order: DraftOrder): Promise<SavedDraft> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { body, warnings } = await readContent(tx, { ...order.raw, name }, name);
    const newest = await findRuleSet(tx, name);
    const draft = await keep(tx, parts, {
      ...{ name, body, note: order.note, ifRevision: order.ifRevision, restoredFrom: null },
      effectiveFrom: requireDate(order.effectiveFrom),
      basedOn: newest?.version ?? 0,
      author: nameOf(actor),
    });
    return { draft, warnings };
  });
}

async function keep(tx: Tx, parts: EngineParts, content: DraftContent): Promise<RuleSetDraft> {
  const draft = await putDraft(tx, content);
  if (draft === undefined) {
    throw new Fault(
      "version_behind",
      `Somebody saved another draft of "${content.name}" since revision ${content.ifRevision}; read it and save again`,
    );
  }
  const { name, revision, effectiveFrom, basedOn } = draft;
  await leave(tx, parts, { actor: content.author, action: "rules.drafted", name, facts: { revision, effectiveFrom, basedOn } });
  return draft;
}

function leave(
  tx: Tx,
  parts: EngineParts,
  of: { actor: string; action: string; name: string; facts: Record<string, unknown> },
): Promise<void> {
  const { actor, action, name, facts } = of;
  return appendAudit(tx, parts.now(), [{ actor, action, objectType: "rule_set", objectId: name, facts }]);
}

async function requireDraft(tx: Tx, name: string): Promise<RuleSetDraft> {
  const draft = await findDraft(tx, name);
  if (draft !== undefined) return draft;
  if ((await findRuleSet(tx, name)) === undefined) throw await unknownRuleSet(tx, name);
  throw new Fault("not_found", `The rule set "${name}" has no draft`);
}

/** Approves one revision of a draft. Faults: `forbidden` for who wrote a part of it, `version_behind` for another revision. */
export function approveRules(parts: EngineParts, actor: Actor, name: string, revision: number): Promise<RuleSetDraft> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const draft = await requireDraft(tx, name);
    const approvedBy = nameOf(actor);
    if (draft.authors.includes(approvedBy)) {
      throw new Fault("forbidden", `Who wrote a part of a draft cannot approve it; ask another person to approve "${name}"`);
    }
    const approved = await approveDraft(tx, { name, revision, approvedBy });
    if (approved === undefined) {
      throw new Fault(
        "version_behind",
        `The draft of "${name}" is revision ${draft.revision} by now, not ${revision}; read it before you approve it`,
      );
    }
    await leave(tx, parts, { actor: approvedBy, action: "rules.approved", name, facts: { revision, authors: draft.authors } });
    return approved;
  });
}

/** Publishes a draft as the next version. Faults: `forbidden` where it needs an approval, `version_behind`, `not_found`. */
export async function publishDraft(parts: EngineParts, actor: Actor, name: string, revision: number | null): Promise<Published> {
  const published = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const draft = await requireDraft(tx, name);
    if (revision !== null && revision !== draft.revision) {
      throw new Fault("version_behind", `The draft of "${name}" is revision ${draft.revision} by now, not ${revision}`);
    }
    if (draft.approvedBy === null && (await asksFourEyes(tx))) throw needsApproval(name);
    const { warnings } = await readContent(tx, draft.body as Record<string, unknown>, name);
    const { body, basedOn, effectiveFrom, note, authors, approvedBy, restoredFrom } = draft;
    const version = await addVersion(tx, parts, {
      name,
      body,
      createdBy: nameOf(actor),
      basedOn,
      effectiveFrom,
      note,
      authors,
      approvedBy,
      restoredFrom,
    });
    await deleteDraft(tx, name);
    return { name, version, warnings };
  });
  await wakeForRules(parts, actor.organizationId, name);
  return published;
}

/** Throws the draft away. Faults: `not_found`. */
export function discardDraft(parts: EngineParts, actor: Actor, name: string): Promise<void> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { revision } = await requireDraft(tx, name);
    await deleteDraft(tx, name);
    await leave(tx, parts, { actor: nameOf(actor), action: "rules.discarded", name, facts: { revision } });
  });
}

/** What rolling back led to: a version, or a draft where another person must approve it. */
export type RolledBack = { readonly published: Published } | { readonly draft: RuleSetDraft };

/**
 * Brings an older version back as the newest one, for the service dates of the version it replaces. Events that were mapped meanwhile
 * stay as they are. Where four eyes are asked for it becomes a draft that waits for its approval.
 */
export async function rollBackRules(parts: EngineParts, actor: Actor, name: string, version: number): Promise<RolledBack> {
  const rolledBack = await inOrganization(parts.database, actor.organizationId, async (tx): Promise<RolledBack> => {
    const [newest, older] = [await findRuleSet(tx, name), await findRuleSet(tx, name, version)];
    if (newest === undefined || older === undefined) throw await unknownRuleSet(tx, name, version);
    if (newest.version === version)
      throw new Fault("request_invalid", `Version ${version} of "${name}" is the newest one; name an older one`);
    const { body, warnings } = await readContent(tx, older.body as Record<string, unknown>, name);
    const { effectiveFrom, version: basedOn } = newest;
    const note = `Version ${version} again`;
    const author = nameOf(actor);
    if (await asksFourEyes(tx)) {
      return {
        draft: await keep(tx, parts, { name, body, note, effectiveFrom, basedOn, author, restoredFrom: version, ifRevision: null }),
      };
    }
    const added = { name, body, createdBy: author, basedOn, effectiveFrom, note, restoredFrom: version };
    return { published: { name, version: await addVersion(tx, parts, added), warnings } };
  });
  if ("published" in rolledBack) await wakeForRules(parts, actor.organizationId, name);
  return rolledBack;
}

/** Asks for the approval of another person before rules are published, or no more. Faults: `forbidden` for all but administrators. */
export async function setFourEyes(parts: EngineParts, actor: Actor, fourEyes: boolean): Promise<void> {
  if (actor.role !== "admin")
    throw new Fault("forbidden", "Only an administrator may say whether rules need the approval of another person");
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await putFourEyes(tx, fourEyes);
    await leave(tx, parts, { actor: nameOf(actor), action: "rules.four_eyes", name: "*", facts: { fourEyes } });
  });
}
