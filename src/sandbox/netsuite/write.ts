import { objectOf, textOf, type JsonObject } from "../json.ts";
import { commitTransaction, refuseLinked, uncommitTransaction } from "./commit.ts";
import { noSuchRecord, noSuchTransaction, userError } from "./errors.ts";
import { kindOf } from "./kinds.ts";
import { removeListRow, saveListRow } from "./lists.ts";
import { mergeBody, withoutNulls, type Replacing } from "./merge.ts";
import { refuseClosed } from "./periods.ts";
import { readBody } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { isReversal, linkReversal, reversalId, reversalOf } from "./reversals.ts";
import { settlementOf } from "./status.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

const firstIds: Readonly<Record<string, number>> = { transaction: 101, entity: 11 };

/** The record of a path: its id, or `eid:` and its external id. Transactions answer differently from all else. */
export function existing(work: Work, type: RecordType, id: string): Stored {
  const found = findRecord(work, type, id);
  if (found !== null) return found;
  throw type.code === null ? noSuchRecord() : noSuchTransaction();
}

export function findRecord({ records, company }: Work, type: RecordType, id: string): Stored | null {
  const found = id.startsWith("eid:")
    ? records.withExternal(company.key, type.space, id.slice(4))
    : /^\d{1,15}$/.test(id)
      ? records.find(company.key, type.space, Number(id))
      : null;
  return found?.type === type.name ? found : null;
}

/** Creates a record from a body as it came. */
export function create(work: Work, type: RecordType, input: JsonObject): Stored {
  const { records, company } = work;
  refuseReadOnly(type);
  const { externalId, ...sent } = readBody(work, type.shape, input, { level: "body", type: type.name, path: "" });
  const external = textOf(externalId);
  if (external !== null) refuseTaken(work, type, external);
  const draft = withoutApproved(withoutNulls(scripted(work, type, sent)));
  const id = records.next(company.key, `id ${type.space}`, firstIds[type.space] ?? 1);
  const order = { type, id, external, before: null };
  if (type.code === null) return saveListRow(work, draft, order);
  const stored = commitTransaction(work, { ...order, prepared: kindOf(type.name).prepare(work, draft, null) });
  if (type.name === "journalEntry") keepReversal(work, type, stored);
  return stored;
}

/** A journal with a reversal date has a second one; it changes with the first, and goes when the date goes. */
function keepReversal(work: Work, type: RecordType, original: Stored): void {
  const { records, company } = work;
  const id = reversalId(work, original.id);
  const before = id === null ? null : records.find(company.key, "transaction", id);
  const draft = reversalOf(original);
  if (draft === null) {
    if (before === null) return;
    uncommitTransaction(work, before, type);
    linkReversal(work, { original: original.id, reversal: null });
    return;
  }
  const next = before?.id ?? records.next(company.key, "id transaction", firstIds["transaction"] ?? 1);
  commitTransaction(work, { type, id: next, external: null, before, prepared: kindOf(type.name).prepare(work, draft, before) });
  linkReversal(work, { original: original.id, reversal: next });
}

/** What the account's own scripts make of a record that is saved. */
function scripted(work: Work, type: RecordType, sent: JsonObject): JsonObject {
  const { refuse, set } = objectOf(work.company.preferences.scripts[type.name]);
  if (typeof refuse === "string") throw userError(refuse);
  return { ...sent, ...readBody(work, type.shape, objectOf(set), { level: "body", type: type.name, path: "" }) };
}

/** `approved` of a journal says the same as its approval status. */
function withoutApproved(draft: JsonObject): JsonObject {
  if (typeof draft["approved"] !== "boolean") return draft;
  return { ...draft, approvalStatus: draft["approved"] ? "2" : "1" };
}

function refuseReadOnly(type: RecordType): void {
  if (type.isReadOnly) throw userError(`The record type ${type.name} cannot be written through this service.`);
}

