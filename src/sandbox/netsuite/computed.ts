import { listOf, objectOf, type JsonObject } from "../json.ts";
import { accountBalance, partyBalance } from "../ledger.ts";
import { toAmount } from "./money.ts";
import type { Stored } from "./records.ts";
import { settlementOf } from "./status.ts";
import { dateMark } from "./sql-dates.ts";
import type { Work } from "./work.ts";

/** Members no one writes: status, balances, full names, what is open. */
export function computedMembers(work: Work, stored: Stored): JsonObject {
  if (stored.space === "transaction") return transactionMembers(work, stored);
  const { company, storage } = work;
  switch (stored.type) {
    case "vendor":
      return { balance: toAmount(-partyBalance(storage, company.key, { type: "vendor", id: String(stored.id) })) };
    case "customer":
      return { balance: toAmount(partyBalance(storage, company.key, { type: "customer", id: String(stored.id) })) };
    case "account":
      return accountMembers(work, stored);
    case "department":
    case "classification":
    case "location":
    case "subsidiary":
      return { fullName: fullName(work, stored) };
    default:
      return {};
  }
}

/** Names from the top of a hierarchy down to a row. */
function fullName({ records, company }: Pick<Work, "records" | "company">, stored: Stored): string {
  const parent = stored.body["parent"];
  const above = typeof parent === "string" ? records.find(company.key, stored.space, Number(parent)) : null;
  return above === null ? stored.name : `${fullName({ records, company } as Work, above)} : ${stored.name}`;
}

function accountMembers(work: Work, stored: Stored): JsonObject {
  const { company, storage } = work;
  const name = stored.number === "" ? stored.name : `${stored.number} ${stored.name}`;
  return {
    fullName: fullName(work, stored),
    displayNameWithHierarchy: name,
    accountSearchDisplayName: name,
    balance: toAmount(accountBalance(storage, company.key, String(stored.id))),
  };
}

function transactionMembers(work: Work, stored: Stored): JsonObject {
  const { company, storage } = work;
  const row = storage.get(
    "SELECT status, type, reversal, is_reversal FROM ns_transactions WHERE company = ? AND id = ?",
    company.key,
    stored.id,
  );
  const status = String(row?.["status"] ?? "");
  const { total, settled } = settlementOf(work, stored.id);
  const open = toAmount(total - settled);
  switch (stored.type) {
    case "vendorBill":
      return { status, balance: open };
    case "invoice":
      return { status, amountPaid: toAmount(settled), amountRemaining: open };
    case "vendorCredit":
    case "creditMemo":
      return { status, applied: toAmount(settled), unapplied: open, ...applyRows(work, stored) };
    case "vendorPayment":
      return { status, unapplied: open, ...applyRows(work, stored) };
    case "customerPayment":
      return { status, applied: toAmount(settled), unapplied: open, ...applyRows(work, stored) };
    case "journalEntry": {
      const reversal = row?.["reversal"] === null || row?.["reversal"] === undefined ? {} : { reversalEntry: String(row["reversal"]) };
      return { status, isReversal: row?.["is_reversal"] === 1, ...reversal };
    }
    default:
      return { status };
  }
}

/** Rows of an apply list with what they settle. */
function applyRows({ storage, company, records }: Work, stored: Stored): JsonObject {
  const rows = listOf(stored.body["apply"]).map((given) => {
    const row = objectOf(given);
    const found = storage.get(
      "SELECT minor, trandate, tranid FROM ns_transactions WHERE company = ? AND id = ?",
      company.key,
      Number(row["doc"]),
    );
    if (found === undefined) return row;
    const currency = records.find(company.key, "currency", Number(stored.body["currency"]));
    const number = found["tranid"] === null ? {} : { refNum: String(found["tranid"]) };
    return {
      ...row,
      ...number,
      total: toAmount(BigInt(Number(found["minor"]))),
      applyDate: String(found["trandate"]).slice(dateMark.length, 11),
      currency: currency?.name ?? "",
    };
  });
  return rows.length === 0 ? {} : { apply: rows };
}
