import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { EventType } from "../core/events.ts";
import { didYouMean } from "../core/nearest.ts";
import type { CheckSeverity } from "../core/validation/check.ts";
import { type OwnCheck, ownCheckProblems } from "../core/validation/own-check.ts";
import { settingProblems } from "../core/validation/policy.ts";
import {
  deleteCheckSetting,
  deleteOwnCheck,
  listCheckSettings,
  listOwnChecks,
  lockChecks,
  putCheckSetting,
  putOwnCheck,
} from "../store/checks.ts";
import { inOrganization, type Statement, type Tx } from "../store/database.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { reopen } from "./review.ts";

/** One change of a check: for all events, or those of a source, a type, or both. What is not named stays. */
export interface CheckChange {
  readonly code: string;
  readonly source: string | null;
  readonly type: EventType | null;
  /** Null: as the catalog has it. */
  readonly severity?: CheckSeverity | null;
  /** Null takes one back to what the catalog has. */
  readonly thresholds?: Readonly<Record<string, string | null>>;
  /** Takes back everything that was set there before anything else of this change counts. */
  readonly reset?: boolean;
}

/** What a change did: how many events that a changed check had stopped are checked anew. */
export interface ChecksChanged {
  readonly rechecked: number;
}

/** How checks are set. Each verb leaves its audit leaves, and what a changed check had stopped runs again. */
export interface Checks {
  /** All changes or none. Faults: `request_invalid` with what is known instead. */
  readonly set: (actor: Actor, changes: readonly CheckChange[]) => Promise<ChecksChanged>;
  /** Writes a check of the organization's own. Faults: `request_invalid` with what is wrong with it. */
  readonly putOwn: (actor: Actor, check: OwnCheck) => Promise<ChecksChanged>;
  /** Faults: `not_found`. */
  readonly removeOwn: (actor: Actor, name: string) => Promise<ChecksChanged>;
}

/** The verbs over an installation. */
export function createChecks(parts: EngineParts): Checks {
  return {
    set: (actor, changes) => changeChecks(parts, actor, (tx) => applyChanges(tx, parts, actor, changes)),
    putOwn: (actor, check) => changeChecks(parts, actor, (tx) => writeOwn(tx, parts, actor, check)),
    removeOwn: (actor, name) => changeChecks(parts, actor, (tx) => removeOwn(tx, parts, actor, name)),
  };
}

/** One change with what follows from it. `work` answers the codes of the findings that may be outdated now. */
async function changeChecks(parts: EngineParts, actor: Actor, work: (tx: Tx) => Promise<string[]>): Promise<ChecksChanged> {
  const done = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await lockChecks(tx);
    const codes = await work(tx);
    const rows = await tx.rows<{ eventId: string }>(selectStopped, [tx.organizationId, codes]);
    if (rows.length === 0) return { retried: 0, lanes: new Set<string>() };
    return reopen(tx, parts, actor, { eventIds: rows.map(({ eventId }) => eventId) });
  });
  for (const booksId of done.lanes) await parts.wake({ organizationId: actor.organizationId, booksId });
  return { rechecked: done.retried };
}

const selectStopped: Statement = {
  name: "checks_stopped_events",
  text: `select distinct event_id as "eventId" from findings
    where organization_id = $1 and resolved_at is null and severity <> 'warn' and event_id is not null and code = any($2::text[])`,
};

