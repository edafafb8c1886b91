import type { AccountGroup } from "./account-group.ts";
import { companyWordsOf, plain, wordsOf } from "./words.ts";

/** Something a record is known by beside its name: an MC number, a tax id, an e-mail address. */
export interface Identifier {
  /** `MC number`, as people read it. */
  readonly what: string;
  readonly value: string;
}

/** Something that could be chosen: a record of the books, or a code of the catalogue. */
export interface Candidate {
  /** Tells it from the others; ties are decided by it, so that the answer is always the same. */
  readonly id: string;
  /** How people see it: `6100 Fuel - Diesel`. */
  readonly label: string;
  /** Names it goes by, the most telling one first: `Diesel`, `Fuel:Diesel`. */
  readonly texts: readonly string[];
  readonly number: string | null;
  readonly group: AccountGroup | null;
  /** Type in the books' own words, for the reasons. */
  readonly type: string;
  readonly identifiers: readonly Identifier[];
}

/** One name of one candidate, cut into words. */
interface Entry {
  readonly candidate: number;
  readonly text: string;
  readonly weight: number;
}

/** Candidates ready to be asked: what a question costs hangs on how many names share a word with it. */
export interface CandidateIndex {
  readonly candidates: readonly Candidate[];
  readonly entries: readonly Entry[];
  readonly cut: (name: string) => string[];
  readonly weightOf: (word: string) => number;
  /** Entries by each of their words. */
  readonly byWord: ReadonlyMap<string, readonly number[]>;
  readonly byPlain: ReadonlyMap<string, readonly number[]>;
  readonly byNumber: ReadonlyMap<string, readonly number[]>;
  readonly byIdentifier: ReadonlyMap<string, readonly number[]>;
}

/** What names are made of. */
export interface Wording {
  /** They are names of companies, whose legal forms say nothing. */
  readonly companies?: boolean;
  /** Words that tell such things apart. Others are names of banks and vendors (`EFS Fuel Card Payable`) and weigh less. All when absent. */
  readonly vocabulary?: ReadonlySet<string>;
}

/** Weight of a word that is not of the vocabulary. */
const strangeShare = 0.35;

/** Indexes candidates. */
export function indexCandidates(candidates: readonly Candidate[], { companies = false, vocabulary }: Wording = {}): CandidateIndex {
  const cut = companies ? companyWordsOf : wordsOf;
  const entries: Entry[] = [];
  const byWord = new Map<string, number[]>();
  const [byPlain, byNumber, byIdentifier] = [new Map<string, number[]>(), new Map<string, number[]>(), new Map<string, number[]>()];
  const words: string[][] = [];
  candidates.forEach((candidate, at) => {
    for (const text of new Set(candidate.texts)) {
      const own = cut(text);
      for (const word of own) put(byWord, word, entries.length);
      words.push(own);
      entries.push({ candidate: at, text, weight: 0 });
      put(byPlain, plain(text), at);
    }
    if (candidate.number !== null) put(byNumber, plain(candidate.number), at);
    for (const { value } of candidate.identifiers) put(byIdentifier, plain(value), at);
  });
  // A word that many names have says little.
  const weightOf = (word: string): number => {
    const weight = Math.log(1 + (entries.length + 1) / (1 + (byWord.get(word)?.length ?? 0)));
    return vocabulary === undefined || vocabulary.has(word) ? weight : strangeShare * weight;
  };
  const weighed = entries.map((entry, at) => ({ ...entry, weight: sum(words[at]!.map(weightOf)) }));
  return { candidates, entries: weighed, cut, weightOf, byWord, byPlain, byNumber, byIdentifier };
}

function put(map: Map<string, number[]>, key: string, value: number): void {
  if (key === "") return;
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Names that share less than this are not looked at: they could not become a proposal. */
const shareMin = 0.25;

/** The best name of each candidate that shares a word with `text`: 0 nothing in common, 1 the same words. */
export function similarTo(index: CandidateIndex, text: string): Map<number, { share: number; text: string }> {
  const words = index.cut(text);
  const own = sum(words.map(index.weightOf));
  const shared = new Map<number, number>();
  for (const word of words) {
    const weight = index.weightOf(word);
    for (const entry of index.byWord.get(word) ?? []) shared.set(entry, (shared.get(entry) ?? 0) + weight);
  }
  const best = new Map<number, { share: number; text: string }>();
  for (const [at, weight] of shared) {
    const entry = index.entries[at]!;
    const share = (2 * weight) / (own + entry.weight);
    if (share < shareMin) continue;
    const known = best.get(entry.candidate);
    if (known === undefined || share > known.share) best.set(entry.candidate, { share, text: entry.text });
  }
  return best;
}
