import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, reordered(member)]));
}

describe("canonical JSON", () => {
  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("says the same as the value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("different values have different text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = JSON.stringify(reordered(a)) === JSON.stringify(reordered(b));
        if (canonicalJson(a) === canonicalJson(b)) expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(canonicalJson(b)));
        else expect(isSame).toBe(false);
      }),
    );
  });

  test("keys are sorted, blanks and undefined members left out, bigint written as text", () => {
    expect(canonicalJson({ b: 1, a: [true, null, undefined], c: undefined, d: 41134n })).toBe('{"a":[true,null,null],"b":1,"d":"41134"}');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, Symbol("x")])("refuses what JSON cannot hold", (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
