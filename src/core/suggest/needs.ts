import type { BooksRecord, BooksReference, RecordKind } from "../reference.ts";
import type { Named } from "../rules/check-books.ts";
import { groupOf } from "./account-group.ts";
import type { Candidate, Identifier } from "./candidates.ts";
import type { Need } from "./propose.ts";
import { wordsOf } from "./words.ts";

/** What the library says of an account of the default chart. */
export interface LibraryAccount {
  readonly number: string;
  readonly name: string;
  readonly type: string;
  readonly otherNames: readonly string[];
}

/** Accounts that rules name, with every name we know for them: of the library, and of the codes that lead there. */
export function accountNeeds(
  names: readonly Named[],
  library: ReadonlyMap<string, LibraryAccount>,
  codeNames: ReadonlyMap<string, readonly string[]>,
): Need[] {
  const wanted = new Set(names.filter(({ kind }) => kind === "account").map(({ name }) => name));
  return [...wanted].map((number) => {
    const known = library.get(number);
    // The name of a code says what a line is for; the account it goes to may be wider.
    const texts = known === undefined ? (codeNames.get(number) ?? []) : [known.name, ...known.otherNames];
    return { key: number, texts, number, group: groupOf(known?.type), identifiers: [] };
  });
}

/** Words that tell accounts apart: all of the library's names. */
export function vocabularyOf(accounts: Iterable<LibraryAccount>): Set<string> {
  return new Set([...accounts].flatMap(({ name, otherNames }) => [name, ...otherNames].flatMap(wordsOf)));
}

/** A need for something that has no type: a dimension's value, a product, terms, a party. */
export function plainNeed(key: string, texts: readonly string[], identifiers: readonly Identifier[] = []): Need {
  return { key, texts: [...new Set(texts.filter((text) => text.trim() !== ""))], number: null, group: null, identifiers };
}

/** Facts of a record by which it is known elsewhere, and what people call them. */
const identifierFacts: Readonly<Record<string, string>> = {
  ...{ partyId: "id", externalId: "external id", accountNumber: "account number", mcNumber: "MC number", dotNumber: "DOT number" },
  ...{ scac: "SCAC", taxId: "tax id", email: "e-mail" },
};

/** Active records of a kind as candidates. */
export function recordCandidates({ records }: BooksReference, kind: RecordKind): Candidate[] {
  return records.filter((record) => record.kind === kind && record.active).map(candidateOf);
}

function candidateOf(record: BooksRecord): Candidate {
  const { externalId, name, number, facts } = record;
  const leaf = name.split(":").at(-1)!.trim();
  const { displayName } = facts;
  return {
    id: externalId,
    label: number === null ? name : `${number} ${name}`,
    texts: [...new Set([leaf, name, ...(displayName ? [displayName] : [])])],
    number,
    group: groupOf(facts["type"]),
    type: facts["type"] ?? "",
    identifiers: Object.entries(identifierFacts).flatMap(([fact, what]) => (facts[fact] ? identifiersIn(what, facts[fact]) : [])),
  };
}

/** What a TMS's id of a party says: itself, and the MC or DOT number in it. */
export function identifiersOf(id: string): Identifier[] {
  return identifiersIn("id", id);
}

/** Numbers are compared without the letters before them: MC784512, MC-784512 and 784512 are the same MC number. */
function identifiersIn(what: string, value: string): Identifier[] {
  const found = /^(MC|DOT)[\s#-]*0*(\d{4,8})$/i.exec(value.trim());
  if (found !== null)
    return [
      { what: `${found[1]!.toUpperCase()} number`, value: `${found[1]}${found[2]}` },
      { what, value },
    ];
  if (what === "MC number" || what === "DOT number") return [{ what, value: `${what.split(" ")[0]}${value.replace(/^\D*0*/, "")}` }];
  return [{ what, value }];
}
