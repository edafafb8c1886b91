import type { LedgerDocument } from "../../../core/document.ts";
import type { FoundRecord, Lookup, Movement, PostItem } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import { isSameContent } from "./content.ts";
import type { Work } from "./desk.ts";
import { externalIdOf } from "./keys.ts";
import { isParty, typeCodes } from "./kinds.ts";
import { findParties } from "./parties.ts";
import { inSlices, quote } from "./suiteql.ts";
import { foundFrom, transactionsWhere, withLegs, type Transaction, type WithLegs } from "./transactions.ts";

/** Where a document may stand: under our external id, or somebody's namesake under its number. */
export interface Sought {
  readonly kind: LedgerDocument["kind"] | Movement["kind"];
  readonly key: string;
  readonly number: string;
  /** Numbers of bills are the vendor's own: those of two vendors may be the same. */
  readonly vendor?: string;
}

export interface Candidates {
  readonly ours: WithLegs | null;
  readonly namesakes: readonly WithLegs[];
}

/** Looks for documents by external id and number, parties by name. A number with other content is told too. */
export async function findItems(work: Work, items: readonly PostItem[]): Promise<Map<string, FoundRecord[]>> {
  const { lookup } = work;
  const documents = items.flatMap(({ key, postable }) => (isParty(postable) ? [] : [{ key, document: postable }]));
  const parties = items.flatMap(({ key, postable }) => (isParty(postable) ? [{ key, party: postable }] : []));
  const found = parties.length > 0 ? await findParties(work.call, work.company, parties) : new Map<string, FoundRecord[]>();
  const candidates = await candidatesOf(
    work.call,
    work.company,
    documents.map(({ key, document }) => soughtOf(key, document, lookup)),
  );
  for (const { key, document } of documents) {
    const { ours, namesakes } = candidates.get(key)!;
    const records = [...(ours ? [ours] : []), ...namesakes].map((each) =>
      foundFrom(each, { sameContent: isSameContent(document, each, lookup), ours: each === ours }),
    );
    if (records.length > 0) found.set(key, records);
  }
  return found;
}

export function soughtOf(key: string, document: LedgerDocument, lookup: Lookup): Sought {
  const isPayable = document.kind === "bill" || document.kind === "vendor_credit";
  const vendor = isPayable && document.party ? lookup("vendor", document.party.id) : undefined;
  return { kind: document.kind, key, number: document.number, ...(vendor === undefined ? {} : { vendor }) };
}

/** One question for some hundred documents: which of them stand there, by external id or number, with their legs. */
export async function candidatesOf(call: Call, company: Company, sought: readonly Sought[]): Promise<Map<string, Candidates>> {
  const externalIds = [...new Set(sought.map(({ kind, key }) => externalIdOf(kind, key)))];
  const numbers = [...new Set(sought.map(({ number }) => number))].filter((number) => number !== "");
  const ask = (column: string) => (slice: readonly string[]) =>
    transactionsWhere(call, company, `${column} IN (${slice.map(quote).join(", ")})`);
  const [byExternalId, byNumber] = await Promise.all([inSlices(externalIds, ask("t.externalid")), inSlices(numbers, ask("t.tranid"))]);
  const known = new Map([...byExternalId, ...byNumber].map((each) => [each.id, each]));
  const wanted = new Map([...known].filter(([, each]) => sought.some((one) => isOurs(one, each) || isNamesake(one, each))));
  const whole = await withLegs(call, company, [...wanted.values()]);
  return new Map(
    sought.map((one) => [
      one.key,
      {
        ours: whole.find((each) => isOurs(one, each)) ?? null,
        namesakes: whole.filter((each) => !isOurs(one, each) && isNamesake(one, each)),
      },
    ]),
  );
}

/** They compare external ids without case. */
function isOurs({ kind, key }: Sought, { externalId }: Transaction): boolean {
  return externalId.toLowerCase() === externalIdOf(kind, key).toLowerCase();
}

function isNamesake({ kind, number, vendor }: Sought, found: Transaction): boolean {
  if (found.number !== number || !typeCodes[kind].includes(found.type)) return false;
  return vendor === undefined || found.party === vendor;
}
