import type { Work } from "./work.ts";

type Books = Pick<Work, "company" | "storage">;

/** Open and settled cents of a document, in its own currency, both without sign. */
export interface Settlement {
  readonly total: bigint;
  readonly settled: bigint;
}

/** Bills and invoices are settled by what comes after them; credits and payments are used up by what they settle. */
export function settlementOf({ company, storage }: Books, id: number): Settlement {
  const row = storage.allExact("SELECT type, minor FROM ns_transactions WHERE company = ? AND id = ?", company.key, id)[0];
  if (row === undefined) return { total: 0n, settled: 0n };
  const side = usesUp.has(String(row["type"])) ? "next" : "previous";
  const sum = storage.allExact(
    `SELECT coalesce(sum(minor), 0) AS minor FROM ns_links WHERE company = ? AND ${side} = ?`,
    company.key,
    id,
  )[0];
  const minor = BigInt(row["minor"] as bigint);
  return { total: minor < 0n ? -minor : minor, settled: BigInt((sum?.["minor"] ?? 0n) as bigint) };
}

const usesUp = new Set(["VendCred", "CustCred", "VendPymt", "CustPymt"]);

/** Sets the status letter anew. The time of the last change stays: a settled bill does not look changed. */
export function refreshStatus(work: Books, id: number): void {
  const { company, storage } = work;
  const row = storage.get(
    "SELECT type, approval, status, closedate, updated FROM ns_transactions WHERE company = ? AND id = ?",
    company.key,
    id,
  );
  if (row === undefined) return;
  const status = statusOf(work, id, { type: String(row["type"]), approval: Number(row["approval"]), given: String(row["status"]) });
  storage.run("UPDATE ns_transactions SET status = ? WHERE company = ? AND id = ?", status, company.key, id);
}

const waiting: Readonly<Record<string, readonly [pending: string, rejected: string]>> = {
  VendBill: ["D", "E"],
  CustInvc: ["D", "E"],
  VendPymt: ["D", "F"],
  Journal: ["A", "R"],
  VendCred: ["D", "E"],
};

function statusOf(work: Books, id: number, { type, approval, given }: { type: string; approval: number; given: string }): string {
  const [pending, rejected] = waiting[type] ?? [];
  if (approval === 1 && pending !== undefined) return pending;
  if (approval === 3 && rejected !== undefined) return rejected;
  switch (type) {
    case "Journal":
      return "B";
    case "VendPymt":
    case "Check":
    case "Deposit":
      return "Y";
    case "VendBill":
    case "CustInvc":
    case "VendCred":
    case "CustCred": {
      const { total, settled } = settlementOf(work, id);
      return settled >= total ? "B" : "A";
    }
    case "CustPymt":
      return waitsForDeposit(work, id) ? "B" : "C";
    case "ExpRept":
      return given === "F" && settlementOf(work, id).settled > 0n ? "I" : given;
    default:
      return given;
  }
}

/** Money of a customer that lies among the undeposited funds, and in no deposit. */
function waitsForDeposit({ company, storage }: Books, id: number): boolean {
  const row = storage.get(
    `SELECT 1 AS found FROM ns_lines l JOIN ns_records a ON a.company = l.company AND a.space = 'account' AND a.id = l.account
       WHERE l.company = ? AND l.trans = ? AND l.is_main = 1 AND a.body ->> '$.sSpecAcct' = 'UndepFunds'
       AND NOT EXISTS (SELECT 1 FROM ns_links k WHERE k.company = l.company AND k.previous = l.trans AND k.type = 'Deposit')`,
    ...[company.key, id],
  );
  return row !== undefined;
}
