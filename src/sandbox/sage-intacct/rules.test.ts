import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, newestLines, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct();
  await bench.run(
    "<create><VENDOR><VENDORID>V-1</VENDORID><NAME>Carrier 1</NAME></VENDOR><CUSTOMER><CUSTOMERID>C-1</CUSTOMERID><NAME>Shipper 1</NAME></CUSTOMER></create>",
  );
});
afterAll(() => bench.close());

const line = (account: string, side: number, amount: string, more = "") =>
  `<GLENTRY><ACCOUNTNO>${account}</ACCOUNTNO><TR_TYPE>${side}</TR_TYPE><TRX_AMOUNT>${amount}</TRX_AMOUNT>${more}</GLENTRY>`;
const journal = (lines: string, more = "", date = "03/31/2026", symbol = "GJ") =>
  `<create><GLBATCH><JOURNAL>${symbol}</JOURNAL><BATCH_DATE>${date}</BATCH_DATE><BATCH_TITLE>Settlement</BATCH_TITLE>${more}<ENTRIES>${lines}</ENTRIES></GLBATCH></create>`;
const pair = (more = "") => line("5010", 1, "10.00", more) + line("1010", -1, "10.00", more);
const bill = (number: string, more = "", amount = "100.00", vendor = "V-1") =>
  `<create><APBILL><WHENCREATED>04/01/2026</WHENCREATED><VENDORID>${vendor}</VENDORID>${number === "" ? "" : `<RECORDID>${number}</RECORDID>`}<WHENDUE>04/08/2026</WHENDUE>${more}<APBILLITEMS><APBILLITEM><ACCOUNTNO>5010</ACCOUNTNO><TRX_AMOUNT>${amount}</TRX_AMOUNT></APBILLITEM></APBILLITEMS></APBILL></create>`;
const pay = (key: string, amount: string, more = "", method = "EFT") =>
  `<create><APPYMT><FINANCIALENTITY>BANK1</FINANCIALENTITY><PAYMENTMETHOD>${method}</PAYMENTMETHOD><VENDORID>V-1</VENDORID><PAYMENTDATE>04/08/2026</PAYMENTDATE><CURRENCY>USD</CURRENCY>${more}<APPYMTDETAILS><APPYMTDETAIL><RECORDKEY>${key}</RECORDKEY><TRX_PAYMENTAMOUNT>${amount}</TRX_PAYMENTAMOUNT></APPYMTDETAIL></APPYMTDETAILS></APPYMT></create>`;
const stateOf = async (object: string, key: string) =>
  textAt((await bench.run(`<read><object>${object}</object><keys>${key}</keys><fields>STATE</fields></read>`)).element, "STATE");

