import { expect, test } from "vitest";
import { isCivilDate, isInstant } from "./calendar.ts";
import { didYouMean, nearest } from "./nearest.ts";

test("finds the word that was probably meant, and nothing when none is near", () => {
  const words = ["customer_invoice", "carrier_bill", "fuel_transaction", "permit"];
  expect(nearest("feul_transaction", words)).toBe("fuel_transaction");
  expect(nearest("Permit", words)).toBe("permit");
  expect(nearest("permti", words)).toBe("permit");
  expect(nearest("xyz", words)).toBeNull();
  expect(nearest("5130", ["4130", "5135", "5110"])).toBe("5135");
  expect(didYouMean("carier_bill", words)).toBe(' Did you mean "carrier_bill"?');
  expect(didYouMean("permit", words)).toBe("");
});

test("days and instants are checked against the calendar", () => {
  expect(["2028-02-29", "2000-02-29", "2026-12-31"].map(isCivilDate)).toEqual([true, true, true]);
  expect(["2026-02-29", "1900-02-29", "2026-13-01", "2026-04-31", "2026-4-1", "2026-00-10", "20261120", ""].some(isCivilDate)).toBe(false);
  expect(["2026-11-20T04:22:00-06:00", "2026-11-20T04:22:00.123Z"].every(isInstant)).toBe(true);
  expect(["2026-11-20T04:22:00", "2026-11-20T25:00:00Z", "2026-02-30T04:22:00Z", "2026-11-20 04:22Z"].some(isInstant)).toBe(false);
});
