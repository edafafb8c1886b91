import { describe, expect, test } from "vitest";
import { efs, efsHeader, efsRows, events, messages, problems, read } from "./sample-report.ts";

describe("rows that cannot be read", () => {
  const other = "*9001,2026-10-06,05:00,5,2231,M,1,TA 7,WACO,TX,0.00,ULSD,3,3,0,10,0,RM,30.00,N,USD/Gallons";

  test("a ticket is taken whole or not at all, the others are taken", async () => {
    const parts = await read([efsHeader, efsRows[0], efsRows[1]!.replace("17.50,N", "x,N"), efsRows[2], other].join("\n"));
    expect(problems(parts)).toEqual([
      ["line 3", "row_unreadable", "block"],
      ["line 2", "ticket_incomplete", "block"],
    ]);
    expect(events(parts).map((event) => [event.number, event.fundedBy, event.vendor.id])).toEqual([["5", "ownerOperator", "TA"]]);
  });

  test("a quote that is never closed costs its ticket only", async () => {
    const parts = await read([efsHeader, efsRows[0], efsRows[1]!.replace("MEYER K", '"MEYER K'), other].join("\n"));
    expect(problems(parts).map(([place, code]) => [place, code])).toEqual([
      ["line 3", "row_unreadable"],
      ["line 2", "ticket_incomplete"],
    ]);
    expect(events(parts)).toHaveLength(1);
  });

  test("quoted fields run over lines and hold delimiters, quotes and formulas", async () => {
    const parts = await read(`${efsHeader}\n${efsRows[0]!.replace("PILOT 214", '"=CMD(""x"")\n,PILOT"')}\n${other}`);
    expect(events(parts)[0]?.location?.name).toBe('=CMD("x") ,PILOT');
    expect(events(parts)).toHaveLength(2);
  });

  test("NUL, a line of 100 KB and a rounded card number", async () => {
    const parts = await read(
      [efsHeader, efsRows[0]!.replace("MEYER", "ME\u0000ER"), `x${",".repeat(100_000)}`, other.replace("*9001", "9.18274E+15"), other].join(
        "\n",
      ),
    );
    expect(problems(parts).map(([place, code]) => [place, code])).toEqual([
      ["line 2", "row_unreadable"],
      ["line 3", "row_unreadable"],
      ["line 4", "row_unreadable"],
    ]);
    expect(messages(parts)[2]).toContain("rounded by a spreadsheet");
    expect(events(parts)).toHaveLength(1);
  });

  test("a whole card number is cut to its last four digits, also in messages", async () => {
    const parts = await read([efsHeader, efsRows[0]!.replace("*5512", "5600123412345512"), other.replace("*9001", "12")].join("\n"));
    expect(JSON.stringify(parts)).not.toContain("5600123412345512");
    expect(events(parts)[0]?.card).toEqual({ last4: "5512" });
    expect(messages(parts)[0]).toContain('column "card" does not end in four digits');
  });

  test("a file in Windows-1252 keeps its accents", async () => {
    const text = `${efsHeader}\n${efsRows[0]!.replace("TULSA,OK", "QUÉBEC,QC")}`;
    expect(events(await read(Buffer.from(text, "latin1")))[0]?.location).toMatchObject({ city: "QUÉBEC", country: "CA" });
  });
});

describe("control totals", () => {
  test.each([
    [
      "a group's product",
      "ULSD,365.90,100.00,3.659",
      "ULSD,400.00,100.00,3.659",
      1,
      /Group 1 says ULSD 400.00, but its rows add up to 365.90/,
    ],
    ["a group's fees", "Fees,1.75,,", "Fees,2.00,,", 1, /Group 1 says Fees 2.00/],
    ["a group's total", "Fees,1.75,,\nTotals,425.15", "Fees,1.75,,\nTotals,425.16", 1, /Group 1 says Totals 425.16/],
    ["the grand total", "3.659\nTotals,425.15,,", "3.659\nTotals,1.00,,", 1, /The file says Totals 1.00/],
    ["a row that is missing", `${efsRows[2]}\n`, "", 3, /CADV 40.00, but its rows add up to 0.00/],
  ])("%s", async (...[, from, to, count, message]) => {
    const parts = await read(efs.replace(from, to));
    expect(events(parts)).toHaveLength(1);
    const wrong = problems(parts);
    expect(wrong.length).toBeGreaterThanOrEqual(count);
    expect(wrong.every(([, code, severity]) => code === "control_total_mismatch" && severity === "hold")).toBe(true);
    expect(messages(parts)[0]).toMatch(message);
  });

  test("nothing below the grand totals is taken silently; a new header starts again", async () => {
    const late = await read(`${efs}\n${efsRows[0]}`);
    expect(problems(late)).toEqual([["line 18", "row_after_totals", "block"]]);
    const again = await read(`${efsHeader}\n${efsRows[0]}\n${efsHeader}\n${efsRows[1]}`);
    expect(events(again).map((event) => event.lines.length)).toEqual([2]);
  });

  test("a plain total row under the columns is checked too", async () => {
    const total = (amount: string) => `${efsHeader}\n${efsRows[0]}\nTotal,,,,,,,,,,,,,,,,,,${amount},,`;
    expect(problems(await read(total("365.90")))).toEqual([]);
    expect(problems(await read(total("365.00")))).toEqual([["line 3", "control_total_mismatch", "hold"]]);
  });
});
