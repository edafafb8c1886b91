import { readDims, type Dims } from "./dimensions.ts";
import { auditFields, fieldsOf, type Draft, type Entry, type Kind, type Prepared, type Values, type Work } from "./kind.ts";
import { readMoneyTerms, toBase } from "./money-terms.ts";
import { accountOf, checkBalance, lineEntry, refuseSubledger } from "./posting.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { readAmount, showAmount } from "./values.ts";
import { createRecord } from "./write.ts";

const states = {
  Draft: "I",
  Submitted: "S",
  "Partially Approved": "X",
  Approved: "A",
  Posted: "P",
  Declined: "R",
  "Reversal pending": "L",
  Reversed: "Z",
};

export const journalEntryLine: Kind = {
  object: "GLENTRY",
  name: "Journal entry line",
  id: "RECORDNO",
  fields: fieldsOf(`${auditFields} AUWHENCREATED:c BATCHNO:i! LINE_NO:i! TR_TYPE:i* ACCOUNTNO:t24 ACCOUNTTITLE:t! TRX_AMOUNT:a AMOUNT:a
    ENTRY_DATE:d! DOCUMENT:t30 DESCRIPTION:t1000 CURRENCY:t EXCH_RATE_DATE:d EXCH_RATE_TYPE_ID:t EXCHANGE_RATE:n ALLOCATION:t BILLABLE:b
    TASKID:t COSTTYPEID:t CONTRACTID:t WAREHOUSEID:t STATE:t!`),
  lists: [
    { list: "SPLIT", object: "SPLIT", parent: "GLENTRYKEY" },
    { list: "TAXENTRIES", object: "TAXENTRY", parent: "GLENTRYKEY" },
  ],
  type: "line",
  counter: "glentry",
};

/** A share of an allocated line. It is no record of its own: the line is posted as its shares. */
export const split: Kind = {
  object: "SPLIT",
  name: "Split",
  id: "RECORDNO",
  fields: fieldsOf("AMOUNT:a* LINE_NO:i!"),
  lists: [],
  type: "line",
  counter: "glentry",
};

export const taxEntry: Kind = { ...split, object: "TAXENTRY", name: "Tax entry", fields: fieldsOf("DETAILID:t* TRX_TAX:a LINE_NO:i!") };

export const journalEntry: Kind = {
  object: "GLBATCH",
  name: "Journal entry",
  id: "RECORDNO",
  fields:
    fieldsOf(`${auditFields} WHENCREATED:c JOURNAL:t40* JOURNALKEY:t! BATCHNO:i! BATCH_DATE:d* BATCH_TITLE:t80* REFERENCENO:t REVERSEDATE:d
    BASELOCATION:t! BASELOCATION_NO:t SUPDOCID:t STATE:t=Posted|Draft|Submitted|Approved|Declined|Reversed|Reversal_pending
    HISTORY_COMMENT:t TAXIMPLICATIONS:t=None|Inbound|Outbound VATVENDORID:t VATCUSTOMERID:t VATCONTACTID:t TAXSOLUTIONID:t ADJ:b MODULE:t!
    USERKEY:t! REVERSED:d! REVERSEDKEY:i! REVERSEDFROM:d! PRBATCHKEY:i! MODIFIED:m MODIFIEDBYID:t! STATISTICAL:b!`),
  lists: [{ list: "ENTRIES", object: "GLENTRY", parent: "BATCHNO" }],
  type: "document",
  counter: "glbatch",
  stateLetters: states,
  prepare: prepareJournal,
  guard: (_work, before) => refuseSubledger(before),
  after: reverseLater,
};

