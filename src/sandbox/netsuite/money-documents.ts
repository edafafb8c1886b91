import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Header, Line, Link, TransactionKind } from "./kind.ts";
import { accountOf } from "./lines.ts";
import { minorOf, toAmount } from "./money.ts";
import { costLines, mainLine, numberLines, plainLine, sumOf } from "./purchases.ts";
import { requireFields } from "./read-body.ts";
import { invalidField, referent } from "./references.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

function bankOf(work: Work, draft: JsonObject, header: Header) {
  const account = accountOf(work, draft["account"], { path: "account", header });
  if (account.kind !== "Bank" && account.kind !== "CredCard") throw invalidField(work, account.id, "account", "account");
  return account;
}

/** A check: money out of a bank account, straight to expenses. */
export function checkKind(): TransactionKind {
  const type = typeNamed("check");
  return {
    type,
    lock: "none",
    prepare(work, given, before) {
      const entity = referent(work, "entity", given["entity"]);
      const header = readHeader(work, given, { type, lock: "none", entity, required: ["account", "entity"], isNumbered: false, before });
      const draft = numberLines(given, ["expense", "item"]);
      const account = bankOf(work, draft, header);
      const costs = costLines(work, { draft, header });
      const total = sumOf(costs);
      if (total < 0n) throw userError("Transaction total cannot be negative.");
      const lines = [mainLine({ draft, header }, { account, minor: -total, entity: textOf(draft["entity"]) }), ...costs];
      return { body: { ...draft, total: toAmount(total) }, header, entity: textOf(draft["entity"]), lines, total: -total, links: [] };
    },
  };
}

/** A deposit: undeposited payments, other money in, less cash back. */
export function depositKind(): TransactionKind {
  const type = typeNamed("deposit");
  return {
    type,
    lock: "none",
    prepare(work, given, before) {
      const header = readHeader(work, given, { type, lock: "none", entity: null, required: ["account"], isNumbered: false, before });
      const draft = numberLines(given, ["other", "cashBack"]);
      const account = bankOf(work, draft, header);
      const payments = listOf(draft["payment"]).map((row, index) =>
        undeposited(work, { draft, header, index }, objectOf(row), before?.id ?? null),
      );
      const chosen = payments.flatMap((payment) => (payment === null ? [] : [payment]));
      const other = listOf(draft["other"]).map((row, index) =>
        plainAmount(work, { draft, header }, { row: objectOf(row), path: `other.items[${index}]`, sign: -1n }),
      );
      const back = listOf(draft["cashBack"]).map((row, index) =>
        plainAmount(work, { draft, header }, { row: objectOf(row), path: `cashBack.items[${index}]`, sign: 1n }),
      );
      const lines = [...chosen.map(({ line }) => line), ...other, ...back].map((line, index) => ({ ...line, id: index + 1 }));
      const total = -sumOf(lines);
      if (lines.length === 0 || total <= 0n) throw userError("You must enter at least one payment or other deposit for this transaction.");
      return {
        body: { ...draft, total: toAmount(total) },
        header,
        entity: null,
        lines: [mainLine({ draft, header }, { account, minor: total, entity: null }), ...lines],
        total,
        links: chosen.map(({ link }) => link),
      };
    },
  };
}

interface Place {
  readonly draft: JsonObject;
  readonly header: Header;
}

function plainAmount(work: Work, { draft, header }: Place, { row, path, sign }: { row: JsonObject; path: string; sign: bigint }): Line {
  requireFields(["account", "amount"].filter((name) => row[name] === undefined || row[name] === null));
  const account = accountOf(work, row["account"], { path: `${path}.account`, header });
  return { ...plainLine(work, { draft, header }, { row, path }), account, minor: sign * minorOf(row["amount"]), memo: textOf(row["memo"]) };
}

/** A customer's payment that waits among the undeposited funds. */
function undeposited(
  work: Work,
  { draft, header, index }: Place & { index: number },
  row: JsonObject,
  self: number | null,
): { line: Line; link: Link } | null {
  if (row["deposit"] === false) return null;
  const path = `payment.items[${index}]`;
  const id = Number(textOf(row["id"]));
  const found = work.storage.allExact(
    `SELECT t.minor, l.account FROM ns_transactions t JOIN ns_lines l ON l.company = t.company AND l.trans = t.id AND l.is_main = 1
       WHERE t.company = ? AND t.id = ? AND t.type = 'CustPymt' AND t.status IN ('B', 'C') AND t.subsidiary = ?`,
    ...[work.company.key, id, header.subsidiary.id],
  )[0];
  const account = found === undefined ? null : work.records.find(work.company.key, "account", Number(found["account"]));
  const isWaiting = account?.body["sSpecAcct"] === "UndepFunds" && (self !== null || !isDeposited(work, id));
  if (found === undefined || account === null || !isWaiting) throw invalidField(work, row["id"], "id", `${path}.id`);
  const minor = BigInt(found["minor"] as bigint);
  const line = { ...plainLine(work, { draft, header }, { row: {}, path }), account, minor: -minor };
  return { line, link: { previous: id, minor, type: "Deposit" } };
}

/** A customer's payment lies in a deposit. */
function isDeposited({ storage, company }: Work, id: number): boolean {
  return (
    storage.get("SELECT 1 AS found FROM ns_links WHERE company = ? AND previous = ? AND type = 'Deposit'", company.key, id) !== undefined
  );
}

/** What an employee spent. It posts when accounting has approved it. */
export function expenseReportKind(): TransactionKind {
  const type = typeNamed("expenseReport");
  return {
    type,
    lock: "none",
    prepare(work, given, before) {
      const entity = referent(work, "employee", given["entity"]);
      const header = readHeader(work, given, { type, lock: "none", entity, required: ["entity"], isNumbered: true, before });
      const draft = numberLines(given, ["expense"]);
      const rows = listOf(draft["expense"]).map(objectOf);
      if (rows.length === 0) throw userError("You must enter at least one line item for this transaction.");
      const costs = rows.map((row, index) => spent(work, { draft, header }, { row, path: `expense.items[${index}]` }));
      const total = sumOf(costs);
      const account = work.records.ofKind(work.company.key, "account", "AcctPay").find(({ inactive }) => !inactive);
      if (account === undefined) throw userError("Please enter value(s) for: Account.");
      const lines = [mainLine({ draft, header }, { account, minor: -total, entity: textOf(draft["entity"]) }), ...costs];
      const status = statusOf(work, draft);
      const body = {
        ...draft,
        complete: draft["complete"] === true,
        account: String(account.id),
        total: toAmount(total),
        amount: toAmount(total),
      };
      return { body, header, entity: textOf(draft["entity"]), lines, total, links: [], status, isPosting: status === "F" };
    },
  };
}

function statusOf({ company }: Work, draft: JsonObject): string {
  if (draft["complete"] !== true) return "A";
  const isRouted = company.preferences.approvalRouting.includes("expenseReport");
  if (!isRouted || draft["accountingapproval"] === true) return "F";
  return draft["supervisorapproval"] === true ? "C" : "B";
}

function spent(work: Work, { draft, header }: Place, { row, path }: { row: JsonObject; path: string }): Line {
  requireFields(["category", "amount", "expensedate"].filter((name) => row[name] === undefined || row[name] === null));
  const category = referent(work, "expenseCategory", row["category"]);
  const account = accountOf(work, category?.body["expenseacct"], { path: `${path}.category`, header });
  return { ...plainLine(work, { draft, header }, { row, path }), account, minor: minorOf(row["amount"]), memo: textOf(row["memo"]) };
}