/** External ids are one name space for all transactions, one for all entities, one for all items. */
function refuseTaken({ records, company }: Work, type: RecordType, external: string): void {
  if (records.withExternal(company.key, type.space, external) === null) return;
  if (type.code === null) throw userError(type.space === "entity" ? "This entity already exists." : "This record already exists.");
  throw userError(
    company.switches.duplicateTransactionText === "already exists"
      ? "This record already exists"
      : "An attempt to create a duplicate record has been detected. The external id of the transaction matches an already existing transaction.",
  );
}

/** Changes a record by a body as it came. */
export function update(
  work: Work,
  type: RecordType,
  before: Stored,
  { input, replacing }: { input: JsonObject; replacing: Replacing },
): Stored {
  refuseReadOnly(type);
  const { externalId, ...sent } = readBody(work, type.shape, input, { level: "body", type: type.name, path: "" });
  const external = externalId === undefined ? before.external : textOf(externalId);
  if (external !== null && external.toLowerCase() !== before.external?.toLowerCase()) refuseTaken(work, type, external);
  const draft = mergeBody(type.shape, before.body, withoutApproved(scripted(work, type, sent)), replacing);
  const order = { type, id: before.id, external, before };
  if (type.code === null) return saveListRow(work, draft, order);
  return changeTransaction(work, order, { draft, sent });
}

const withoutLedger = /^(memo|tranId|otherRefNum|dueDate|custbody_\w+|nextApprover|paymentHold|email|toBeEmailed|toBePrinted)$/;

function changeTransaction(
  work: Work,
  order: { type: RecordType; id: number; external: string | null; before: Stored },
  { draft, sent }: { draft: JsonObject; sent: JsonObject },
): Stored {
  const { before, type } = order;
  const kind = kindOf(type.name);
  const period = periodOf(work, before);
  const isHarmless = period?.body["allowNonGLChanges"] === true && Object.keys(sent).every((name) => withoutLedger.test(name));
  const allowed = { ...work, isHarmless };
  if (period !== null) refuseClosed(allowed, period, kind.lock);
  const bodyDate = sent["tranDate"] === undefined || sent["postingPeriod"] !== undefined ? draft : { ...draft, postingPeriod: null };
  const prepared = kind.prepare(allowed, withoutNulls(bodyDate), before);
  refuseLessThanSettled(work, before, prepared.total, String(draft["entity"] ?? "") === String(before.body["entity"] ?? ""));
  const stored = commitTransaction(work, { ...order, prepared });
  if (type.name === "journalEntry" && !isReversal(work, before.id)) keepReversal(work, type, stored);
  return stored;
}

function periodOf({ records, company }: Work, { body }: Stored): Stored | null {
  return records.find(company.key, "accountingPeriod", Number(body["postingPeriod"]));
}

/** What payments have settled cannot be taken away from under them. */
function refuseLessThanSettled(work: Work, before: Stored, total: bigint, isSameParty: boolean): void {
  const row = work.storage.get(
    "SELECT 1 AS found FROM ns_links WHERE company = ? AND previous = ? AND type <> 'Deposit' LIMIT 1",
    work.company.key,
    before.id,
  );
  if (row === undefined) return;
  const { settled } = settlementOf(work, before.id);
  const size = total < 0n ? -total : total;
  if (size < settled || !isSameParty) throw userError("This transaction cannot be changed because payments are applied to it.");
}

/** Deletes a record for good. */
export function remove(work: Work, type: RecordType, before: Stored): void {
  refuseReadOnly(type);
  if (type.code === null) return removeListRow(work, before);
  refuseLinked(work, before.id);
  const period = periodOf(work, before);
  if (period !== null) refuseClosed(work, period, kindOf(type.name).lock);
  const reversal = type.name === "journalEntry" ? reversalId(work, before.id) : null;
  const other = reversal === null ? null : work.records.find(work.company.key, "transaction", reversal);
  if (other !== null && !isReversal(work, before.id)) uncommitTransaction(work, other, type);
  uncommitTransaction(work, before, type);
}
