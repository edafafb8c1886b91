import type { Company } from "./company.ts";
import { customColumns, flag, reference, type Column, type SqlTable } from "./sql-tables.ts";

const plain = (name: string, sql: string): Column => ({ name, sql });
const date = (name: string, sql: string): Column => ({ name, sql, isDate: true });

/** Settled cents of a document, whichever side of its links it stands on. */
const settled = (company: Company) =>
  `(SELECT coalesce(sum(k.minor), 0) FROM ns_links k WHERE k.company = ${company.key} AND k.type <> 'Deposit' AND (k.previous = l.trans OR k.next = l.trans))`;
const isOwed = "l.is_main = 1 AND t.type IN ('VendBill', 'VendCred', 'CustInvc', 'CustCred', 'ExpRept')";

export function transactionTable(company: Company): SqlTable {
  const { switches, key } = company;
  const status = switches.statusForm === "letter" ? "t.status" : "t.type || ':' || t.status";
  return {
    from: `ns_transactions t WHERE t.company = ${key}`,
    columns: [
      plain("id", "t.id"),
      plain("transactionnumber", "t.number"),
      plain("tranid", "t.tranid"),
      plain("type", "t.type"),
      plain("recordtype", "t.recordtype"),
      plain("memo", "t.memo"),
      date("trandate", "t.trandate"),
      { name: "status", sql: status, display: "ns_status(t.type, t.status)" },
      date("createddate", "t.created"),
      date("lastmodifieddate", "t.updated"),
      date("duedate", "t.duedate"),
      date("closedate", "t.closedate"),
      reference(company, "currency", { sql: "t.currency", space: "currency" }),
      plain("exchangerate", "CAST(t.rate AS REAL)"),
      reference(company, "entity", { sql: "t.entity", space: "entity" }),
      reference(company, "postingperiod", { sql: "t.period", space: "accountingPeriod" }),
      plain("posting", flag("t.posting = 1")),
      plain("isreversal", flag("t.is_reversal = 1")),
      plain("reversal", "t.reversal"),
      date("reversaldate", "t.reversal_date"),
      plain("reversaldefer", "'F'"),
      plain("externalid", "t.external"),
      plain("foreigntotal", "t.minor / 100.0"),
      {
        name: "approvalstatus",
        sql: "t.approval",
        display: "CASE t.approval WHEN 1 THEN 'Pending Approval' WHEN 2 THEN 'Approved' WHEN 3 THEN 'Rejected' END",
      },
      plain("createdby", "12"),
      plain("otherrefnum", "t.otherref"),
      plain("voided", "'F'"),
      ...(switches.transactionSubsidiary ? [reference(company, "subsidiary", { sql: "t.subsidiary", space: "subsidiary" })] : []),
      ...(switches.transactionTotal ? [plain("total", "t.base_minor / 100.0")] : []),
      ...customColumns(company, ["custbody_", "cseg_"], "t.custom"),
    ],
  };
}

export function lineTable(company: Company): SqlTable {
  const { key, switches } = company;
  return {
    from: `ns_lines l JOIN ns_transactions t ON t.company = l.company AND t.id = l.trans WHERE l.company = ${key}`,
    columns: [
      plain("transaction", "l.trans"),
      plain("id", "l.id"),
      plain("uniquekey", "l.trans * 1000 + l.id"),
      plain("linesequencenumber", "l.sequence"),
      plain("mainline", flag("l.is_main = 1")),
      plain("taxline", "'F'"),
      reference(company, "item", { sql: "l.item", space: "item" }),
      plain("itemtype", `(SELECT i.kind FROM ns_records i WHERE i.company = ${key} AND i.space = 'item' AND i.id = l.item)`),
      reference(company, "expenseaccount", { sql: "CASE WHEN l.is_main = 0 THEN l.account END", space: "account" }),
      plain("netamount", "l.base_minor / 100.0"),
      plain("foreignamount", "l.minor / 100.0"),
      plain("debitforeignamount", "CASE WHEN l.minor > 0 THEN l.minor / 100.0 END"),
      plain("creditforeignamount", "CASE WHEN l.minor < 0 THEN -l.minor / 100.0 END"),
      plain("foreignamountpaid", `CASE WHEN ${isOwed} THEN ${settled(company)} / 100.0 END`),
      plain("foreignamountunpaid", `CASE WHEN ${isOwed} THEN (abs(l.minor) - ${settled(company)}) / 100.0 END`),
      plain("quantity", "CAST(l.quantity AS REAL)"),
      plain("rate", "CAST(l.rate AS REAL)"),
      plain("price", "NULL"),
      plain("memo", "l.memo"),
      reference(company, "entity", { sql: "l.entity", space: "entity" }),
      reference(company, "department", { sql: "l.department", space: "department" }),
      reference(company, "class", { sql: "l.class", space: "classification" }),
      reference(company, "location", { sql: "l.location", space: "location" }),
      reference(company, "subsidiary", { sql: "l.subsidiary", space: "subsidiary" }),
      plain("eliminate", flag("l.eliminate = 1")),
      plain("isbillable", flag("l.billable = 1")),
      plain("isclosed", "'F'"),
      plain("iscogs", "'F'"),
      plain("cleared", "'F'"),
      plain("createdfrom", `(SELECT min(k.previous) FROM ns_links k WHERE k.company = ${key} AND k.next = l.trans)`),
      plain("transactionlinetype", "CASE WHEN l.item IS NULL AND l.is_main = 0 THEN 'EXPENSE' END"),
      date("linelastmodifieddate", "l.updated"),
      ...(switches.lineAmount ? [plain("amount", "l.base_minor / 100.0"), plain("account", "l.account")] : []),
      ...customColumns(company, ["custcol_", "cseg_"], "l.custom"),
    ],
  };
}