/** An entry with a reversal date brings its reversing entry with it, once it is posted. */
function reverseLater(work: Work, kept: Stored): void {
  const { REVERSEDATE: date = null, REVERSEDKEY: done = null, STATE: state, BATCH_TITLE: title, JOURNAL, BASELOCATION_NO } = kept.values;
  if (date === null || done !== null || state !== "Posted") return;
  const { records, company } = work;
  const lines = records.children(company.key, "GLENTRY", String(kept.recordno)).map(({ values }) => {
    const { TR_TYPE: side, RECORDNO: _number, LINE_NO: _line, BATCHNO: _batch, ...others } = values;
    return { values: { ...others, TR_TYPE: side === "1" ? "-1" : "1" }, lists: {} };
  });
  const values = clean({
    JOURNAL,
    BATCH_DATE: date,
    BATCH_TITLE: `Reversed - ${title ?? ""}`.slice(0, 80),
    BASELOCATION_NO,
    REFERENCENO: company.switches.reversalRepeatsReference ? kept.id : null,
  });
  const made = createRecord(work, journalEntry, { values, lists: { ENTRIES: lines } });
  records.update(company.key, { ...made, values: { ...made.values, REVERSEDFROM: kept.date } });
  records.update(company.key, { ...kept, values: { ...kept.values, REVERSED: date, REVERSEDKEY: String(made.recordno) } });
}

function prepareJournal(work: Work, draft: Draft, before: Stored | null): Prepared {
  const journal = journalOf(work, draft.values["JOURNAL"] ?? "");
  const isStatistical = journal.object === "STATJOURNAL";
  const { BATCH_DATE: date = null, STATE: state = "Posted", REVERSEDATE: reversal = null } = draft.values;
  if (reversal !== null && date !== null && reversal <= date)
    refuseRule("The reversal date must be after the date of the entry", { target: "REVERSEDATE" });
  const sent = draft.lists["ENTRIES"] ?? [];
  if (sent.length < (isStatistical ? 1 : 2)) refuseRule("A journal entry has at least two lines", { target: "ENTRIES" });
  const lines = sent.flatMap((line) => shares(line));
  const read = lines.map((line) => readLine(work, line, { date: date ?? "", isStatistical }));
  const entries = evened(read.map(({ entry }) => entry));
  const { BASELOCATION_NO: base = null } = draft.values;
  if (!isStatistical) checkBalance(work, entries, base);
  const isPosted = state === "Posted";
  const number = before?.values["BATCHNO"] ?? String(work.records.next(work.company.key, `journal ${journal.id ?? ""}`));
  return {
    values: {
      ...draft.values,
      JOURNALKEY: String(journal.recordno),
      BATCHNO: number,
      STATE: state,
      MODULE: "2.GL",
      STATISTICAL: String(isStatistical),
      BASELOCATION: base,
      REVERSEDATE: reversal,
    },
    lines: { GLENTRY: read.map(({ values }) => ({ ...values, ENTRY_DATE: date, STATE: state })) },
    entries: isPosted && !isStatistical ? entries : [],
    statistics: isPosted && isStatistical ? entries : [],
    id: draft.values["REFERENCENO"] ?? null,
    date,
    module: "2.GL",
    title: draft.values["BATCH_TITLE"] ?? "",
  };
}

/** Lines that balance in their own currency may be a cent apart in ours: the last of them takes it. */
function evened(entries: readonly Entry[]): Entry[] {
  const own = entries.reduce((sum, { foreign, minor }) => sum + (foreign?.minor ?? minor), 0n);
  const apart = entries.reduce((sum, { minor }) => sum + minor, 0n);
  const last = entries.findLastIndex(({ foreign }) => foreign !== undefined);
  if (own !== 0n || apart === 0n || last < 0) return [...entries];
  return entries.map((entry, index) => (index === last ? { ...entry, minor: entry.minor - apart } : entry));
}

function journalOf({ records, company }: Work, symbol: string): Stored {
  const found = records.withId(company.key, "GLJOURNAL", symbol)[0] ?? records.withId(company.key, "STATJOURNAL", symbol)[0];
  if (found === undefined || found.values["STATUS"] === "inactive")
    return refuseRule(`Journal '${symbol}' is not valid`, { target: "JOURNAL" });
  if (found.values["DISALLOWDIRECTPOSTING"] === "true")
    refuseRule(`Direct posting to the journal '${symbol}' is not allowed.`, { category: "operationNotAllowed", target: "JOURNAL" });
  return found;
}