async function applyChanges(tx: Tx, parts: EngineParts, actor: Actor, changes: readonly CheckChange[]): Promise<string[]> {
  const changedBy = nameOf(actor);
  const stored = await listCheckSettings(tx);
  const after = new Map(
    stored.map((one) => [keyOf(one), one as { severity: CheckSeverity | null; thresholds: Readonly<Record<string, string>> }]),
  );
  const problems = new Map<string, string>();
  for (const [index, change] of changes.entries()) {
    const { code, source, type, severity, thresholds = {}, reset = false } = change;
    const before = (reset ? undefined : after.get(keyOf(change))) ?? { severity: null, thresholds: {} };
    const next = {
      severity: severity === undefined ? before.severity : severity,
      thresholds: Object.fromEntries(
        Object.entries({ ...before.thresholds, ...thresholds }).filter((pair): pair is [string, string] => pair[1] !== null),
      ),
    };
    const wrong = settingProblems({ code, source, type, ...next });
    for (const [at, problem] of wrong.entries()) problems.set(`/changes/${index}${wrong.length > 1 ? `#${at + 1}` : ""}`, problem);
    after.set(keyOf(change), next);
  }
  if (problems.size > 0) {
    throw new Fault("request_invalid", `${[...problems.values()][0]} Nothing was changed`, Object.fromEntries(problems));
  }
  await requireSources(tx, changes);
  for (const change of changes) {
    const { severity, thresholds } = after.get(keyOf(change))!;
    if (severity === null && Object.keys(thresholds).length === 0) await deleteCheckSetting(tx, change);
    else await putCheckSetting(tx, change, { severity, thresholds, changedBy });
  }
  await appendAudit(
    tx,
    parts.now(),
    changes.map(({ code, source, type }, index) => ({
      actor: changedBy,
      action: "check.changed",
      objectType: "check" as const,
      objectId: code,
      facts: {
        source,
        type,
        before: settingOf(stored.find((one) => keyOf(one) === keyOf(changes[index]!))),
        after: settingOf(after.get(keyOf(changes[index]!))),
      },
    })),
  );
  return changes.map(({ code }) => code);
}

const sourceIds: Statement = { name: "checks_source_ids", text: "select source_id as id from sources where organization_id = $1" };

/** Faults: `request_invalid` for a source that does not exist. */
async function requireSources(tx: Tx, changes: readonly CheckChange[]): Promise<void> {
  const named = changes.map(({ source }) => source).filter((source) => source !== null);
  if (named.length === 0) return;
  const known = (await tx.rows<{ id: string }>(sourceIds, [tx.organizationId])).map(({ id }) => id);
  const wrong = named.find((source) => !known.includes(source));
  if (wrong !== undefined) {
    throw new Fault(
      "request_invalid",
      `There is no source "${wrong}".${didYouMean(wrong, known)} There are ${known.join(", ") || "none yet"}`,
      { "/source": "is not known" },
    );
  }
}

function keyOf({ code, source, type }: { code: string; source: string | null; type: string | null }): string {
  return JSON.stringify([code, source, type]);
}

function settingOf(setting: { severity: CheckSeverity | null; thresholds: Readonly<Record<string, string>> } | undefined) {
  return setting === undefined ? null : { severity: setting.severity, thresholds: setting.thresholds };
}

async function writeOwn(tx: Tx, parts: EngineParts, actor: Actor, check: OwnCheck): Promise<string[]> {
  const problems = ownCheckProblems(check);
  if (problems.length > 0) {
    const details = Object.fromEntries(problems.map((problem, index) => [`/#${index + 1}`, problem]));
    throw new Fault("request_invalid", `${problems[0]} Nothing was stored`, details);
  }
  const before = (await listOwnChecks(tx)).find(({ name }) => name === check.name);
  await putOwnCheck(tx, check, nameOf(actor));
  await noteOwn(tx, parts, actor, { name: check.name, before: before === undefined ? null : contentOf(before), after: contentOf(check) });
  return [`own_${check.name}`];
}

async function removeOwn(tx: Tx, parts: EngineParts, actor: Actor, name: string): Promise<string[]> {
  const own = await listOwnChecks(tx);
  const before = own.find((one) => one.name === name);
  if (before === undefined || !(await deleteOwnCheck(tx, name))) {
    const guess = didYouMean(
      name,
      own.map((one) => one.name),
    );
    throw new Fault("not_found", `There is no check of your own called "${name}".${guess}`);
  }
  await noteOwn(tx, parts, actor, { name, before: contentOf(before), after: null });
  return [`own_${name}`];
}

function contentOf({ types, sources, when, severity, message, fix }: OwnCheck) {
  return { types, sources, when, severity, message, fix };
}

async function noteOwn(
  tx: Tx,
  parts: EngineParts,
  actor: Actor,
  { name, before, after }: { name: string; before: unknown; after: unknown },
) {
  const leaf = {
    actor: nameOf(actor),
    action: "check.changed",
    objectType: "check" as const,
    objectId: `own_${name}`,
    facts: { before, after },
  };
  await appendAudit(tx, parts.now(), [leaf]);
}
