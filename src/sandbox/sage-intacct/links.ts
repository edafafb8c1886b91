import type { Link, Work } from "./kind.ts";
import { refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { atRate, readAmount, showAmount } from "./values.ts";

const nameOf = (record: { object: string; recordno: number }) => `${record.object} ${record.recordno}`;

/** Cents of a document that payments have settled, and those of payments that are not confirmed yet. */
export function settledOf({ storage, company }: Work, target: { object: string; recordno: number }): { paid: bigint; selected: bigint } {
  const rows = storage.allExact("SELECT minor, confirmed FROM intacct_links WHERE company = ? AND target = ?", company.key, nameOf(target));
  const sum = (confirmed: bigint) =>
    rows.reduce((total, row) => (row["confirmed"] === confirmed ? total + BigInt(row["minor"] as bigint) : total), 0n);
  return { paid: sum(1n), selected: sum(0n) };
}

function linksOf({ storage, company }: Work, payer: { object: string; recordno: number }): Link[] {
  const rows = storage.allExact("SELECT target, minor FROM intacct_links WHERE company = ? AND payer = ?", company.key, nameOf(payer));
  return rows.map((row) => {
    const [object = "", recordno = ""] = String(row["target"]).split(" ");
    return { object, recordno: Number(recordno), minor: BigInt(row["minor"] as bigint) };
  });
}

/** Writes down what a payment settles now, and what that makes of each document it touches. */
export function applyLinks(work: Work, payer: Stored, links: readonly Link[], isConfirmed: boolean): void {
  const { storage, company } = work;
  const before = linksOf(work, payer);
  if (before.length === 0 && links.length === 0) return;
  storage.run("DELETE FROM intacct_links WHERE company = ? AND payer = ?", company.key, nameOf(payer));
  for (const { minor, ...target } of links) {
    storage.run("INSERT INTO intacct_links VALUES (?, ?, ?, ?, ?)", company.key, nameOf(payer), nameOf(target), minor, isConfirmed ? 1 : 0);
  }
  const touched = new Map([...before, ...links].map((link) => [nameOf(link), link]));
  for (const { object, recordno } of touched.values()) refresh(work, object, recordno, payer.date);
}

/** Paid, selected and open amounts of a document, its state, and the time of its change. */
function refresh(work: Work, object: string, recordno: number, date: string | null): void {
  const { records, company, atMs } = work;
  const target = records.find(company.key, object, recordno);
  if (target === null) return;
  const { paid, selected } = settledOf(work, target);
  const values = { ...target.values, ...openValues(target, { paid, selected }), WHENPAID: null as string | null };
  if (values.STATE === "Paid") values.WHENPAID = date;
  records.update(company.key, { ...target, values, updatedMs: Math.floor(atMs / 1000) * 1000 });
}

/** Amounts and state that follow from what was settled, which is in the currency of the document. */
export function openValues(target: Pick<Stored, "values">, { paid, selected }: { paid: bigint; selected: bigint }) {
  const total = readAmount(target.values["TRX_TOTALENTERED"] ?? "0") ?? 0n;
  const due = total - paid - selected;
  const rate = target.values["EXCHANGE_RATE"] ?? "1";
  const settled = paid !== 0n && paid === total ? "Paid" : selected !== 0n ? "Selected" : paid !== 0n ? "Partially Paid" : "Posted";
  const state = target.values["STATE"] ?? "Posted";
  return {
    TOTALPAID: showAmount(atRate(paid, rate)),
    TOTALSELECTED: showAmount(atRate(selected, rate)),
    TOTALDUE: showAmount(atRate(due, rate)),
    TRX_TOTALPAID: showAmount(paid),
    TRX_TOTALSELECTED: showAmount(selected),
    TRX_TOTALDUE: showAmount(due),
    STATE: ["Posted", "Selected", "Partially Paid", "Paid"].includes(state) ? settled : state,
  };
}

/** A document that payments settle cannot go before they do. */
export function checkUnlinked(work: Work, before: Stored): void {
  const { paid, selected } = settledOf(work, before);
  if (paid === 0n && selected === 0n) return;
  const name = work.kindOf(before.object)?.name ?? "document";
  refuseRule(`This ${name.toLowerCase()} has payments: reverse or delete them first.`, { category: "operationNotAllowed" });
}
