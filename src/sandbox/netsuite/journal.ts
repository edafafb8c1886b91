import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Header, Line, Prepared, TransactionKind } from "./kind.ts";
import { accountOf, customOf, dimensionsOf } from "./lines.ts";
import { minorOf } from "./money.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { invalidField, referent } from "./references.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

type JournalType = "journalEntry" | "intercompanyJournalEntry" | "advIntercompanyJournalEntry";

/** Journals: ordinary, between two subsidiaries, and among several with a subsidiary on each line. */
export function journalKind(name: JournalType): TransactionKind {
  const type = typeNamed(name);
  return {
    type,
    lock: "none",
    prepare(work, draft, before) {
      if (name === "advIntercompanyJournalEntry" && !work.company.switches.advIntercompanyLine) {
        throw userError(
          "You do not have permissions to set a value for element line due to one of the following reasons: 1) The field is read-only.",
        );
      }
      const required = name === "intercompanyJournalEntry" ? ["toSubsidiary"] : [];
      const header = readHeader(work, draft, { type, lock: "none", entity: null, required, isNumbered: true, before });
      const rows = numbered(listOf(draft["line"]).map(objectOf));
      if (rows.length === 0) throw userError("You must enter at least one line item for this transaction.");
      const lines = rows.map((row, index) => readLine(work, { row, header, draft, path: `line.items[${index}]` }, name));
      checkBalance(lines, name !== "journalEntry" && rows.every((row) => row["lineSubsidiary"] !== undefined));
      const total = lines.reduce((sum, { minor }) => sum + (minor > 0n ? minor : 0n), 0n);
      return { body: shownBody(draft, rows, header), header, entity: null, lines, total, links: [] } satisfies Prepared;
    },
  };
}

/** Lines keep their numbers; new ones count on from 0. */
function numbered(rows: readonly JsonObject[]): JsonObject[] {
  let next = rows.reduce((highest, row) => (typeof row["line"] === "number" ? Math.max(highest, row["line"] + 1) : highest), 0);
  return rows.map((row) => (typeof row["line"] === "number" ? row : { ...row, line: next++ }));
}

function shownBody(draft: JsonObject, rows: readonly JsonObject[], header: Header): JsonObject {
  const shown = rows.map((row) => {
    const side = minorOf(row["debit"]) === 0n ? "debit" : "credit";
    // An answer has the side that counts, never both.
    return Object.fromEntries(Object.entries(row).filter(([member]) => member !== side));
  });
  return { ...draft, line: shown, approved: header.approval === "2" };
}

function readLine(work: Work, order: { row: JsonObject; header: Header; draft: JsonObject; path: string }, name: JournalType): Line {
  const { row, header, path } = order;
  requireFields(row["account"] === undefined || row["account"] === null ? ["account"] : []);
  const debit = minorOf(row["debit"]);
  const credit = minorOf(row["credit"]);
  if (debit !== 0n && credit !== 0n) throw userError("A journal line can have a debit or a credit amount, but not both.", path);
  const subsidiary = lineSubsidiary(work, order, name);
  const account = accountOf(work, row["account"], { path: `${path}.account`, header, subsidiary });
  if (account.kind === "Stat") throw invalidField(work, account.id, "account", `${path}.account`);
  const entity = referent(work, "entity", row["entity"]);
  const wanted = account.kind === "AcctRec" ? "customer" : account.kind === "AcctPay" ? "vendor" : null;
  if (wanted !== null && entity === null) requireFields(["entity"]);
  if (wanted !== null && entity?.type !== wanted) throw invalidField(work, entity?.id, "entity", `${path}.entity`);
  return {
    id: Number(row["line"]),
    isMain: Number(row["line"]) === 0 && work.company.switches.journalMainLine === "first",
    account,
    minor: debit - credit,
    subsidiary,
    entity: textOf(row["entity"]),
    ...dimensionsOf(work, { ...order, subsidiary }),
    memo: textOf(row["memo"]),
    eliminate: row["eliminate"] === true,
    custom: customOf(row),
  };
}

/** Of two subsidiaries' journals a line belongs to whichever of the two may use its account. */
function lineSubsidiary(
  work: Work,
  { row, header, draft, path }: { row: JsonObject; header: Header; draft: JsonObject; path: string },
  name: JournalType,
): string {
  const own = String(header.subsidiary.id);
  if (name === "journalEntry") return own;
  if (name === "advIntercompanyJournalEntry") {
    const named = textOf(row["lineSubsidiary"]);
    if (named === null) requireFields(["lineSubsidiary"]);
    return named ?? own;
  }
  const other = textOf(draft["toSubsidiary"]) ?? own;
  const stated = textOf(row["lineSubsidiary"]);
  if (stated !== null && stated !== own && stated !== other) throw invalidField(work, stated, "linesubsidiary", `${path}.lineSubsidiary`);
  if (stated !== null) return stated;
  const account: Stored | null = referent(work, "account", row["account"]);
  const allowed = account?.body["subsidiary"];
  if (!Array.isArray(allowed) || allowed.length === 0 || allowed.includes(own)) return intercompanySide(work, row, { own, other });
  if (allowed.includes(other)) return other;
  throw invalidField(work, String(row["account"]), "account", `${path}.account`);
}

/** A line on an account that both may use is booked in the subsidiary of its location or department, else in the first one. */
function intercompanySide(work: Work, row: JsonObject, { own, other }: { own: string; other: string }): string {
  const rows = [referent(work, "location", row["location"]), referent(work, "department", row["department"])];
  const isOther = rows.some((found) => {
    const list = found?.body["subsidiary"];
    return Array.isArray(list) && list.includes(other) && !list.includes(own);
  });
  return isOther ? other : own;
}

/** Debits equal credits; where each line says whose it is, in each subsidiary. */
function checkBalance(lines: readonly Line[], eachSubsidiary: boolean): void {
  const sums = new Map<string, bigint>();
  for (const { subsidiary, minor } of lines) {
    const group = eachSubsidiary ? subsidiary : "";
    sums.set(group, (sums.get(group) ?? 0n) + minor);
  }
  if ([...sums.values()].some((sum) => sum !== 0n)) throw userError("The amounts in a journal entry must balance.");
}
