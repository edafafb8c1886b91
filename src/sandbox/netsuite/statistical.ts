import { listOf, objectOf, textOf } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Line, TransactionKind } from "./kind.ts";
import { accountOf, customOf, dimensionsOf } from "./lines.ts";
import { minorOf } from "./money.ts";
import { numberLines } from "./purchases.ts";
import { requireFields } from "./read-body.ts";
import { invalidField } from "./references.ts";
import { typeNamed } from "./types.ts";

/** Counts, not money: one side alone, on statistical accounts. Nothing of it is in the general ledger's balance. */
export function statisticalKind(): TransactionKind {
  const type = typeNamed("statisticalJournalEntry");
  return {
    type,
    lock: "none",
    prepare(work, given, before) {
      const header = readHeader(work, given, { type, lock: "none", entity: null, required: [], isNumbered: true, before });
      const draft = numberLines(given, ["line"]);
      const rows = listOf(draft["line"]).map(objectOf);
      if (rows.length === 0) throw userError("You must enter at least one line item for this transaction.");
      const lines = rows.map((row, index): Line => {
        const path = `line.items[${index}]`;
        requireFields(["account", "debit"].filter((name) => row[name] === undefined || row[name] === null));
        const account = accountOf(work, row["account"], { path: `${path}.account`, header });
        if (account.kind !== "Stat") throw invalidField(work, account.id, "account", `${path}.account`);
        const dimensions = dimensionsOf(work, { row, path, header, draft });
        const memo = textOf(row["memo"]);
        const subsidiary = String(header.subsidiary.id);
        return {
          id: Number(row["line"]),
          isMain: false,
          account,
          minor: minorOf(row["debit"]),
          subsidiary,
          entity: null,
          ...dimensions,
          memo,
          custom: customOf(row),
        };
      });
      return { body: draft, header, entity: null, lines, total: 0n, links: [] };
    },
  };
}
