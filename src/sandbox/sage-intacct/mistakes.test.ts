import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, newestLines, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct();
  await bench.run("<create><CUSTOMER><CUSTOMERID>C-1</CUSTOMERID><NAME>Shipper 1</NAME></CUSTOMER></create>");
});
afterAll(() => bench.close());

const date = (name: string, day: string) => `<${name}><year>2026</year><month>04</month><day>${day}</day></${name}>`;
const invoice = async (number: string, amount: string) =>
  (
    await bench.run(
      `<create_invoice><customerid>C-1</customerid>${date("datecreated", "01")}${date("datedue", "30")}<invoiceno>${number}</invoiceno><invoiceitems><lineitem><glaccountno>4010</glaccountno><amount>${amount}</amount></lineitem></invoiceitems></create_invoice>`,
    )
  ).key;
const valueOf = async (object: string, key: string, field: string) =>
  textAt((await bench.run(`<read><object>${object}</object><keys>${key}</keys><fields>${field}</fields></read>`)).element, field);

describe("names that look right", () => {
  test.each([
    [
      "LOCATIONID on a journal line",
      "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>04/01/2026</BATCH_DATE><BATCH_TITLE>x</BATCH_TITLE><ENTRIES><GLENTRY><ACCOUNTNO>5010</ACCOUNTNO><TR_TYPE>1</TR_TYPE><TRX_AMOUNT>1</TRX_AMOUNT><LOCATIONID>DAL</LOCATIONID></GLENTRY></ENTRIES></GLBATCH></create>",
      "LOCATIONID is not a valid field of GLENTRY",
    ],
    [
      "LOCATION on a bill line",
      "<create><APBILL><APBILLITEMS><APBILLITEM><LOCATION>DAL</LOCATION></APBILLITEM></APBILLITEMS></APBILL></create>",
      "LOCATION is not a valid field of APBILLITEM",
    ],
    [
      "the NAME of a department",
      "<create><DEPARTMENT><DEPARTMENTID>X</DEPARTMENTID><NAME>x</NAME></DEPARTMENT></create>",
      "NAME is not a valid field of DEPARTMENT",
    ],
    [
      "STATGLACCOUNT",
      "<create><STATGLACCOUNT><ACCOUNTNO>X</ACCOUNTNO></STATGLACCOUNT></create>",
      "Object definition STATGLACCOUNT not found",
    ],
    ["GLBUDGET", "<create><GLBUDGET><BUDGETID>X</BUDGETID></GLBUDGET></create>", "Object definition GLBUDGET not found"],
    ["writing the general ledger", "<create><GLDETAIL><AMOUNT>1</AMOUNT></GLDETAIL></create>", "cannot be written by API"],
  ])("%s is refused", async (_, body, text) => {
    expect((await bench.refused(body))[0]).toContain(text);
  });

  test("a budget is a GLBUDGETHEADER with its items", async () => {
    const { key } = await bench.run(
      "<create><GLBUDGETHEADER><BUDGETID>B26</BUDGETID><DESCRIPTION>2026</DESCRIPTION><GLBUDGETITEMS><GLBUDGETITEM><ACCT_NO>5210</ACCT_NO><PERIODNAME>Month Ended January 2026</PERIODNAME><AMOUNT>1000.00</AMOUNT></GLBUDGETITEM></GLBUDGETITEMS></GLBUDGETHEADER></create>",
    );
    const { element } = await bench.run(
      `<query><object>GLBUDGETITEM</object><select><field>ACCT_NO</field><field>AMOUNT</field></select><filter><equalto><field>BUDGETKEY</field><value>${key}</value></equalto></filter></query>`,
    );
    expect([textAt(element, "ACCT_NO"), textAt(element, "AMOUNT")]).toEqual(["5210", "1000.00"]);
  });
});

