import type { FoundRecord, PartyRecord } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import { partyExternalId, partyIdIn } from "./keys.ts";
import { listNamed, listVersion } from "./lists.ts";
import { inSlices, queryPage, quote } from "./suiteql.ts";
import { partyName, suffixes } from "./translate.ts";
import { isTrue, textOf, type JsonObject } from "./wire.ts";

/** Columns of vendors and customers alike: all of them go into the version, so every question asks for the same. */
export const partyColumns = listNamed("vendor")!.columns;

/**
 * Looks for vendors and customers: ours by external id, else by the plain name, else by the name with the suffix it gets
 * where another kind has the name.
 */
export async function findParties(
  call: Call,
  company: Company,
  items: readonly { readonly key: string; readonly party: PartyRecord }[],
): Promise<Map<string, FoundRecord[]>> {
  const found = new Map<string, FoundRecord[]>();
  for (const [kind, group] of Map.groupBy(items, ({ party }) => party.kind)) {
    const rows = await rowsOf(
      call,
      kind,
      group.map(({ party }) => party),
    );
    for (const { key, party } of group) {
      const records = candidates(rows, party, company);
      if (records.length > 0) found.set(key, records);
    }
  }
  return found;
}

async function rowsOf(call: Call, kind: PartyRecord["kind"], parties: readonly PartyRecord[]): Promise<JsonObject[]> {
  const names = [...new Set(parties.flatMap((party) => namesOf(party).map(foldName)))];
  const externalIds = [...new Set(parties.map(partyExternalId))];
  const byId = await inSlices(externalIds, (slice) => partyPage(call, kind, `externalid IN (${slice.map(quote).join(", ")})`));
  const byName = await inSlices(names, (slice) => {
    const list = slice.map(quote).join(", ");
    return partyPage(call, kind, `LOWER(entityid) IN (${list}) OR LOWER(companyname) IN (${list}) OR LOWER(altname) IN (${list})`);
  });
  return [...new Map([...byId, ...byName].map((row) => [textOf(row, "id"), row])).values()];
}

function partyPage(call: Call, kind: PartyRecord["kind"], where: string): Promise<readonly JsonObject[]> {
  return queryPage(call, `SELECT ${partyColumns} FROM ${kind} WHERE ${where} ORDER BY id`);
}

function candidates(rows: readonly JsonObject[], party: PartyRecord, company: Company): FoundRecord[] {
  const marked = rows.filter((row) => isOurs(row, party));
  if (marked.length > 0) return marked.map((row) => foundParty(row, party, company));
  const [plain, suffixed] = namesOf(party).map((name) => rows.filter((row) => isNamed(row, name)));
  const chosen = plain!.length > 0 ? plain! : suffixed!;
  return chosen.filter((row) => !isTrue(row, "isinactive")).map((row) => foundParty(row, party, company));
}

/** Equal means: same kind, same name whatever its case, active. */
export function foundParty(row: JsonObject, party: PartyRecord, company: Company): FoundRecord {
  const active = !isTrue(row, "isinactive");
  return {
    providerId: textOf(row, "id"),
    version: listVersion(row),
    number: null,
    date: null,
    currency: company.currencyOf.get(textOf(row, "currency")) ?? null,
    totalMinor: null,
    sameContent: active && namesOf(party).some((name) => isNamed(row, name)),
    ours: isOurs(row, party),
    active,
  };
}

function isOurs(row: JsonObject, party: PartyRecord): boolean {
  return partyIdIn(textOf(row, "externalid"), party.kind) === party.id;
}

/** A numbered account puts a number before the name: `V00012 Acme`. */
function isNamed(row: JsonObject, name: string): boolean {
  return ["entityid", "companyname", "altname"].some((column) => foldName(textOf(row, column)) === foldName(name));
}

/** The names a party can have over there: its own, and with the suffix of its kind. */
export function namesOf(party: PartyRecord): readonly [string, string] {
  return [partyName(party.name) || party.id, partyName(party.name, suffixes[party.kind])];
}

/** Names that another kind of entity holds: all kinds share one set. */
export async function namesHeldByOthers(call: Call, parties: readonly PartyRecord[]): Promise<Set<string>> {
  const names = [...new Set(parties.map((party) => foldName(namesOf(party)[0])))];
  const rows = await inSlices(names, (slice) =>
    queryPage(call, `SELECT id, entityid, altname, type FROM entity WHERE LOWER(entityid) IN (${slice.map(quote).join(", ")}) ORDER BY id`),
  );
  return new Set(rows.flatMap((row) => kindsOf(row).map((kind) => `${kind} ${foldName(textOf(row, "entityid"))}`)));
}

/** Kinds of ours that a holder is not. */
function kindsOf(row: JsonObject): PartyRecord["kind"][] {
  const type = textOf(row, "type").toLowerCase();
  return (["vendor", "customer"] as const).filter((kind) => !type.startsWith(kind.slice(0, 4)));
}

export function foldName(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}
