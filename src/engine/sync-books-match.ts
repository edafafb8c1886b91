import type { AccountingConnector, EntryKind, Notifications } from "../connectors/accounting/connector.ts";
import type { NewNotification, PostedRecord, WaitingNotification } from "../store/notifications.ts";

type Operation = NewNotification["operation"];

/** Everything that waits about one record. Hints come late, twice and out of order: what counts is what the record is now. */
export interface RecordHints {
  readonly entity: string;
  readonly providerId: string;
  /** The one that says most. */
  readonly operation: Operation;
  readonly mergedId: string | null;
  /** The newest version told, where any was. */
  readonly version: string | null;
  /** The latest time told. */
  readonly at: Date | null;
  readonly hints: readonly WaitingNotification[];
  readonly posting: PostedRecord | null;
}

/** An end outweighs what came before it, and a birth outweighs the changes after it. */
const weight: Readonly<Record<Operation, number>> = { deleted: 5, voided: 4, merged: 3, created: 2, changed: 1 };

/** Gathers hints by record, in the order of the first hint. */
export function recordsOf(hints: readonly WaitingNotification[]): RecordHints[] {
  const byRecord = Map.groupBy(hints, ({ entity, providerId }) => `${entity}/${providerId}`);
  return [...byRecord.values()].map((group) => {
    const heaviest = group.reduce((best, hint) => (weight[hint.operation] > weight[best.operation] ? hint : best));
    const times = group.flatMap(({ at }) => (at === null ? [] : [at.getTime()]));
    return {
      entity: heaviest.entity,
      providerId: heaviest.providerId,
      operation: heaviest.operation,
      mergedId: heaviest.mergedId,
      version: group.reduce<string | null>((newest, { version }) => newer(newest, version), null),
      at: times.length === 0 ? null : new Date(Math.max(...times)),
      hints: group,
      posting: null,
    };
  });
}

function newer(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return other.length > one.length || (other.length === one.length && other > one) ? other : one;
}

/** The posting that a record is ours by: the same id and the same kind, for ids of different kinds may be equal. */
export function matchPosted(
  connector: Pick<AccountingConnector, "entityOf">,
  posted: readonly PostedRecord[],
  record: { readonly entity: string; readonly providerId: string },
): PostedRecord | null {
  const same = posted.filter(
    ({ providerId, kind }) => providerId === record.providerId && connector.entityOf(kind as EntryKind) === record.entity,
  );
  return same.find(({ state }) => state === "posted") ?? same[0] ?? null;
}

/** Whether what is told is our own write: it was made, and we made it; or it shows no newer version than we wrote. */
export function isEchoOf(
  isEcho: Notifications["isEcho"],
  told: { readonly operation: Operation; readonly version: string | null; readonly hints?: readonly { readonly operation: Operation }[] },
  posting: PostedRecord,
): boolean {
  if (told.version !== null)
    return isEcho({ operation: told.operation === "deleted" ? "deleted" : "changed", version: told.version }, posting.providerVersion);
  return (told.hints ?? [told]).every(({ operation }) => operation === "created");
}

/** Whether the record stands in a list that documents are checked against, or is the books' settings. */
export function isList({ lists }: Pick<AccountingConnector, "lists">, entity: string): boolean {
  return Object.hasOwn(lists, entity);
}
