import type { LedgerParty } from "../ledger.ts";
import type { Entry, Prepared, Values, Work } from "./kind.ts";
import { checkRequired, dimensionsOf, entityOfLocation, fieldOf, type Dims } from "./dimensions.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { addDays, showAmount, usDate } from "./values.ts";

/** An active account by its number. */
export function accountOf(work: Work, number: string | null | undefined, object: "GLACCOUNT" | "STATACCOUNT" = "GLACCOUNT"): Stored {
  const found = number === null || number === undefined ? undefined : work.records.withId(work.company.key, object, number)[0];
  if (found === undefined || found.values["STATUS"] === "inactive")
    return refuseRule(`Account ${number ?? ""} is not valid`, { category: "invalidReference", target: "ACCOUNTNO" });
  return found;
}

/** The account that a company uses in a role, such as its payables. */
export function accountInRole(work: Work, role: string): Stored {
  const number = work.company.rules.accounts[role];
  const found = number === undefined ? undefined : work.records.withId(work.company.key, "GLACCOUNT", number)[0];
  return found ?? refuseRule(`The company has no account for ${role}: set it in the configuration`, { category: "invalidConfiguration" });
}

/** As much of an account as an entry shows. */
export interface NamedAccount {
  readonly id: string | null;
  readonly values: Values;
}

interface EntryOrder {
  readonly account: NamedAccount;
  /** Hundredths of the base currency; debits above zero. */
  readonly minor: bigint;
  readonly dims: Dims;
  readonly party?: LedgerParty | null;
  readonly isControl?: boolean;
  readonly memo?: string | null;
  readonly document?: string | null;
  readonly foreign?: { readonly currency: string; readonly minor: bigint } | null;
}

export function entryOf({ account, minor, dims, party, isControl, memo, document, foreign }: EntryOrder): Entry {
  return {
    account: { id: account.id ?? "", number: account.id ?? "", name: account.values["TITLE"] ?? "" },
    minor,
    dimensions: dims,
    party: party ?? null,
    isControl: isControl ?? false,
    memo: memo ?? null,
    document: document ?? null,
    ...(foreign === null || foreign === undefined ? {} : { foreign }),
  };
}

/** An entry on a line's account, with what that account asks for. */
export function lineEntry(work: Work, order: EntryOrder & { readonly account: Stored }): Entry {
  checkRequired(work, order.account, order.dims);
  return entryOf(order);
}

/** Refuses entries that do not balance in total, or within one entity. */
export function checkBalance(work: Work, entries: readonly Entry[], baseLocation: string | null): void {
  const sums = new Map<string, bigint>();
  for (const { minor, dimensions } of entries) {
    const entity = entityOfLocation(work, dimensions["location"]);
    sums.set(entity, (sums.get(entity) ?? 0n) + minor);
  }
  const total = [...sums.values()].reduce((sum, minor) => sum + minor, 0n);
  const open = [...sums].find(([, minor]) => minor !== 0n);
  // With a base location the entities owe each other the difference.
  if (open === undefined || (total === 0n && baseLocation !== null)) return;
  const term = work.company.rules.terms["LOCATION"] ?? "Location";
  refuseRule(`Transactions do not balance for ${term} ${open[0]},`, { errorId: "GL-1009", category: "invalidConfiguration" });
}

/** Refuses a date in a closed period of the company or of an entity that is touched. */
export function checkOpen(work: Work, date: string, entries: readonly Entry[]): void {
  const { closedThrough, closedByEntity } = work.company.rules;
  const entities = new Set([work.entity, ...entries.map(({ dimensions }) => entityOfLocation(work, dimensions["location"]))]);
  const closings = [closedThrough, ...[...entities].map((entity) => closedByEntity[entity] ?? null)];
  const last = closings
    .filter((day) => day !== null)
    .sort()
    .at(-1);
  if (last === undefined || date > last) return;
  refuseRule(`The period is closed. Date must be on or after ${usDate(addDays(last, 1))}`, { category: "periodClosed", target: "date" });
}

const detailParent = (object: string, recordno: number) => `${object} ${recordno}`;

/** The document whose entries are written into the general ledger. */
interface Source {
  readonly object: string;
  readonly recordno: number;
  readonly entity: string;
  readonly prepared: Prepared;
  readonly before: Stored | null;
}

/** Replaces the rows that the general ledger shows of a document. */
export function writeDetails(work: Work, { object, recordno, entity, prepared }: Source): void {
  const { records, company } = work;
  records.removeChildren(company.key, "GLDETAIL", detailParent(object, recordno));
  const rows = [
    ...(prepared.entries ?? []).map((entry) => ({ entry, isStatistical: false })),
    ...(prepared.statistics ?? []).map((entry) => ({ entry, isStatistical: true })),
  ];
  const date = prepared.postingDate ?? prepared.date ?? null;
  if (rows.length === 0 || date === null) return;
  const batch = batchOf(work, { object, recordno, entity, date, prepared });
  const atMs = Math.floor(work.atMs / 1000) * 1000;
  for (const [index, { entry, isStatistical }] of rows.entries()) {
    records.insert(company.key, {
      object: "GLDETAIL",
      recordno: records.next(company.key, "gldetail"),
      id: isStatistical ? "statistical" : null,
      parent: detailParent(object, recordno),
      entity,
      date,
      minor: entry.minor,
      createdMs: atMs,
      updatedMs: atMs,
      values: { ...batch, ...detailValues(work, entry), LINE_NO: String(index + 1), STATISTICAL: String(isStatistical), ENTRY_DATE: date },
      legs: [],
    });
  }
}

