import type { FoundRecord, StoredRecord } from "../connectors/accounting/connector.ts";
import type { LedgerDocument } from "../core/document.ts";
import { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { formatMinor } from "../core/money.ts";
import { inOrganization } from "../store/database.ts";
import { readPostable } from "../store/documents.ts";
import { findToldVersions, type NotificationOutcome, type PostedRecord } from "../store/notifications.ts";
import { providerOf } from "./connect.ts";
import { type LaneContext, lookupOf } from "./lane-context.ts";
import type { RecordHints } from "./sync-books-match.ts";

/** What became of a record's hints. */
export interface Compared extends RecordHints {
  readonly outcome: NotificationOutcome;
  readonly finding?: Finding;
}

/**
 * Looks at records of documents we posted: one query for all, and one read for each that is not as we wrote it. A payment
 * against a bill changes the bill's version and not its content: that is passed on and is no drift.
 */
export async function compareRecords(context: LaneContext, records: readonly RecordHints[]): Promise<Compared[]> {
  if (records.length === 0) return [];
  const { parts, organizationId, books, connector } = context;
  const told = await inOrganization(parts.database, organizationId, (tx) =>
    findToldVersions(
      tx,
      books.booksId,
      records.map(({ providerId }) => providerId),
    ),
  );
  const items = records.map(({ posting }) => ({ key: posting!.key, postable: readPostable(posting!.body) }));
  const found = await tolerant(() => connector.find(items, lookupOf(context)), new Map<string, FoundRecord[]>());
  const compared: Compared[] = [];
  for (const record of records) {
    const posting = record.posting!;
    const seen = found.get(posting.key)?.find(({ providerId }) => providerId === record.providerId);
    compared.push(
      settledBy(context, { record, told, version: seen?.version ?? null }) ??
        (seen?.sameContent === true && seen.active
          ? { ...record, outcome: "told", version: seen.version }
          : await readDrift(context, { record, told, seen })),
    );
  }
  return compared;
}

/** Nothing new at this version: ours, or told before. */
function settledBy(
  { parts, books }: LaneContext,
  { record, told, version }: { record: RecordHints; told: ReadonlySet<string>; version: string | null },
): Compared | null {
  if (version === null) return null;
  const { isEcho } = providerOf(parts, books.system).notifications;
  if (isEcho({ operation: "changed", version }, record.posting!.providerVersion)) return { ...record, outcome: "echo", version };
  return told.has(`${record.entity}/${record.providerId}/${version}`) ? { ...record, outcome: "known", version } : null;
}

interface Doubt {
  readonly record: RecordHints;
  readonly told: ReadonlySet<string>;
  /** As the query showed it; undefined when it was not found by its number any more. */
  readonly seen: FoundRecord | undefined;
}

async function readDrift(context: LaneContext, { record, told, seen }: Doubt): Promise<Compared> {
  const { connector, books } = context;
  const stored = await tolerant(() => connector.read(record.entity, record.providerId), undefined);
  const version = stored?.version ?? null;
  const settled = settledBy(context, { record, told, version });
  if (settled !== null) return settled;
  // Not every record says its own total; the query knows it then.
  const shown = stored && { ...stored, totalMinor: stored.totalMinor ?? seen?.totalMinor ?? null };
  return { ...record, outcome: "drift", version, finding: driftOf(books.name, record.posting!, shown) };
}

/** What may pass or needs a reconnect ends the turn. A definite refusal only means that it cannot be told. */
async function tolerant<T>(call: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Fault && (error.remedy === "review" || error.remedy === "fix-input")) return otherwise;
    throw error;
  }
}

/** `stored` null: it is gone; undefined: it cannot be read. */
function driftOf(booksName: string, posting: PostedRecord, stored: StoredRecord | null | undefined): Finding {
  const document = readPostable(posting.body) as LedgerDocument;
  const what = `The ${document.kind.replaceAll("_", " ")} ${document.number} (record ${posting.providerId})`;
  const finding = { code: "drift", severity: "warn", field: null, cause: `drift:${posting.postingId}` } as const;
  if (stored === null || stored?.state === "voided") {
    const how = stored === null ? "deleted" : "voided";
    return {
      ...finding,
      message: `${what} was ${how} in ${booksName} after it was posted`,
      fix: `Ask who ${how} it. If it was a mistake, enter it again in the books; if it was meant, void the event in the TMS so that both agree.`,
    };
  }
  const changes = stored === undefined ? "and cannot be read now" : differences(document, stored);
  return {
    ...finding,
    message: `${what} was changed in ${booksName} after it was posted: ${changes}`,
    fix: "Compare the two. Undo the change in the books, or make the same change in the TMS so that both agree.",
  };
}

function differences(document: LedgerDocument, stored: StoredRecord): string {
  const amount = (minor: bigint): string => `${formatMinor(minor, document.currency)} ${document.currency}`;
  const parts = [
    differs("number", document.number, stored.number),
    differs("date", document.date, stored.date),
    differs("currency", document.currency, stored.currency),
    stored.totalMinor === null ? "" : differs("total", amount(document.totalMinor), amount(stored.totalMinor)),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "its party, lines or accounts differ from what was posted" : parts.join(", ");
}

function differs(name: string, ours: string, theirs: string | null): string {
  return theirs === null || theirs === ours ? "" : `${name} ${ours} → ${theirs}`;
}