/** The general ledger: one row a line and accounting book. */
export function accountingLineTable(company: Company): SqlTable {
  const { key, preferences } = company;
  const books = preferences.multiBook ? "(SELECT 1 AS id UNION ALL SELECT 2)" : "(SELECT 1 AS id)";
  const inBase = "CAST(t.rate AS REAL)";
  return {
    from: `ns_lines l JOIN ns_transactions t ON t.company = l.company AND t.id = l.trans JOIN ${books} b WHERE l.company = ${key}`,
    columns: [
      plain("transaction", "l.trans"),
      plain("transactionline", "l.id"),
      reference(company, "accountingbook", { sql: "b.id", space: "accountingBook" }),
      reference(company, "account", { sql: "l.account", space: "account" }),
      plain("debit", "CASE WHEN l.base_minor > 0 THEN l.base_minor / 100.0 END"),
      plain("credit", "CASE WHEN l.base_minor < 0 THEN -l.base_minor / 100.0 END"),
      plain("amount", "l.base_minor / 100.0"),
      plain("netamount", "l.base_minor / 100.0"),
      plain("exchangerate", inBase),
      plain("posting", flag("l.posting = 1")),
      plain("amountpaid", `CASE WHEN ${isOwed} THEN round(${settled(company)} * ${inBase}) / 100.0 END`),
      plain("amountunpaid", `CASE WHEN ${isOwed} THEN abs(l.base_minor) / 100.0 - round(${settled(company)} * ${inBase}) / 100.0 END`),
      plain("amountlinked", "0"),
      plain("paymentamountused", `CASE WHEN l.is_main = 1 AND t.type IN ('VendPymt', 'CustPymt') THEN ${settled(company)} / 100.0 END`),
      plain(
        "paymentamountunused",
        `CASE WHEN l.is_main = 1 AND t.type IN ('VendPymt', 'CustPymt') THEN (abs(l.minor) - ${settled(company)}) / 100.0 END`,
      ),
    ],
  };
}

export function linkTable(company: Company): SqlTable {
  const sum = `k.minor / 100.0`;
  return {
    from: `ns_links k WHERE k.company = ${company.key}`,
    columns: [
      plain("previousdoc", "k.previous"),
      plain("previousline", "0"),
      plain("nextdoc", "k.next"),
      plain("nextline", "0"),
      plain("linktype", "k.type"),
      plain("foreignamount", sum),
    ],
  };
}

export function deletedTable({ key, switches }: Company): SqlTable {
  return {
    from: `ns_deleted d WHERE d.company = ${key}`,
    columns: [
      ...(switches.deletedRecordId ? [plain("recordid", "d.record")] : []),
      plain("name", "d.name"),
      plain("recordtype", "d.type"),
      plain("recordtypeid", "-30"),
      date("deleteddate", "d.at"),
      plain("deletedby", "d.by"),
      plain("context", "'RESTWEBSERVICES'"),
      plain("externalid", "d.external"),
      plain("iscustomlist", "'F'"),
      plain("iscustomtransaction", "'F'"),
    ],
  };
}

export function noteTable({ key }: Company): SqlTable {
  return {
    from: `ns_notes s WHERE s.company = ${key}`,
    columns: [
      plain("recordid", "s.record"),
      plain("recordtypeid", "s.record_type"),
      plain("field", "s.field"),
      plain("name", "12"),
      date("date", "s.at"),
      plain("type", "s.kind"),
      plain("oldvalue", "s.old"),
      plain("newvalue", "s.new"),
      plain("context", "'RESTWEBSERVICES'"),
    ],
  };
}