describe("receipts of the old kind", () => {
  const receipt = (amount: string, more = "") =>
    `<create_arpayment><customerid>C-1</customerid><paymentamount>${amount}</paymentamount><bankaccountid>BANK1</bankaccountid><refid>W</refid>${date("datereceived", "20")}<paymentmethod>EFT</paymentmethod>${more}</create_arpayment>`;

  test("money without an invoice waits, and is applied later without a posting", async () => {
    const key = await invoice("A-1", "300.00");
    const advance = await bench.run(receipt("300.00"));
    expect(newestLines(await bench.ledger())).toEqual(["1100 0.00 300.00", "1010 300.00 0.00"]);
    expect(await valueOf("ARINVOICE", key, "STATE")).toBe("Posted");
    await bench.run(
      `<apply_arpayment><arpaymentkey>${advance.key}</arpaymentkey>${date("paymentdate", "21")}<arpaymentitems><arpaymentitem><invoicekey>${key}</invoicekey><amount>300.00</amount></arpaymentitem></arpaymentitems></apply_arpayment>`,
    );
    expect(newestLines(await bench.ledger())).toEqual([]);
    expect(await valueOf("ARINVOICE", key, "STATE")).toBe("Paid");
  });

  test("or pays the oldest invoices, where the company wants that", async () => {
    await bench.control("POST", "preferences", {
      system: "sage-intacct",
      id: bench.id,
      preferences: { unappliedReceipts: "balance-forward" },
    });
    const first = await invoice("A-2", "100.00");
    const second = await invoice("A-3", "100.00");
    await bench.run(receipt("150.00"));
    expect([await valueOf("ARINVOICE", first, "STATE"), await valueOf("ARINVOICE", second, "STATE")]).toEqual(["Paid", "Partially Paid"]);
    expect(await valueOf("ARINVOICE", second, "TOTALDUE")).toBe("50.00");
  });

  test("undeposited funds take the base currency alone", async () => {
    const own = await openIntacct({ multiCurrency: true }, bench.sandbox);
    await own.run("<create><CUSTOMER><CUSTOMERID>C-1</CUSTOMERID><NAME>Shipper 1</NAME></CUSTOMER></create>");
    const body =
      "<create><ARPYMT><UNDEPOSITEDACCOUNTNO>1050</UNDEPOSITEDACCOUNTNO><PAYMENTMETHOD>EFT</PAYMENTMETHOD><CUSTOMERID>C-1</CUSTOMERID><RECEIPTDATE>04/20/2026</RECEIPTDATE><CURRENCY>CAD</CURRENCY><EXCHANGE_RATE>0.75</EXCHANGE_RATE><AMOUNTTOPAY>10.00</AMOUNTTOPAY></ARPYMT></create>";
    expect((await own.refused(body))[0]).toContain("BL02000051");
  });
});

describe("the service as a whole", () => {
  test.each([
    ["offline", "The Service is Temporarily Off-line"],
    ["rate limit in a 200", "API rate limit exceeded"],
    ["login expired", "Sign-in information is incorrect"],
  ])("outage: %s", async (outage, text) => {
    const own = await openIntacct({}, bench.sandbox);
    const session = textAt((await own.run("<getAPISession/>")).element, "sessionid");
    await own.control("PUT", "switches", { system: "sage-intacct", id: own.id, switches: { outage } });
    const reply = await own.send("POST", "/ia/xml/xmlgw.phtml", own.envelope(["<getDimensions/>"], { session }));
    expect([reply.status, reply.text.includes(text)]).toEqual([200, true]);
  });

  test("planned faults speak the language of the API that was called", async () => {
    const own = await openIntacct({}, bench.sandbox);
    const plan = (rule: object) =>
      own.control("PUT", "faults", { seed: 1, rules: [{ system: "sage-intacct", match: { company: own.id }, count: 1, ...rule }] });
    await plan({ kind: "throttle", retryAfterSeconds: 7 });
    const xml = await own.send("POST", "/ia/xml/xmlgw.phtml", own.envelope(["<getDimensions/>"]));
    expect([xml.status, xml.headers.get("retry-after"), xml.text.includes("GW-0010")]).toEqual([429, "7", true]);
    await own.rest("GET", "/objects/company-config/class");
    await plan({ kind: "throttle" });
    const rest = await own.rest("GET", "/objects/company-config/class");
    expect([rest.status, Object.keys(rest.json)]).toEqual([429, ["ia::error"]]);
    const session = textAt((await own.run("<getAPISession/>")).element, "sessionid");
    await plan({ kind: "expire_token" });
    expect((await own.xml("<getDimensions/>", { session })).reply.text).toContain("Sign-in information is incorrect");
    await plan({ kind: "delay", msPerRecord: 150, commit: true });
    const before = performance.now();
    await own.run("<create><CLASS><CLASSID>S1</CLASSID><NAME>1</NAME></CLASS><CLASS><CLASSID>S2</CLASSID><NAME>2</NAME></CLASS></create>");
    expect(performance.now() - before).toBeGreaterThan(290);
  });

  test("a reset empties the books and keeps everybody's way in", async () => {
    const own = await openIntacct({}, bench.sandbox);
    await own.run("<create><CLASS><CLASSID>NEW</CLASSID><NAME>New</NAME></CLASS></create>");
    await own.control("POST", "reset", { system: "sage-intacct", id: own.id });
    const { element } = await own.run("<readByName><object>CLASS</object><keys>NEW,REEFER</keys><fields>CLASSID</fields></readByName>");
    expect(all(element, "CLASSID").map(({ text }) => text)).toEqual(["REEFER"]);
  });
});
