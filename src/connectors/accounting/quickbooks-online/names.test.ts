import { expect, test } from "vitest";
import { clean, displayName, markedValue, marker, sameName } from "./names.ts";

test("names lose what QuickBooks does not take and keep the rest", () => {
  expect(displayName('Love\'s "Travel" \\ Stops 🚚 #7')).toBe('Love\'s "Travel" \\ Stops #7');
  expect(displayName("Acme:Dallas\tYard\n2")).toBe("Acme - Dallas Yard 2");
  expect(displayName("  Señor Transportes  ")).toBe("Señor Transportes");
  expect(displayName("👩‍👩‍👧")).toBe("");
  expect(displayName("x".repeat(600), " (V)")).toHaveLength(500);
  expect(displayName("x".repeat(600), " (V)").endsWith(" (V)")).toBe(true);
});

test("half a character is dropped, not sent as broken UTF-8", () => {
  expect(clean("a\uD83Db", 10)).toBe("ab");
});

test("notes keep their lines", () => {
  expect(clean("one\r\ntwo\u0007\n", 100, true)).toBe("one \ntwo");
});

test("names are compared whatever their case and composition", () => {
  expect(sameName("ACME  ", "acme")).toBe(true);
  expect(sameName("Cafe\u0301", "CAFÉ")).toBe(true);
  expect(sameName("Acme", "Acme 2")).toBe(false);
});

test("a mark is found between lines of other people's text", () => {
  expect(markedValue(`call first\n${marker("C-77 a")}\nthanks`)).toBe("C-77 a");
  expect(markedValue("nothing here")).toBeNull();
});
