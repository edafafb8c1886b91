import { type CheckContext, refuse } from "./check.ts";

const depthMax = 12;
const nodesMax = 400_000;
const textLengthMax = 20_000;
const severalLines = new Set(["memo", "description", "notes"]);
const cardName = /card|pan$/i;
/** Field names are few and come again and again: which of them name a card is remembered, up to a bound. */
const cardNames = new Map<string, boolean>();
const cardNamesMax = 10_000;
/** Digits of the shortest card number. */
const cardDigitsMin = 13;
const control = /[\u0000-\u001f\u007f]/;
const controlButBreaks = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * Looks at every value of the event, known field or not: nothing nested too deep, no control characters, no broken text,
 * no whole card number. Stops at the size limit. Texts known to be plain are not read for control characters again.
 */
export function checkEverything(raw: unknown, context: CheckContext, arePlain: boolean): void {
  walk(raw, { parent: null, name: "", key: "", depth: 0, inCard: false }, { left: nodesMax, context, arePlain });
}

interface Place {
  readonly parent: Place | null;
  /** Key or index under which it stands. */
  readonly name: string;
  /** The key it belongs to: that of the list, for what stands in one. */
  readonly key: string;
  readonly depth: number;
  readonly inCard: boolean;
}
interface Walk {
  left: number;
  readonly context: CheckContext;
  readonly arePlain: boolean;
}

function walk(value: unknown, place: Place, state: Walk): void {
  state.left -= 1;
  if (state.left < 0) {
    if (state.left === -1) refuseShape(state.context, pointerOf(place), `the event has more than ${nodesMax} values`);
    return;
  }
  if (typeof value === "string") return checkText(value, place, state.context);
  if (typeof value === "number" && place.inCard) return checkText(String(value), place, state.context);
  if (typeof value === "object" && value !== null) return walkMembers(value, place, state);
  if (typeof value === "function" || typeof value === "symbol") refuseShape(state.context, pointerOf(place), `it holds a ${typeof value}`);
  if (typeof value === "number" && !Number.isFinite(value)) refuseShape(state.context, pointerOf(place), `${value} is no JSON`);
}

function walkMembers(value: object, place: Place, state: Walk): void {
  if (place.depth >= depthMax) return refuseShape(state.context, pointerOf(place), `it is nested deeper than ${depthMax} levels`);
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) {
    if (state.left < 0) return;
    const member = (value as Record<string, unknown>)[key];
    const name = isList ? place.key : key;
    const isText = typeof member === "string";
    const mayBeCard = !isText || member.length >= cardDigitsMin;
    const inCard = mayBeCard && (place.inCard || (!isList && namesCard(key)));
    if (isText && !inCard && member.length < textLengthMax && (state.arePlain || isPlain(member))) {
      state.left -= 1; // The common case, without building its pointer.
      continue;
    }
    walk(member, { parent: place, name: key, key: name, depth: place.depth + 1, inCard }, state);
  }
}

/** RFC 6901. */
function pointerOf({ parent, name }: Place): string {
  return parent === null ? "" : `${pointerOf(parent)}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function checkText(value: string, place: Place, context: CheckContext): void {
  if (hasControl(value, severalLines.has(place.key)) || !value.isWellFormed()) {
    refuse(context, {
      code: "text_invalid",
      field: pointerOf(place),
      message: `${pointerOf(place)} holds control characters or broken text`,
      fix: `Remove the unprintable characters from ${pointerOf(place)} in the TMS and send the event again.`,
    });
  }
  if (value.length > textLengthMax) refuseShape(context, pointerOf(place), `it is longer than ${textLengthMax} characters`);
  if (place.inCard && isCardNumber(value)) {
    refuse(context, {
      code: "card_number_full",
      field: pointerOf(place),
      message: `${pointerOf(place)} holds a whole card number; only the last four digits may be sent`,
      fix: `Send the last four digits as card.last4 and have the source mask the rest.`,
    });
  }
}

/** No control character and no surrogate: nothing to look at more closely. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code < 0xe000)) return false;
  }
  return true;
}

/** Control characters; tabs and line ends are let through where a text may have several lines. */
function hasControl(value: string, mayBreak: boolean): boolean {
  return (mayBreak ? controlButBreaks : control).test(value);
}

function namesCard(key: string): boolean {
  const known = cardNames.get(key);
  if (known !== undefined) return known;
  const isCard = cardName.test(key);
  if (cardNames.size < cardNamesMax) cardNames.set(key, isCard);
  return isCard;
}

function refuseShape(context: CheckContext, field: string, what: string): void {
  refuse(context, {
    code: "event_too_large",
    field,
    message: `${field === "" ? "The event" : field} cannot be taken: ${what}`,
    fix: "Send the event without what our fields do not need, or cut it into several.",
  });
}

/** 13 to 19 digits, blanks and dashes aside, whose Luhn sum is right. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
