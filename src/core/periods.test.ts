import { expect, test } from "vitest";
import { calendarOf, isPeriod, moduleOf } from "./periods.ts";

const preferences = {
  ...{
    companyName: "C",
    homeCurrency: "USD",
    multiCurrency: false,
    closedThrough: "2026-09-30",
    tracksClasses: false,
    tracksDepartments: false,
  },
  modulesClosedThrough: { AP: "2026-10-31" },
};
const closed = (module: "AP" | "AR" | "GL", period: string) => ({ module, period, state: "closed" }) as const;

test("the books close all through a day, one module further, and hands single months; the ledger closes all", () => {
  const calendar = calendarOf(preferences, [
    closed("AR", "2026-10"),
    closed("GL", "2026-12"),
    { ...closed("AP", "2026-09"), state: "open" },
  ]);
  expect(calendar.closedBy("GL", "2026-09-30")).toBe("books");
  expect(calendar.closedBy("AP", "2026-10-15")).toBe("books");
  expect(calendar.closedBy("AR", "2026-10-15")).toBe("hand");
  expect(calendar.closedBy("GL", "2026-10-15")).toBeNull();
  expect(calendar.closedBy("AP", "2026-12-24")).toBe("hand");
  // Nobody opens by hand what the books closed.
  expect(calendar.closedBy("AP", "2026-09-15")).toBe("books");
});

test("the first open day jumps over every closed month; none within twenty years is none", () => {
  const calendar = calendarOf(preferences, [closed("AP", "2026-11"), closed("GL", "2026-12")]);
  expect(calendar.openDay("AP", "2026-08-04")).toBe("2027-01-01");
  expect(calendar.openDay("AR", "2026-08-04")).toBe("2026-10-01");
  expect(calendar.openDay("AR", "2026-10-04")).toBe("2026-10-04");
  const ever = Array.from({ length: 30 * 12 }, (_, index) =>
    closed("GL", `${2026 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`),
  );
  expect(calendarOf(preferences, ever).openDay("AR", "2026-11-01")).toBeNull();
});

test("each kind of document belongs to a module; a month is a month", () => {
  expect([moduleOf("bill"), moduleOf("credit_memo"), moduleOf("journal_entry")]).toEqual(["AP", "AR", "GL"]);
  expect(["2026-10", "2026-13", "2026-1", "1026-10"].map(isPeriod)).toEqual([true, false, false, false]);
});
