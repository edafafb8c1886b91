import fc from "fast-check";
import { expect, test } from "vitest";
import { formatMinor } from "../../../core/money.ts";
import { amountOf, listOf, minorOf, parseExact, plainDecimal, textOf } from "./wire.ts";

test("amounts go out and come back to the cent, whatever their size", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), (minor) => {
      const text = JSON.stringify({ amount: amountOf(minor, "USD") });
      expect(text).toBe(`{"amount":${formatMinor(minor, "USD")}}`);
      expect(minorOf(textOf(parseExact(text), "amount"), "USD")).toBe(minor);
    }),
  );
});

test("numbers as SuiteQL prints them", () => {
  const cases: [string, bigint | null][] = [
    ["1250", 125000n],
    ["1250.5", 125050n],
    [".5", 50n],
    ["-.05", -5n],
    ["1.25E3", 125000n],
    ["1.5e-2", 2n],
    ["-0.005", -1n],
    ["0.004999", 0n],
    ["", null],
    ["N/A", null],
  ];
  for (const [text, minor] of cases) expect([text, minorOf(text, "USD")]).toEqual([text, minor]);
  expect(minorOf("12.5", "JPY")).toBe(13n);
  expect(plainDecimal("1.369E0")).toBe("1.369");
});

test("names are found whatever their case, and a missing one is empty", () => {
  const row = parseExact('{"tranDate":"2026-03-31","total":12.5,"active":true}')!;
  expect([textOf(row, "trandate"), textOf(row, "total"), textOf(row, "active"), textOf(row, "memo")]).toEqual([
    "2026-03-31",
    "12.5",
    "",
    "",
  ]);
});

test("a list is an array or a sublist with items", () => {
  expect(listOf(parseExact('{"line":{"items":[{"line":"1"}],"totalResults":1}}'), "line")).toEqual([{ line: "1" }]);
  expect(listOf(parseExact('{"items":[{"id":"8"}]}'), "items")).toEqual([{ id: "8" }]);
  expect(listOf(parseExact('{"line":{"links":[]}}'), "line")).toEqual([]);
});
