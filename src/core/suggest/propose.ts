import { type AccountGroup, groupFit } from "./account-group.ts";
import { type Candidate, type CandidateIndex, type Identifier, similarTo } from "./candidates.ts";
import { plain } from "./words.ts";

/** Something that is looked for: an account of the rules, a vendor of the TMS, a partner's code. */
export interface Need {
  /** What it is called where it comes from: `5210`, `CARR-12`, `DSL #2`. */
  readonly key: string;
  /** Names it goes by, the most telling one first. */
  readonly texts: readonly string[];
  readonly number: string | null;
  readonly group: AccountGroup | null;
  readonly identifiers: readonly Identifier[];
}

/** A candidate for a need. */
export interface Proposal {
  readonly candidate: Candidate;
  /** 0–100. Points for the name, the type, the number and identifiers; see `propose`. */
  readonly score: number;
  /** Why, in words: `name: diesel ≈ Fuel - Diesel`. */
  readonly reasons: readonly string[];
}

/** Two candidates this near to one another are a question for a person: the better one is not taken by itself. */
const marginMin = 7;
/** What scores less is no proposal. */
const scoreMin = 40;
/** Best score of what a person has to look at. */
const doubtfulMax = 79;

/**
 * The best candidates for a need, best first; equal ones by id. Nothing that scores less than 40.
 *
 * Score: the same identifier is worth 97, the same name 78, a similar one its share of 74; the type adds up to 14 and takes all
 * but 30 where it can not stand for the other, the same number adds 8.
 */
export function propose(need: Need, index: CandidateIndex, limit = 3): Proposal[] {
  const found = new Map<number, { points: number; reasons: string[] }>();
  const raise = (at: number, points: number, reason: string): void => {
    const known = found.get(at);
    if (known === undefined || points > known.points) found.set(at, { points, reasons: [reason] });
  };
  need.texts.forEach((text, order) => {
    const worth = order === 0 ? 1 : 0.985; // Of two that fit alike the one that fits the first name.
    for (const at of index.byPlain.get(plain(text)) ?? []) raise(at, 78 * worth, `same name "${text}"`);
    for (const [at, { share, text: theirs }] of similarTo(index, text)) {
      const points = share > 0.999 ? 76 : 74 * share;
      raise(at, points * worth, `name: ${text} ≈ ${theirs}`);
    }
  });
  for (const at of index.byNumber.get(plain(need.number ?? "")) ?? []) {
    const known = found.get(at);
    if (known === undefined) found.set(at, { points: 30, reasons: [`same number ${need.number}`] });
    else found.set(at, { points: known.points + 8, reasons: [`same number ${need.number}`, ...known.reasons] });
  }
  const proposals = [...found].map(([at, { points, reasons }]) => typed(need, index.candidates[at]!, { points, reasons }));
  for (const { value } of need.identifiers) {
    for (const at of index.byIdentifier.get(plain(value)) ?? []) {
      const candidate = index.candidates[at]!;
      const { what } = candidate.identifiers.find((one) => plain(one.value) === plain(value))!;
      const known = proposals.findIndex((one) => one.candidate === candidate);
      if ((proposals[known]?.score ?? 0) >= 97) continue;
      const before = known < 0 ? [] : proposals.splice(known, 1)[0]!.reasons;
      proposals.push({ candidate, score: before.length > 0 ? 100 : 97, reasons: [`same ${what} ${value}`, ...before] });
    }
  }
  proposals.sort((a, b) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1));
  return doubted(proposals.filter(({ score }) => score >= scoreMin)).slice(0, limit);
}

function typed(need: Need, candidate: Candidate, { points, reasons }: { points: number; reasons: string[] }): Proposal {
  if (need.group === null) return { candidate, score: Math.round(Math.min(100, points * 1.25)), reasons };
  const fit = groupFit(need.group, candidate.group);
  if (fit === 0) {
    const why = `but it is of the type ${candidate.type}, not ${need.group.replaceAll("_", " ")}`;
    return { candidate, score: Math.round(Math.min(30, points)), reasons: [...reasons, why] };
  }
  const score = Math.round(Math.min(100, points + 14 * fit));
  return { candidate, score, reasons: [...reasons, ...(candidate.type === "" ? [] : [`type ${candidate.type}`])] };
}

/** Where the second is nearly as good as the first, neither is taken without a person. */
function doubted(proposals: readonly Proposal[]): Proposal[] {
  const [first, second] = proposals;
  if (first === undefined || second === undefined || first.score - second.score >= marginMin) return [...proposals];
  return proposals.map((one) => ({
    ...one,
    score: Math.min(one.score, doubtfulMax),
    reasons: one === first ? [...one.reasons, `but ${second.candidate.label} is as near`] : one.reasons,
  }));
}

/** What one need was answered with. */
export interface Answered<Of> {
  readonly need: Of;
  readonly proposals: readonly Proposal[];
}

/**
 * Settles who gets a candidate that several needs want most: the one that fits it clearly best keeps its score, for the others a
 * person decides. In a small chart several accounts of the rules may well become one, but that is nobody's to guess.
 */
export function shareOut<Of extends Need>(answers: readonly Answered<Of>[]): Answered<Of>[] {
  const best = new Map<string, { score: number; keys: string[] }>();
  for (const { need, proposals } of answers) {
    const [first] = proposals;
    if (first === undefined) continue;
    const known = best.get(first.candidate.id);
    if (known === undefined || first.score > known.score) best.set(first.candidate.id, { score: first.score, keys: [need.key] });
    else if (first.score === known.score) known.keys.push(need.key);
  }
  return answers.map((answer) => {
    const [first, ...rest] = answer.proposals;
    if (first === undefined) return answer;
    const { score, keys } = best.get(first.candidate.id)!;
    const rival = keys.find((key) => key !== answer.need.key);
    if (first.score === score && rival === undefined) return answer;
    const reasons = [...first.reasons, `but it is ${first.score === score ? "as near" : "nearer"} to ${rival ?? keys[0]}`];
    return { ...answer, proposals: [{ ...first, score: Math.min(first.score, doubtfulMax), reasons }, ...rest] };
  });
}
