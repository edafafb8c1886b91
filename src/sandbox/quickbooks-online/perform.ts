import { listOf, objectOf, type JsonObject } from "../json.ts";
import { minorOf, toAmount } from "../amount.ts";
import { Refusal } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import { payment } from "./payments.ts";
import { present } from "./present.ts";
import { toStored } from "./records.ts";
import { remove, voidTransaction } from "./undo.ts";
import { save } from "./write.ts";

/** Runs one operation on one record; the answer is the members beside the time. */
export function perform(work: Work, kind: Kind, input: JsonObject, operation: string | null): JsonObject {
  switch (operation) {
    case null:
    case "create":
    case "update":
      if (operation === "update" && work.include.has("void")) return { [kind.name]: voidTransaction(work, kind, input) };
      return { [kind.name]: applyCredits(work, kind, save(work, kind, input)) };
    case "delete": {
      const removed = remove(work, kind, input);
      return kind.name === "Budget" ? {} : { [kind.name]: removed };
    }
    case "void":
      return { [kind.name]: voidTransaction(work, kind, input) };
    default:
      throw new Refusal("500", `Unsupported Operation : Operation ${operation} is not supported.`);
  }
}

/** With the preference on, a new invoice takes what the customer has to their credit, oldest first. */
function applyCredits(work: Work, kind: Kind, saved: JsonObject): JsonObject {
  if (kind.name !== "Invoice" || saved["SyncToken"] !== "0" || !work.company.rules.autoApplyCredit) return saved;
  const { value: customer } = objectOf(saved["CustomerRef"]);
  let open = minorOf(saved["Balance"]);
  for (const credit of openCredits(work, String(customer))) {
    if (open === 0n) break;
    const amount = credit.minor < open ? credit.minor : open;
    open -= amount;
    const line = (id: string, type: string): JsonObject => ({ Amount: toAmount(amount), LinkedTxn: [{ TxnId: id, TxnType: type }] });
    const invoiceLine = line(String(saved["Id"]), "Invoice");
    if (credit.entity === "CreditMemo") {
      const lines = [invoiceLine, line(credit.id, "CreditMemo")];
      save(work, payment, { CustomerRef: saved["CustomerRef"] ?? null, TotalAmt: 0, TxnDate: saved["TxnDate"] ?? null, Line: lines });
    } else {
      const update = { Id: credit.id, SyncToken: String(credit.sync), sparse: true, Line: [...listOf(credit.lines), invoiceLine] };
      save(work, payment, update);
    }
  }
  const stored = work.records.find(work.company.key, kind.name, String(saved["Id"]));
  return stored === null ? saved : present(work, stored);
}

interface Credit {
  readonly entity: string;
  readonly id: string;
  readonly sync: number;
  readonly minor: bigint;
  readonly lines: unknown;
}

function openCredits({ storage, company }: Work, customer: string): Credit[] {
  const rows = storage.all(
    `SELECT * FROM qbo_records WHERE company = ? AND entity IN ('CreditMemo', 'Payment') AND party = ? AND deleted = 0
       AND (body ->> '$.Balance' > 0 OR body ->> '$.UnappliedAmt' > 0) ORDER BY date, rowid`,
    ...[company.key, customer],
  );
  return rows.map(toStored).flatMap((stored) => {
    const { entity, id, sync, body } = stored;
    // A payment in a deposit cannot be changed any more.
    if (entity === "Payment" && listOf(body["LinkedTxn"]).length > 0) return [];
    return [{ entity, id, sync, minor: minorOf(body["Balance"] ?? body["UnappliedAmt"]), lines: body["Line"] }];
  });
}