describe("journal entries", () => {
  test.each([
    [
      "that do not balance",
      () => journal(line("5010", 1, "10.00") + line("1010", -1, "9.99")),
      "Transactions do not balance for Location ,",
    ],
    ["with one line", () => journal(line("5010", 1, "10.00")), "at least two lines"],
    ["on an unknown account", () => journal(line("9999", 1, "1.00") + line("1010", -1, "1.00")), "Account 9999 is not valid"],
    ["with an unknown department", () => journal(pair("<DEPARTMENT>NO</DEPARTMENT>")), "Department 'NO' is invalid"],
    ["with an unknown location", () => journal(pair("<LOCATION>NO</LOCATION>")), "Location 'NO' is not valid"],
    ["with an unknown project, in the customer's word", () => journal(pair("<PROJECTID>NO</PROJECTID>")), "Invalid Load 'NO' specified."],
    ["with an unknown customer", () => journal(pair("<CUSTOMERID>NO</CUSTOMERID>")), "Customer 'NO' specified is not valid."],
    ["in an unknown journal", () => journal(pair(), "", "03/31/2026", "XX"), "Journal 'XX' is not valid"],
    ["on a day that is none", () => journal(pair(), "", "02/30/2026"), "PL03000006"],
    ["whose reversal is not later", () => journal(pair(), "<REVERSEDATE>03/31/2026</REVERSEDATE>"), "after the date"],
    [
      "without an amount",
      () => journal("<GLENTRY><ACCOUNTNO>5010</ACCOUNTNO><TR_TYPE>1</TR_TYPE></GLENTRY>" + line("1010", -1, "1.00")),
      "BL03000018",
    ],
    ["with a negative amount", () => journal(line("5010", 1, "-1.00") + line("1010", -1, "-1.00")), "absolute"],
    ["with a field that is none", () => journal(pair(), "<FOO>1</FOO>"), "FOO is not a valid field"],
  ])("%s are refused, the reason first", async (_, body, text) => {
    const before = await bench.ledger();
    const errors = await bench.refused(body());
    expect(errors[0]).toContain(text);
    expect(errors.at(-1)).toBe("BL01001973: Could not create GLBatch record!");
    expect(await bench.ledger()).toEqual(before);
  });

  test("a direct posting that the journal disallows", async () => {
    await bench.run(
      "<create><GLJOURNAL><SYMBOL>NDP</SYMBOL><TITLE>No direct</TITLE><DISALLOWDIRECTPOSTING>true</DISALLOWDIRECTPOSTING></GLJOURNAL></create>",
    );
    expect((await bench.refused(journal(pair(), "", "03/31/2026", "NDP")))[0]).toContain("Direct posting");
  });

  test("an amount is rounded to cents, dates may be ISO, names of elements in any case", async () => {
    await bench.run(
      "<create><GLBATCH><journal>GJ</journal><batch_date>2026-03-31</batch_date><batch_title>x</batch_title><entries><glentry><accountno>5010</accountno><tr_type>1</tr_type><amount>1.005</amount></glentry><glentry><accountno>1010</accountno><tr_type>-1</tr_type><amount>1.01</amount></glentry></entries></GLBATCH></create>",
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 1.01 0.00", "1010 0.00 1.01"]);
  });

  test("a draft is in no ledger until it is posted", async () => {
    const { key } = await bench.run(journal(pair(), "<STATE>Draft</STATE>"));
    expect(newestLines(await bench.ledger())).toEqual([]);
    await bench.run(
      `<update><GLBATCH><RECORDNO>${key}</RECORDNO><BATCH_DATE>03/31/2026</BATCH_DATE><BATCH_TITLE>Now</BATCH_TITLE><STATE>Posted</STATE></GLBATCH></update>`,
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 10.00 0.00", "1010 0.00 10.00"]);
  });

  test("a reversal date brings the reversing entry", async () => {
    const { key } = await bench.run(
      journal(pair("<LOCATION>DAL</LOCATION>"), "<REVERSEDATE>04/01/2026</REVERSEDATE><REFERENCENO>REV-1</REFERENCENO>"),
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 0.00 10.00", "1010 10.00 0.00"]);
    const { element } = await bench.run(`<read><object>GLBATCH</object><keys>${key}</keys><fields>REVERSED,REVERSEDKEY</fields></read>`);
    expect(textAt(element, "REVERSED")).toBe("04/01/2026");
    expect(textAt(element, "REVERSEDKEY")).toMatch(/^\d+$/);
  });

  test("a split line is posted as its shares", async () => {
    const split = (amount: string, location: string) => `<SPLIT><AMOUNT>${amount}</AMOUNT><LOCATIONID>${location}</LOCATIONID></SPLIT>`;
    await bench.run(
      journal(
        line("5010", 1, "10.00", `<ALLOCATION>Custom</ALLOCATION>${split("6.00", "DAL")}${split("4.00", "CHI")}`) +
          line("1010", -1, "10.00"),
      ),
    );
    expect(newestLines(await bench.ledger())).toEqual(["5010 6.00 0.00", "5010 4.00 0.00", "1010 0.00 10.00"]);
    expect(
      (
        await bench.refused(
          journal(line("5010", 1, "10.00", `<ALLOCATION>Custom</ALLOCATION>${split("6.00", "DAL")}`) + line("1010", -1, "10.00")),
        )
      )[0],
    ).toContain("split");
  });

  test("a statistical entry need not balance and is in no ledger of money", async () => {
    const { key } = await bench.run(journal(line("S-MILES", 1, "412"), "", "03/31/2026", "STJ"));
    expect(newestLines(await bench.ledger())).toEqual([]);
    const { element } = await bench.run(
      `<query><object>GLDETAIL</object><select><field>ACCOUNTNO</field><field>AMOUNT</field></select><filter><equalto><field>BATCHKEY</field><value>${key}</value></equalto></filter></query>`,
    );
    expect([textAt(element, "ACCOUNTNO"), textAt(element, "AMOUNT")]).toEqual(["S-MILES", "412.00"]);
  });

  test("an update replaces all lines", async () => {
    const { key } = await bench.run(journal(pair()));
    await bench.run(
      `<update><GLBATCH><RECORDNO>${key}</RECORDNO><BATCH_DATE>03/31/2026</BATCH_DATE><BATCH_TITLE>New</BATCH_TITLE><ENTRIES>${line("5645", 1, "3.00")}${line("1010", -1, "3.00")}</ENTRIES></GLBATCH></update>`,
    );
    const { element } = await bench.run(
      `<query><object>GLENTRY</object><select><field>ACCOUNTNO</field></select><filter><equalto><field>BATCHNO</field><value>${key}</value></equalto></filter><orderby><order><field>LINE_NO</field><ascending/></order></orderby></query>`,
    );
    expect(all(element, "ACCOUNTNO").map(({ text }) => text)).toEqual(["5645", "1010"]);
  });
});

describe("dimensions", () => {
  test("an account may ask for one", async () => {
    await bench.run(
      "<create><GLACCOUNT><ACCOUNTNO>6666</ACCOUNTNO><TITLE>Strict</TITLE><REQUIREDEPT>true</REQUIREDEPT></GLACCOUNT></create>",
    );
    expect((await bench.refused(journal(line("6666", 1, "1.00") + line("1010", -1, "1.00"))))[0]).toBe(
      "BL03000018: This transaction is missing the Department dimension for the Account 6666",
    );
    await bench.run(journal(line("6666", 1, "1.00", "<DEPARTMENT>OPS</DEPARTMENT>") + line("1010", -1, "1.00")));
  });

  test("a dimension of the customer's own is named by its record id", async () => {
    const { key } = await bench.run("<create><unit><name>T-9</name></unit></create>");
    expect(Number(key)).toBeGreaterThan(10_000);
    await bench.run(journal(pair(`<GLDIMUNIT>${key}</GLDIMUNIT>`)));
    const ledger = await bench.ledger();
    expect(JSON.stringify((ledger["entries"] as unknown[]).at(-1))).toContain(`"unit":"${key}"`);
    expect((await bench.refused(journal(pair("<GLDIMUNIT>T-9</GLDIMUNIT>"))))[0]).toContain("'T-9' is not valid");
    const { element } = await bench.run(
      "<query><object>UNIT</object><select><field>id</field><field>name</field></select><filter><equalto><field>name</field><value>T-9</value></equalto></filter></query>",
    );
    expect([textAt(element, "id"), textAt(element, "name")]).toEqual([key, "T-9"]);
    const dimensions = await bench.run("<getDimensions/>");
    expect(
      all(dimensions.element, "dimension").map((one) => [
        textAt(one, "objectName"),
        textAt(one, "termLabel"),
        textAt(one, "userDefinedDimension"),
      ]),
    ).toContainEqual(["PROJECT", "Load", "false"]);
  });

  test("custom fields are kept beside the others", async () => {
    const { key } = await bench.run(journal(pair("<LOAD_NO>L-1</LOAD_NO>"), "<TMS_KEY>k-1</TMS_KEY>"));
    const { element } = await bench.run(
      "<query><object>GLBATCH</object><select><field>RECORDNO</field></select><filter><equalto><field>TMS_KEY</field><value>k-1</value></equalto></filter></query>",
    );
    expect(textAt(element, "RECORDNO")).toBe(key);
  });
});

describe("bills and their payments", () => {
  test("numbers: needed, and unique for the vendor", async () => {
    expect((await bench.refused(bill("")))[0]).toBe("BL03002128: Enter a Bill number");
    await bench.run(bill("B-1"));
    expect((await bench.refused(bill("B-1")))[0]).toBe("BL01001973: A transaction with the number 'B-1' already exists.");
    await bench.run("<create><VENDOR><VENDORID>V-2</VENDORID><NAME>Carrier 2</NAME></VENDOR></create>");
    await bench.run(bill("B-1", "", "5.00", "V-2"));
  });

  test("an inactive vendor is to be activated first", async () => {
    await bench.run("<create><VENDOR><VENDORID>V-3</VENDORID><NAME>Carrier 3</NAME><STATUS>inactive</STATUS></VENDOR></create>");
    expect((await bench.refused(bill("B-3", "", "5.00", "V-3")))[0]).toContain("Activate the vendor V-3, then try again.");
  });

  test("the name of a vendor's contact is unique in the company", async () => {
    expect((await bench.refused("<create><VENDOR><VENDORID>V-4</VENDORID><NAME>Carrier 1</NAME></VENDOR></create>"))[0]).toBe(
      "BL34000061: Another Contact with the given value(s) Carrier 1  already exists",
    );
  });

  test("more than is open, and what is paid, cannot be paid", async () => {
    const { key } = await bench.run(bill("B-5"));
    expect((await bench.refused(pay(key, "100.01")))[0]).toContain("exceeds total amount due");
    const payment = await bench.run(pay(key, "100.00"));
    expect(await stateOf("APBILL", key)).toBe("Paid");
    expect((await bench.refused(pay(key, "1.00")))[0]).toContain("one or more bills are already paid");
    expect((await bench.refused(`<delete><object>APBILL</object><keys>${key}</keys></delete>`))[0]).toContain("has payments");
    await bench.run(
      `<reverse_appayment><key>${payment.key}</key><datereversed><year>2026</year><month>04</month><day>09</day></datereversed></reverse_appayment>`,
    );
    expect(await stateOf("APBILL", key)).toBe("Posted");
    expect(newestLines(await bench.ledger())).toEqual(["2010 0.00 100.00", "1010 100.00 0.00"]);
  });

  test("a check selects the bill until it is confirmed", async () => {
    const { key } = await bench.run(bill("B-6"));
    const payment = await bench.run(pay(key, "100.00", "", "Printed Check"));
    expect(await stateOf("APBILL", key)).toBe("Selected");
    await bench.run(
      `<confirm_appaymentrequest><appaymentkeys><appaymentkey>${payment.key}</appaymentkey></appaymentkeys></confirm_appaymentrequest>`,
    );
    expect(await stateOf("APBILL", key)).toBe("Paid");
  });

  test("a debit memo pays part of a bill", async () => {
    const { key } = await bench.run(bill("B-7"));
    const credit = await bench.run(
      "<create_apadjustment><vendorid>V-1</vendorid><datecreated><year>2026</year><month>04</month><day>02</day></datecreated><adjustmentno>CR-7</adjustmentno><apadjustmentitems><lineitem><glaccountno>5010</glaccountno><amount>-40.00</amount></lineitem></apadjustmentitems></create_apadjustment>",
    );
    await bench.run(
      pay(key, "60.00").replace(
        "</APPYMTDETAIL>",
        `<ADJUSTMENTKEY>${credit.key}</ADJUSTMENTKEY><TRX_ADJUSTMENTAMOUNT>40.00</TRX_ADJUSTMENTAMOUNT></APPYMTDETAIL>`,
      ),
    );
    expect(await stateOf("APBILL", key)).toBe("Paid");
    expect(await stateOf("APADJUSTMENT", credit.key)).toBe("Paid");
    expect(newestLines(await bench.ledger())).toEqual(["2010 60.00 0.00", "1010 0.00 60.00"]);
  });

  test("amounts of one adjustment have one sign", async () => {
    const body =
      "<create_apadjustment><vendorid>V-1</vendorid><datecreated><year>2026</year><month>04</month><day>02</day></datecreated><apadjustmentitems><lineitem><glaccountno>5010</glaccountno><amount>-40.00</amount></lineitem><lineitem><glaccountno>5010</glaccountno><amount>1.00</amount></lineitem></apadjustmentitems></create_apadjustment>";
    expect((await bench.refused(body))[0]).toContain("same sign");
  });

  test("where approvals are on, what is submitted waits", async () => {
    await bench.control("PUT", "switches", { system: "sage-intacct", id: bench.id, switches: { approval: true } });
    const { key } = await bench.run(bill("B-8"));
    expect(await stateOf("APBILL", key)).toBe("Submitted");
    expect((await bench.rest("POST", "/workflows/accounts-payable/bill/approve", { key })).status).toBe(200);
    expect(await stateOf("APBILL", key)).toBe("Posted");
    await bench.control("PUT", "switches", { system: "sage-intacct", id: bench.id, switches: { approval: false } });
  });

  test("a bill is reversed by its twin", async () => {
    const { key } = await bench.run(bill("B-9"));
    await bench.run(
      `<reverse_bill><key>${key}</key><datereversed><year>2026</year><month>04</month><day>30</day></datereversed></reverse_bill>`,
    );
    expect(await stateOf("APBILL", key)).toBe("Reversed");
    expect(newestLines(await bench.ledger())).toEqual(["5010 0.00 100.00", "2010 100.00 0.00"]);
  });
});

test("closed periods refuse what would change them", async () => {
  const own = await openIntacct({}, bench.sandbox);
  const { key } = await own.run(journal(pair()));
  await own.control("POST", "preferences", { system: "sage-intacct", id: own.id, preferences: { closedThrough: "2026-03-31" } });
  expect((await own.refused(journal(pair())))[0]).toContain("Date must be on or after 04/01/2026");
  expect((await own.refused(`<delete><object>GLBATCH</object><keys>${key}</keys></delete>`))[0]).toContain("closed");
  await own.run(journal(pair(), "", "04/01/2026"));
});

test("a bill in another currency is kept in ours at its rate, and the difference of its payment is posted", async () => {
  const own = await openIntacct({ multiCurrency: true }, bench.sandbox);
  await own.run("<create><VENDOR><VENDORID>V-1</VENDORID><NAME>Carrier 1</NAME></VENDOR></create>");
  await own.run(
    "<create><EXCHANGERATE><TYPENAME>Intacct Daily Rate</TYPENAME><FROM_CURRENCY>CAD</FROM_CURRENCY><TO_CURRENCY>USD</TO_CURRENCY><EXCHANGERATEENTRIES><EXCHANGERATEENTRY><EFFECTIVE_START_DATE>04/01/2026</EFFECTIVE_START_DATE><EXCHANGE_RATE>0.7300</EXCHANGE_RATE></EXCHANGERATEENTRY></EXCHANGERATEENTRIES></EXCHANGERATE></create>",
  );
  const { key } = await own.run(bill("F-1", "<CURRENCY>CAD</CURRENCY>"));
  expect(newestLines(await own.ledger())).toEqual(["5010 73.00 0.00", "2010 0.00 73.00"]);
  await own.run(pay(key, "100.00", "<EXCHANGE_RATE>0.75</EXCHANGE_RATE>").replace("<CURRENCY>USD", "<CURRENCY>CAD"));
  expect(newestLines(await own.ledger())).toEqual(["2010 73.00 0.00", "1010 0.00 75.00", "8050 2.00 0.00"]);
  expect((await bench.refused(bill("F-2", "<CURRENCY>CAD</CURRENCY>")))[0]).toContain("Currency 'CAD' is not valid");
});

describe("several entities", () => {
  let own: IntacctBench;
  beforeAll(async () => {
    own = await openIntacct({ multiEntity: true }, bench.sandbox);
  });

  test("at the top level every line names a location, and each entity balances", async () => {
    expect((await own.refused(journal(pair())))[0]).toContain("missing the Location dimension");
    const across = line("5010", 1, "10.00", "<LOCATION>DAL</LOCATION>") + line("1010", -1, "10.00", "<LOCATION>ATL</LOCATION>");
    expect((await own.refused(journal(across)))[0]).toMatch(/Transactions do not balance for Location (100|200),/);
    await own.run(journal(across, "<BASELOCATION_NO>100</BASELOCATION_NO>"));
    await own.run(journal(pair("<LOCATION>CHI</LOCATION>")));
  });

  test("what an entity makes is its own", async () => {
    const { key } = await own.run(journal(pair()), { entity: "200" });
    const read = (more: string) =>
      `<query><object>GLBATCH</object><select><field>RECORDNO</field><field>MEGAENTITYID</field></select><filter><equalto><field>RECORDNO</field><value>${key}</value></equalto></filter>${more}</query>`;
    expect(textAt((await own.run(read(""))).element, "RECORDNO")).toBe("");
    const seen = await own.run(read("<options><showprivate>true</showprivate></options>"));
    expect(textAt(seen.element, "MEGAENTITYID")).toBe("200");
    expect((await own.refused(`<delete><object>GLBATCH</object><keys>${key}</keys></delete>`))[0]).toContain("belongs to the entity 200");
    expect((await own.refused(`<read><object>GLBATCH</object><keys>${key}</keys><fields>NOPE</fields></read>`))[0]).toContain("DL02000001");
    await own.run(`<delete><object>GLBATCH</object><keys>${key}</keys></delete>`, { entity: "200" });
    expect((await own.refused(journal(pair("<LOCATION>DAL</LOCATION>")), { entity: "200" }))[0]).toContain("Location 'DAL' is not valid");
  });

  test("a session is of one entity, and the details name them", async () => {
    const { element } = await own.run("<getAPISession><locationid>100</locationid></getAPISession>");
    expect(textAt(element, "locationid")).toBe("100");
    expect((await own.refused("<getAPISession><locationid>999</locationid></getAPISession>"))[0]).toContain("Get API Session Failed");
    const entities = await own.run("<readEntityDetails/>");
    expect(all(entities.element, "entity").map((one) => textAt(one, "id"))).toEqual(["100", "200"]);
    const closed = { closedThroughByEntity: { "100": "2026-03-31" } };
    await own.control("POST", "preferences", { system: "sage-intacct", id: own.id, preferences: closed });
    expect((await own.refused(journal(pair("<LOCATION>DAL</LOCATION>"))))[0]).toContain("closed");
    await own.run(journal(pair("<LOCATION>ATL</LOCATION>")));
  });
});
