import type { TransportEvent } from "../events.ts";
import type { DocumentChoice } from "../rules/compile.ts";
import type { RuleSet } from "../rules/schema.ts";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const hashLength = 8;

/**
 * The document number of an event: its template, cleaned to what every books' number field takes. What is too long or had to be
 * cleaned ends in a hash of the whole, so that two numbers never become one. The same natural number gives the same number,
 * whatever the event's id: that is how a bill that was sent twice is noticed.
 */
export function documentNumber(event: TransportEvent, choice: DocumentChoice, policy: RuleSet["docNumber"]): string {
  const natural = choice.number({ event, line: null }, {}) || event.id;
  const clean = natural.replace(/[^A-Za-z0-9._/#-]+/g, "-");
  return clean === natural && clean.length <= policy.lengthMax ? clean : cut(clean, shortHash(natural), policy.lengthMax);
}

/** Adds `-C`, `-D` or `-V` to a number and keeps it within the limit; a number that must be cut for it gets a hash. */
export function withSuffix(number: string, suffix: string, lengthMax: number): string {
  if (number.length + suffix.length <= lengthMax) return number + suffix;
  return cut(number, shortHash(number), lengthMax - suffix.length) + suffix;
}

function cut(number: string, hash: string, lengthMax: number): string {
  return `${number.slice(0, lengthMax - hashLength - 1)}.${hash}`;
}

/**
 * Eight characters (40 bits) that name a text: two multiply-xor hashes over UTF-16 units. Not for secrets; core has no crypto.
 */
function shortHash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  let result = "";
  for (let index = 0; index < hashLength; index += 1) {
    const bits = index < 4 ? a >>> (index * 5) : b >>> ((index - 4) * 5);
    result += alphabet[bits & 31];
  }
  return result;
}
