import { describe, expect, test } from "vitest";
import { efsHeader, events, messages, read } from "./sample-report.ts";

describe("spellings of values", () => {
  const row = (cells: Partial<Record<"date" | "time" | "amt" | "item" | "qty", string>>) =>
    `${efsHeader}\n*5512,${cells.date ?? "2026-10-05"},${cells.time ?? "04:22"},40117,1042,M,1,PILOT 1,TULSA,OK,0,${cells.item ?? "ULSD"},1,1,0,${cells.qty ?? "1"},0,RM,"${cells.amt ?? "1.00"}",N,USD/Gallons`;

  test.each([
    ["$1,234.56", "1234.56"],
    ["(150.00)", "-150.00"],
    ["150.00-", "-150.00"],
    ["-$5", "-5.00"],
    ["$ .50", "0.50"],
    ["0012.5", "12.50"],
    ["-0.00", "0.00"],
    ["$1,234,567.00", "1234567.00"],
  ])("amount %s is %s", async (amt, wanted) => {
    expect(events(await read(row({ amt })))[0]).toMatchObject({ lines: [{ amount: wanted }], invoiceTotal: wanted });
  });

  test("1.234,56 is read where semicolons part the cells", async () => {
    expect(
      events(
        await read(row({ amt: "1.234,56" }).replace('"1.234,56"', "1.234;56").replaceAll(",", ";").replace("1.234;56", "1.234,56")),
      )[0],
    ).toMatchObject({
      invoiceTotal: "1234.56",
    });
  });

  test.each(["2026-10-05", "10/5/26", "10/05/2026", "5-Oct-26", "05-OCT-2026", "20261005", "46300", "2026/10/05"])(
    "date %s",
    async (date) => {
      expect(events(await read(row({ date })))[0]).toMatchObject({ date: "2026-10-05", occurredAt: "2026-10-05T04:22:00-05:00" });
    },
  );

  test.each(["4:22", "04:22:59", "04:22 AM", "0422", "4:22a"])("time %s", async (time) => {
    expect(events(await read(row({ time })))[0]?.occurredAt).toBe("2026-10-05T04:22:00-05:00");
  });

  test("the offset follows daylight saving time", async () => {
    expect(events(await read(row({ date: "2026-11-05" })))[0]?.occurredAt).toBe("2026-11-05T04:22:00-06:00");
    expect(events(await read(row({ date: "2026-11-01", time: "00:30" })))[0]?.occurredAt).toBe("2026-11-01T00:30:00-05:00");
  });

  test("a product nobody knows keeps its code for the review", async () => {
    expect(events(await read(row({ item: "SNAX" })))[0]?.lines[0]).toMatchObject({
      code: "SNAX",
      product: "OTHER",
      quantity: { uom: "ea" },
    });
  });

  test.each([
    [{ amt: "12.3.4" }, "amount", "12.3.4"],
    [{ amt: "1.234,56" }, "amount", "1.234,56"],
    [{ amt: "٣٫٥٠" }, "amount", "٣٫٥٠"],
    [{ amt: "1e3" }, "amount", "1e3"],
    [{ amt: "1.005" }, "amount", "1.005"],
    [{ amt: "" }, "amount", "empty"],
    [{ date: "2026-02-30" }, "date", "2026-02-30"],
    [{ date: "13/05/2026" }, "date", "13/05/2026"],
    [{ time: "25:10" }, "time", "25:10"],
    [{ qty: "many" }, "quantity", "many"],
    [{ item: "" }, "product", "empty"],
  ])("%j names the column and the value", async (cells, column, value) => {
    const [message] = messages(await read(row(cells)));
    expect(message).toContain(`Line 2: column "${column}"`);
    expect(message).toContain(value);
  });
});
