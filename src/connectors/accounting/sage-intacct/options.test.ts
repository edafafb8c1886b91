import { describe, expect, test } from "vitest";
import { isoDate, minorOf, shiftStamp, stampOf, usDate, usStamp } from "./formats.ts";
import { optionsOf } from "./options.ts";
import { trustedEndpoint } from "./session.ts";

describe("the options of a connection", () => {
  test("choose REST where there is an app, XML where there is none, and what is told", () => {
    expect(optionsOf({ clientId: "app" }).transport).toBe("rest");
    expect(optionsOf({ clientId: "" }).transport).toBe("xml");
    expect(optionsOf({ clientId: "app", options: { transport: "xml" } }).transport).toBe("xml");
  });

  test("name banks and cards by their ledger accounts", () => {
    const { banks, cards } = optionsOf({ clientId: "", options: { banks: " 1010=BANK1, 1020 = BANK2 ", cards: "2040=FUEL1" } });
    expect([...banks]).toEqual([
      ["1010", "BANK1"],
      ["1020", "BANK2"],
    ]);
    expect(cards.get("2040")).toBe("FUEL1");
  });

  test.each([
    [{ transprot: "xml" }, /no option "transprot"/],
    [{ transport: "soap" }, /transport is one of xml, rest/],
    [{ banks: "1010" }, /"1010" is no part/],
    [{ vendorCreditSign: "minus" }, /negative, positive/],
    [{ overlapMinutes: "-5" }, /number of minutes/],
  ])("%o is refused with what there is", (options, message) => {
    expect(() => optionsOf({ clientId: "", options: options as unknown as Record<string, string> })).toThrowError(message);
  });
});

test("a session is used only where the connection points, or at Sage over TLS", () => {
  const asked = new URL("https://api.intacct.com/ia/xml/xmlgw.phtml");
  expect(trustedEndpoint("https://na12.intacct.com/ia/xml/xmlgw.phtml", asked).host).toBe("na12.intacct.com");
  expect(trustedEndpoint("", asked)).toBe(asked);
  const local = new URL("http://127.0.0.1:4500/x");
  expect(trustedEndpoint("http://127.0.0.1:4500/y", local).pathname).toBe("/y");
  for (const wrong of [
    "https://intacct.com.evil.example/x",
    "http://na12.intacct.com/x",
    "https://evilintacct.com/",
    "file:///etc/passwd",
    "nonsense",
  ]) {
    expect(() => trustedEndpoint(wrong, asked)).toThrowError(expect.objectContaining({ code: "credentials_refused" }));
  }
});

test("dates, times and amounts are read in each form they come in", () => {
  expect([usDate("2026-04-01"), isoDate("4/1/2026"), isoDate("2026-04-01T10:00:00Z"), isoDate("soon")]).toEqual([
    "04/01/2026",
    "2026-04-01",
    "2026-04-01",
    "",
  ]);
  expect(stampOf("04/01/2026 15:50:21")).toBe("2026-04-01T15:50:21");
  expect(stampOf("04/01/2026 03:50:21 PM")).toBe("2026-04-01T15:50:21");
  expect(stampOf("04/01/2026 12:05:00 AM")).toBe("2026-04-01T00:05:00");
  expect(stampOf("2026-04-01T15:50:21Z")).toBe("2026-04-01T15:50:21");
  expect([stampOf(""), usStamp("2026-04-01T15:50:21"), shiftStamp("2026-04-01T00:10:00", -600_000)]).toEqual([
    "",
    "04/01/2026 15:50:21",
    "2026-04-01T00:00:00",
  ]);
  expect([
    minorOf("1500", "USD"),
    minorOf("-0.5", "USD"),
    minorOf(".5", "USD"),
    minorOf("1,250.00", "USD"),
    minorOf("1.005", "USD"),
    minorOf("x", "USD"),
  ]).toEqual([150000n, -50n, 50n, 125000n, null, null]);
});
