import { describe, expect, test } from "vitest";
import { readEvent } from "../../../core/events/read.ts";
import { fuelCardConnector } from "./connector.ts";
import { efs, efsHeader, efsRows, events, problems, read, ticket, options } from "./sample-report.ts";

test("an EFS report: rows of one ticket become one event, totals are checked", async () => {
  const parts = await read(efs);
  expect(parts).toEqual([{ event: { place: "line 2", raw: ticket } }]);
  expect(readEvent(ticket).findings).toEqual([]);
});

test("byte order mark, CRLF, CR, other delimiters, quotes and a title above the header change nothing", async () => {
  const semicolons = efs.replaceAll(",", ";");
  for (const text of [
    `\uFEFF${efs.replaceAll("\n", "\r\n")}`,
    efs.replaceAll("\n", "\r"),
    semicolons,
    efs.replaceAll(",", "\t"),
    efs.replace("PILOT 214", '"PILOT 214"'),
  ]) {
    expect(events(await read(text))).toEqual([ticket]);
    expect(problems(await read(text))).toEqual([]);
  }
  const titled = await read(`Transaction Report\nAccount;4411\n\n${efs}`);
  expect(titled).toEqual([{ event: { place: "line 5", raw: ticket } }]);
});

test("the neutral layout, with the provider's transaction id and an owner-operator's unit", async () => {
  const text = `transaction_id,tran_date,tran_time,card_last4,unit,driver_id,odometer,location,city,state,line,product,quantity,uom,ppu,amount,fee,currency
771001,10/05/2026,7:05 PM,7745,2231,D-12,"288,910",LOVES 331,AMARILLO,TX,1,ULSD,98.040,GAL,3.412,334.51,2.00,USD
771001,10/05/2026,7:05 PM,7745,2231,D-12,"288,910",LOVES 331,AMARILLO,TX,2,RFR,21.500,GAL,3.412,73.36,0.00,USD
771002,10/05/2026,24:00,7745,2231,D-12,null,DOC'S FUEL,GUELPH,ON,1,ULSD,300,LTR,1.55,465.00,2.00,CAD`;
  const [first, second] = events(await read(text));
  expect(first).toMatchObject({
    id: "771001",
    provider: "CARD",
    fundedBy: "ownerOperator",
    dims: { tractor: "2231", driver: "D-12" },
    odometer: "288910",
    occurredAt: "2026-10-05T19:05:00-05:00",
    invoiceTotal: "407.87",
    netTotal: "409.87",
  });
  expect(first).not.toHaveProperty("number");
  expect(second).toMatchObject({
    id: "771002",
    occurredAt: "2026-10-06T00:00:00-05:00",
    currency: "CAD",
    vendor: { id: "CARD" },
    location: { region: "ON", country: "CA" },
    lines: [{ quantity: { value: "300", uom: "L" }, amount: "465.00" }],
  });
  expect(second).not.toHaveProperty("odometer");
});

test("a fee repeated on every row is taken once, with a remark", async () => {
  const parts = await read([efsHeader, efsRows[0], efsRows[1]!.replace("OK,0.00", "OK,1.75")].join("\n"));
  expect(events(parts)[0]).toMatchObject({ fees: "1.75" });
  expect(problems(parts)).toEqual([["line 2", "fee_repeated", "warn"]]);
});

test("optional columns may be missing; without discount columns a remark says that amounts are retail", async () => {
  const parts = await read("Card #,Tran Date,Invoice,Item,Amt\n*5512,2026-10-05,7,ULSD,10.00");
  expect(problems(parts)).toEqual([["line 1", "discount_columns_missing", "warn"]]);
  expect(events(parts)).toEqual([
    expect.objectContaining({
      id: "5512-20261005-7",
      dims: { entity: "01" },
      lines: [{ lineNo: 1, code: "FULSD", product: "ULSD", amount: "10.00" }],
    }),
  ]);
  expect(readEvent(events(parts)[0]).findings).toEqual([]);
});

describe("files that are no report", () => {
  test("a header alone is a file without transactions", async () => {
    expect(await read(efsHeader)).toEqual([]);
  });

  test.each([
    ["", /empty/],
    ["a,b,c\n1,2,3", /missing: .*product/],
    [efsHeader.replace("Item", "Thing"), /missing: product/],
    [efsHeader.replace("DB", "Amt"), /"amt" twice/],
  ])("%j", async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "file_malformed",
      message: expect.stringMatching(message),
      details: { line: "1" },
    });
  });

  test("UTF-16", async () => {
    await expect(read(Buffer.from(`\uFEFF${efs}`, "utf16le"))).rejects.toMatchObject({ code: "file_malformed" });
  });
});

test("the format is recognized by its header, not by its name", () => {
  expect(fuelCardConnector.recognizes(`Report\n${efsHeader}\n`, "x.txt")).toBe(true);
  expect(fuelCardConnector.recognizes("customer,amount\n1,2", "fuel-card.csv")).toBe(false);
});

test("a long file is streamed: memory holds open tickets only", async () => {
  const rows = 30_000;
  async function* long(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${efsHeader}\n`);
    for (let index = 0; index < rows; index += 1) yield Buffer.from(`${efsRows[0]!.replace("40117", String(index))}\n`);
  }
  let seen = 0;
  let seenBeforeEnd = 0;
  for await (const part of fuelCardConnector.read(long(), options)) {
    if ("event" in part) seen += 1;
    if ("event" in part && part.event.place === `line ${rows - 2000}`) seenBeforeEnd = seen;
  }
  expect(seen).toBe(rows);
  expect(seenBeforeEnd).toBe(rows - 2001);
});
