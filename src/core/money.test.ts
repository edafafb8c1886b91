import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "./errors.ts";
import { allocate, formatMinor, multiply, parseDecimal, parseMoney } from "./money.ts";

const minor = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 })
  .filter((all) => all.some((one) => one > 0n));
const currency = fc.constantFrom("USD", "CAD", "MXN", "JPY", "KWD");

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return error instanceof Fault ? error.code : "another error";
  }
}

describe("amounts as text", () => {
  test("what is written can be read again, in every currency", () => {
    fc.assert(
      fc.property(minor, currency, (amount, unit) => {
        expect(parseMoney(formatMinor(amount, unit), unit).minor).toBe(amount);
      }),
    );
  });

  test("cents are read exactly", () => {
    expect(parseMoney("411.34", "USD").minor).toBe(41134n);
    expect(parseMoney("-0.05", "USD").minor).toBe(-5n);
    expect(parseMoney("411.3400", "USD").minor).toBe(41134n);
    expect(parseMoney("411", "JPY").minor).toBe(411n);
    expect(formatMinor(-5n, "USD")).toBe("-0.05");
  });

  test.each(["411.345", "1e3", "1,000.00", " 1", "", ".5", "01.00", "+1", "NaN", "--1"])("refuses %j", (text) => {
    expect(codeOf(() => parseMoney(text, "USD"))).toBe("amount_malformed");
  });

  test("a fraction of a minor unit is refused, and never rounded away", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 1, max: 9 }), (cents, mill) => {
        expect(codeOf(() => parseMoney(`${formatMinor(cents, "USD")}${mill}`, "USD"))).toBe("amount_malformed");
      }),
    );
  });
});

describe("quantity × rate", () => {
  test.each([
    ["842.0", "2.45", 206290n],
    ["112.418", "3.6590", 41134n],
    ["0.5", "0.01", 1n],
    ["-0.5", "0.01", -1n],
    ["0.49", "0.01", 0n],
  ])("%s × %s is %d cents", (quantity, rate, expected) => {
    expect(multiply(parseDecimal(quantity), parseDecimal(rate), "USD")).toBe(expected);
  });

  test("is never further than half a cent from the exact product", () => {
    const units = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
    fc.assert(
      fc.property(units, units, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), (a, b, scaleA, scaleB) => {
        const product = multiply({ units: a, scale: scaleA }, { units: b, scale: scaleB }, "USD");
        const error = product * 10n ** BigInt(scaleA + scaleB) - a * b * 100n;
        expect((error < 0n ? -error : error) * 2n <= 10n ** BigInt(scaleA + scaleB)).toBe(true);
      }),
    );
  });
});

describe("allocate", () => {
  test("gives out every cent, each share within one cent of its exact part and with the total's sign", () => {
    fc.assert(
      fc.property(minor, weights, (total, parts) => {
        const shares = allocate(total, parts);
        const weightSum = parts.reduce((sum, part) => sum + part, 0n);
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total);
        shares.forEach((share, index) => {
          const error = share * weightSum - total * parts[index]!;
          expect(error < weightSum && error > -weightSum).toBe(true);
          expect(share === 0n || share > 0n === total > 0n).toBe(true);
        });
      }),
    );
  });

  test("gives nothing to a weight of zero", () => {
    fc.assert(
      fc.property(minor, weights, (total, parts) => {
        expect(allocate(total, [...parts, 0n]).at(-1)).toBe(0n);
      }),
    );
  });

  test("ties go to the earlier share", () => expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]));

  test("there must be something to split by", () => expect(codeOf(() => allocate(100n, [0n, 0n]))).toBe("amount_malformed"));
});