export function removeDetails({ records, company }: Work, object: string, recordno: number): void {
  records.removeChildren(company.key, "GLDETAIL", detailParent(object, recordno));
}

function detailValues(work: Work, entry: Entry): Values {
  const { minor, account, dimensions, foreign } = entry;
  const size = minor < 0n ? -minor : minor;
  const dims = dimensionsOf(work.company).map((dimension): [string, string | null] => [
    fieldOf(dimension, "GLDETAIL"),
    dimensions[dimension.name] ?? null,
  ]);
  const party = entry.party === null ? {} : { [`${entry.party.type.toUpperCase()}ID`]: entry.party.id };
  return {
    ...party,
    TR_TYPE: minor < 0n ? "-1" : "1",
    ACCOUNTNO: account.number,
    ACCOUNTTITLE: account.name,
    AMOUNT: showAmount(minor),
    DEBITAMOUNT: minor > 0n ? showAmount(size) : "0.00",
    CREDITAMOUNT: minor > 0n ? "0.00" : showAmount(size),
    TRX_AMOUNT: showAmount(foreign?.minor ?? minor),
    CURRENCY: foreign?.currency ?? work.company.rules.baseCurrency,
    DESCRIPTION: entry.memo,
    DOCUMENT: entry.document,
    ...Object.fromEntries(dims.filter(([, id]) => id !== null)),
  };
}

/** Titles of the summaries by which the sub-ledgers reach the general ledger. */
const summaries: Readonly<Record<string, readonly [title: string, journal: string]>> = {
  APBILL: ["Bills", "APJ"],
  APADJUSTMENT: ["AP Adjustments", "APJ"],
  APPYMT: ["AP Payments", "CDJ"],
  ARINVOICE: ["Invoices", "ARJ"],
  ARADJUSTMENT: ["AR Adjustments", "ARJ"],
  ARPYMT: ["AR Payments", "CRJ"],
  EEXPENSES: ["Employee Expenses", "EEJ"],
  EPPAYMENT: ["Employee Payments", "CDJ"],
  CCTRANSACTION: ["Credit Card Transactions", "CCJ"],
};

/** What every row of a document repeats of its batch; a document of a sub-ledger shares a summary with those of its day. */
function batchOf(work: Work, source: { object: string; recordno: number; entity: string; date: string; prepared: Prepared }): Values {
  const { object, recordno, entity, date, prepared } = source;
  const common = {
    BATCH_DATE: date,
    MODULEKEY: prepared.module ?? "2.GL",
    ENTRY_STATE: "P",
    RECORDID: prepared.id ?? null,
    RECORDTYPE: object,
    RECORDKEY: String(recordno),
  };
  const [kind, journal] = summaries[object] ?? [];
  if (kind === undefined || journal === undefined) {
    const { BATCHNO: number = null, JOURNAL: symbol = null } = prepared.values;
    return {
      ...common,
      BATCHKEY: String(recordno),
      BATCH_NO: number,
      BATCH_TITLE: prepared.title ?? null,
      BOOKID: "ACCRUAL",
      SYMBOL: symbol,
    };
  }
  const title = `${kind}: ${usDate(date)} Batch Summary Entry`;
  const { records, company } = work;
  const id = `${journal} ${date} ${kind} ${entity}`;
  const found = records.children(company.key, "GLBATCH", id)[0];
  const batch = found ?? summary(work, { id, title, date, entity, journal, module: prepared.module ?? "2.GL" });
  return {
    ...common,
    BATCHKEY: String(batch.recordno),
    BATCH_NO: batch.values["BATCHNO"] ?? null,
    BATCH_TITLE: title,
    BOOKID: "ACCRUAL",
    SYMBOL: journal,
  };
}

function summary(work: Work, order: { id: string; title: string; date: string; entity: string; journal: string; module: string }): Stored {
  const { records, company } = work;
  const { id, title, date, entity, journal, module } = order;
  const atMs = Math.floor(work.atMs / 1000) * 1000;
  const recordno = records.next(company.key, "glbatch");
  const number = String(records.next(company.key, `journal ${journal}`));
  const values = {
    BATCH_TITLE: title,
    BATCH_DATE: date,
    JOURNAL: journal,
    BATCHNO: number,
    MODULE: module,
    STATE: "Posted",
    PRBATCHKEY: String(recordno),
    STATISTICAL: "false",
  };
  const batch = {
    object: "GLBATCH",
    recordno,
    id: null,
    parent: id,
    entity,
    date,
    minor: null,
    createdMs: atMs,
    updatedMs: atMs,
    values,
    legs: [],
  };
  records.insert(company.key, batch);
  return batch;
}

/** Refuses what a sub-ledger wrote to be changed as a journal. */
export function refuseSubledger({ values }: Stored): void {
  if ((values["MODULE"] ?? "2.GL") !== "2.GL")
    refuse("BL01001973", "This entry was made by a sub-ledger and cannot be changed as a journal entry.", {
      category: "operationNotAllowed",
    });
}
