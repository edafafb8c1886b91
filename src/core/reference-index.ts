import type { PartyRef } from "./document.ts";
import { nearest } from "./nearest.ts";
import type { BooksPreferences, BooksRecord, BooksReference, RecordKind } from "./reference.ts";

/** A snapshot of the books' lists, ready for look-ups. Names are compared without case. Read-only. */
export interface ReferenceIndex {
  readonly preferences: BooksPreferences;
  /** Records of a kind by number, TMS id or name; of several with one name the active one. */
  readonly find: (kind: RecordKind, name: string) => BooksRecord | undefined;
  /** Whether the books have such a list with anything in it. */
  readonly has: (kind: RecordKind) => boolean;
  /** Record by the provider's id. */
  readonly byId: (kind: RecordKind, externalId: string) => BooksRecord | undefined;
  /** The active name or number nearest to one that is not there; null when none is near. */
  readonly suggest: (kind: RecordKind, name: string) => string | null;
}

interface KindIndex {
  readonly byNumber: Map<string, BooksRecord>;
  readonly byPartyId: Map<string, BooksRecord>;
  readonly byName: Map<string, BooksRecord>;
  readonly byExternalId: Map<string, BooksRecord>;
}

/** Indexes a snapshot once; look-ups are then constant time. */
export function indexReference(reference: BooksReference): ReferenceIndex {
  const kinds = new Map<RecordKind, KindIndex>();
  for (const record of reference.records) {
    let index = kinds.get(record.kind);
    if (index === undefined) {
      index = { byNumber: new Map(), byPartyId: new Map(), byName: new Map(), byExternalId: new Map() };
      kinds.set(record.kind, index);
    }
    put(index.byName, fold(record.name), record);
    const displayName = record.facts["displayName"];
    if (displayName) put(index.byName, fold(displayName), record);
    if (record.number !== null) put(index.byNumber, record.number, record);
    const partyId = record.facts["partyId"];
    if (partyId) put(index.byPartyId, partyId, record);
    index.byExternalId.set(record.externalId, record);
  }
  return {
    preferences: reference.preferences,
    find: (kind, name) => findIn(kinds.get(kind), name),
    has: (kind) => kinds.has(kind),
    byId: (kind, externalId) => kinds.get(kind)?.byExternalId.get(externalId),
    suggest: (kind, name) => suggestIn(kinds.get(kind), name),
  };
}

/** The provider's id of an active record: accounts by number, parties by the TMS's id, both else by name; all others by name. */
export function lookup(index: ReferenceIndex, kind: RecordKind, name: string): string | undefined {
  const record = index.find(kind, name);
  return record?.active === true ? record.externalId : undefined;
}

/** The record that is this party, active or not: by the TMS's id first, then by name. */
export function findParty(index: ReferenceIndex, party: PartyRef): BooksRecord | undefined {
  const byId = index.find(party.type, party.id);
  return byId?.facts["partyId"] === party.id ? byId : index.find(party.type, party.name);
}

/** An active record keeps its place against an inactive one of the same name. */
function put(map: Map<string, BooksRecord>, key: string, record: BooksRecord): void {
  const known = map.get(key);
  if (known === undefined || (!known.active && record.active)) map.set(key, record);
}

function findIn(index: KindIndex | undefined, name: string): BooksRecord | undefined {
  return index === undefined ? undefined : (index.byNumber.get(name) ?? index.byPartyId.get(name) ?? index.byName.get(fold(name)));
}

function suggestIn(index: KindIndex | undefined, name: string): string | null {
  if (index === undefined) return null;
  const names = [...index.byNumber, ...index.byName].filter(([, record]) => record.active);
  return nearest(
    name,
    names.map(([key, record]) => (key === record.number ? key : record.name)),
  );
}

function fold(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}
