import { type DocumentKind, documentKinds } from "../document.ts";
import type { EventType } from "../events.ts";
import { keys } from "./keys.ts";
import { readConditions, readEventType, readEventTypes, readTemplate } from "./read-conditions.ts";
import { readLookupUse } from "./read-metric.ts";
import {
  type AccountRow,
  type BalanceRow,
  type CategoryRow,
  type DocumentRow,
  type LineCodeRow,
  negativePolicies,
  partySources,
} from "./schema.ts";
import {
  badValue,
  compact,
  readChoice,
  readObject,
  readRows,
  readText,
  readTexts,
  requireText,
  type StructureContext,
} from "./structure.ts";

const natural: Readonly<Record<DocumentKind | "none", DocumentRow["negatives"]>> = {
  invoice: "credit",
  credit_memo: "credit",
  bill: "credit",
  vendor_credit: "credit",
  expense: "journal",
  journal_entry: "journal",
  expense_report: "journal",
  statistical_entry: "journal",
  none: "journal",
};

export function readDocumentRow(context: StructureContext, value: unknown, pointer: string): DocumentRow | null {
  const raw = readObject(context, value, { pointer, known: keys.document });
  const event = readEventType(context, raw["event"], `${pointer}/event`);
  const kind = readChoice(context, raw["kind"], { pointer: `${pointer}/kind`, choices: [...documentKinds, "none"] });
  if (kind === undefined && raw["kind"] === undefined) badValue(context, `${pointer}/kind`, "a kind of document, or none");
  if (event === undefined || kind === undefined) return null;
  const balance = readBalance(context, raw["balance"], { pointer: `${pointer}/balance`, event });
  if (balance.length === 0 && kind !== "none" && kind !== "statistical_entry")
    badValue(context, `${pointer}/balance`, "the account of the other side");
  const number = readTemplate(context, raw["number"], { pointer: `${pointer}/number`, types: [event] }) ?? "{number}";
  return {
    ...readConditions(context, raw, { pointer, types: [event] }),
    event,
    kind,
    balance,
    number,
    party: readChoice(context, raw["party"], { pointer: `${pointer}/party`, choices: partySources }) ?? "none",
    memo: readTemplate(context, raw["memo"], { pointer: `${pointer}/memo`, types: [event] }) ?? "{type} {id}",
    negatives: readChoice(context, raw["negatives"], { pointer: `${pointer}/negatives`, choices: negativePolicies }) ?? natural[kind],
  };
}

function readBalance(context: StructureContext, value: unknown, place: { pointer: string; event: EventType }): BalanceRow[] {
  if (!Array.isArray(value)) {
    const account = readText(context, value, place.pointer);
    return account === undefined ? [] : [{ account }];
  }
  return readRows(context, value, place.pointer, (item, pointer) => {
    const raw = readObject(context, item, { pointer, known: keys.balance });
    const account = requireText(context, raw["account"], `${pointer}/account`);
    return { ...readConditions(context, raw, { pointer, types: [place.event] }), account };
  });
}

export function readLineCodeRow(context: StructureContext, value: unknown, pointer: string): LineCodeRow | null {
  const raw = readObject(context, value, { pointer, known: keys.lineCode });
  const event = readEventType(context, raw["event"], `${pointer}/event`);
  const code = requireText(context, raw["code"], `${pointer}/code`);
  return event === undefined ? null : { ...readConditions(context, raw, { pointer, types: [event] }), event, code };
}

export function readAccountRow(context: StructureContext, value: unknown, pointer: string): AccountRow {
  const raw = readObject(context, value, { pointer, known: keys.account });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  const accountBy =
    raw["accountBy"] === undefined
      ? undefined
      : readLookupUse(context, raw["accountBy"], { pointer: `${pointer}/accountBy`, types: event ?? [] });
  return compact<AccountRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    code: readTexts(context, raw["code"], `${pointer}/code`),
    account: accountBy === undefined ? requireText(context, raw["account"], `${pointer}/account`) : "",
    accountBy,
    item: readText(context, raw["item"], `${pointer}/item`),
  });
}

export function readCategoryRow(context: StructureContext, value: unknown, pointer: string): CategoryRow {
  const raw = readObject(context, value, { pointer, known: keys.category });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  return compact<CategoryRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    kind: requireText(context, raw["kind"], `${pointer}/kind`),
    account: requireText(context, raw["account"], `${pointer}/account`),
    item: readText(context, raw["item"], `${pointer}/item`),
  });
}