/** A line as it is, or its shares with their own dimensions: those of the line itself do not count then. */
function shares(line: Draft): Draft[] {
  const parts = line.lists["SPLIT"] ?? [];
  if (line.values["ALLOCATION"] !== "Custom" || parts.length === 0) return [line];
  const total = readAmount(line.values["TRX_AMOUNT"] ?? line.values["AMOUNT"] ?? "") ?? 0n;
  const sum = parts.reduce((all, { values }) => all + (readAmount(values["AMOUNT"] ?? "0") ?? 0n), 0n);
  if (sum !== total) refuseRule("The split amounts do not add up to the amount of the line", { target: "SPLIT" });
  const { TR_TYPE, ACCOUNTNO, DOCUMENT, DESCRIPTION, CURRENCY, EXCHANGE_RATE, EXCH_RATE_TYPE_ID, EXCH_RATE_DATE } = line.values;
  const common = { TR_TYPE, ACCOUNTNO, DOCUMENT, DESCRIPTION, CURRENCY, EXCHANGE_RATE, EXCH_RATE_TYPE_ID, EXCH_RATE_DATE };
  return parts.map(({ values: { AMOUNT, LOCATIONID, DEPARTMENTID, ...others } }) => ({
    values: { ...clean(common), ...clean({ ...others, TRX_AMOUNT: AMOUNT, LOCATION: LOCATIONID, DEPARTMENT: DEPARTMENTID }) },
    lists: {},
  }));
}

const clean = (values: Readonly<Record<string, string | null | undefined>>): Values =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, value]])));

function readLine(
  work: Work,
  { values }: Draft,
  { date, isStatistical }: { date: string; isStatistical: boolean },
): { values: Values; entry: Entry } {
  const account = accountOf(work, values["ACCOUNTNO"], isStatistical ? "STATACCOUNT" : "GLACCOUNT");
  const text = values["TRX_AMOUNT"] ?? values["AMOUNT"] ?? null;
  // The vendor's answer to a forgotten amount speaks of something else, too.
  if (text === null) return refuse("BL03000018", "Illegal format for TR_TYPE", { target: "TRX_AMOUNT", category: "invalidFormat" });
  const amount = readAmount(text) ?? 0n;
  if (amount < 0n) refuseRule("The amount of a journal line is absolute: TR_TYPE says the side", { target: "TRX_AMOUNT" });
  const side = values["TR_TYPE"];
  if (side !== "1" && side !== "-1") refuseRule("TR_TYPE is 1 for debit or -1 for credit", { target: "TR_TYPE" });
  const dims = readDims(work, "GLENTRY", values);
  checkControl(work, account);
  const terms = isStatistical ? { currency: null, rate: null } : readMoneyTerms(work, values, date);
  const trx = side === "1" ? amount : -amount;
  const minor = isStatistical ? trx : toBase(trx, terms);
  const { currency } = terms;
  const entry = lineEntry(work, {
    account,
    minor,
    dims,
    memo: values["DESCRIPTION"] ?? null,
    document: values["DOCUMENT"] ?? null,
    party: partyOf(work, dims),
    isControl:
      account.values["ALTERNATIVEACCOUNT"] !== undefined &&
      account.values["ALTERNATIVEACCOUNT"] !== null &&
      account.values["ALTERNATIVEACCOUNT"] !== "None",
    foreign: currency === null ? null : { currency, minor: trx },
  });
  return {
    entry,
    values: {
      ...values,
      ...(dims["location"] === undefined ? {} : { LOCATION: dims["location"] }),
      ACCOUNTTITLE: account.values["TITLE"] ?? "",
      TRX_AMOUNT: showAmount(amount),
      AMOUNT: showAmount(minor < 0n ? -minor : minor),
      EXCHANGE_RATE: terms.rate,
    },
  };
}

function checkControl({ company }: Work, account: Stored): void {
  const role = account.values["ALTERNATIVEACCOUNT"] ?? "None";
  if (company.switches.controlAccountsInJournals !== "refuse" || role === "None") return;
  refuseRule(`GL account '${account.id ?? ""}' is restricted by its sub-ledger: journal entries cannot use it.`, {
    category: "operationNotAllowed",
  });
}

/** On a control account the dimension says whose balance it is. */
function partyOf({ records, company }: Work, dims: Dims) {
  for (const [name, type] of [
    ["vendor", "Vendor"],
    ["customer", "Customer"],
  ] as const) {
    const id = dims[name];
    if (id === undefined) continue;
    const found = records.withId(company.key, type.toUpperCase(), id)[0];
    return { type, id, name: found?.values["NAME"] ?? id };
  }
  return null;
}
