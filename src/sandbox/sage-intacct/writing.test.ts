import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, newestLines, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct();
  await bench.run(
    "<create><GLACCOUNT><ACCOUNTNO>2100</ACCOUNTNO><TITLE>Settlements payable</TITLE><NORMALBALANCE>credit</NORMALBALANCE><CLOSINGTYPE>non-closing account</CLOSINGTYPE></GLACCOUNT></create>",
  );
  await bench.run(
    "<create><VENDOR><VENDORID>V-77</VENDORID><NAME>Carrier 77</NAME><DISPLAYCONTACT><PRINTAS>Carrier 77</PRINTAS></DISPLAYCONTACT></VENDOR></create>",
  );
  await bench.run(
    "<create><CUSTOMER><CUSTOMERID>C-9</CUSTOMERID><NAME>Shipper 9</NAME><DISPLAYCONTACT><PRINTAS>Shipper 9</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>",
  );
});
afterAll(() => bench.close());

const entry = (account: string, side: number, amount: string, more = "") =>
  `<GLENTRY><ACCOUNTNO>${account}</ACCOUNTNO><TR_TYPE>${side}</TR_TYPE><TRX_AMOUNT>${amount}</TRX_AMOUNT>${more}</GLENTRY>`;
const journal = (lines: string, more = "") =>
  `<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>03/31/2026</BATCH_DATE><BATCH_TITLE>Settlement 8812</BATCH_TITLE>${more}<ENTRIES>${lines}</ENTRIES></GLBATCH></create>`;

describe("documents", () => {
  test("a journal entry is in the ledger and reads back with its lines", async () => {
    const { key } = await bench.run(
      journal(
        entry("5010", 1, "120.00", "<LOCATION>DAL</LOCATION>") + entry("2100", -1, "120.00", "<LOCATION>DAL</LOCATION>"),
        "<REFERENCENO>TMS-8812</REFERENCENO>",
      ),
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 120.00 0.00", "2100 0.00 120.00"]);
    const { element } = await bench.run(`<read><object>GLBATCH</object><keys>${key}</keys><fields>*</fields></read>`);
    expect(textAt(element, "STATE")).toBe("Posted");
    expect(textAt(element, "BATCH_DATE")).toBe("03/31/2026");
    expect(all(element, "glentry").map((line) => [textAt(line, "LINE_NO"), textAt(line, "ACCOUNTNO"), textAt(line, "LOCATION")])).toEqual([
      ["1", "5010", "DAL"],
      ["2", "2100", "DAL"],
    ]);
  });

  test("a bill owes its vendor, a payment settles it", async () => {
    const { key } = await bench.run(
      "<create><APBILL><WHENCREATED>04/01/2026</WHENCREATED><VENDORID>V-77</VENDORID><RECORDID>STL-8812</RECORDID><WHENDUE>04/08/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>5010</ACCOUNTNO><TRX_AMOUNT>1500.00</TRX_AMOUNT><LOCATIONID>100</LOCATIONID></APBILLITEM></APBILLITEMS></APBILL></create>",
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 1500.00 0.00", "2010 0.00 1500.00"]);
    const { element } = await bench.run(
      "<readByQuery><object>APBILL</object><fields>RECORDNO,RECORDID,STATE</fields><query>VENDORID = 'V-77' AND STATE = 'A'</query><pagesize>100</pagesize></readByQuery>",
    );
    expect(textAt(element, "RECORDNO")).toBe(key);
    expect(textAt(element, "STATE")).toBe("Posted");
  });
});
