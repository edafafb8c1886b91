import { afterAll, beforeAll, expect, test } from "vitest";
import { all, newestLines, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

/** Every minimal body of the documentation, in the order in which a company would need them. */

let bench: IntacctBench;
let bill = "";
let invoice = "";
beforeAll(async () => {
  bench = await openIntacct();
  for (const [number, title, side] of [
    ["2100", "Settlements payable", "credit"],
    ["4000", "Freight revenue", "credit"],
    ["5200", "Fuel", "debit"],
  ])
    await bench.run(
      `<create><GLACCOUNT><ACCOUNTNO>${number}</ACCOUNTNO><TITLE>${title}</TITLE><NORMALBALANCE>${side}</NORMALBALANCE><CLOSINGTYPE>closing account</CLOSINGTYPE></GLACCOUNT></create>`,
    );
  await bench.run("<create><CUSTOMER><CUSTOMERID>C-9</CUSTOMERID><NAME>Shipper 9</NAME></CUSTOMER></create>");
});
afterAll(() => bench.close());

const date = (year: string, month: string, day: string) => `<year>${year}</year><month>${month}</month><day>${day}</day>`;

test("several kinds of master data in one create", async () => {
  const { element } = await bench.run(
    `<create><VENDOR><VENDORID>V-77</VENDORID><NAME>Carrier 77</NAME><DISPLAYCONTACT><PRINTAS>Carrier 77</PRINTAS></DISPLAYCONTACT></VENDOR>
 <CLASS><CLASSID>FLATBED</CLASSID><NAME>Flatbed</NAME></CLASS><DEPARTMENT><DEPARTMENTID>DISPATCH</DEPARTMENTID><TITLE>Dispatch</TITLE></DEPARTMENT></create>`,
  );
  const [data] = all(element, "data");
  expect(data?.attributes).toMatchObject({ listtype: "objects", count: "3" });
  expect(data?.children.map(({ name, children }) => [name, ...children.map((child) => child.name)])).toEqual([
    ["vendor", "RECORDNO", "VENDORID"],
    ["class", "RECORDNO", "CLASSID"],
    ["department", "RECORDNO", "DEPARTMENTID"],
  ]);
});

test("an employee needs a contact that is there", async () => {
  const employee =
    "<create><EMPLOYEE><EMPLOYEEID>E-5</EMPLOYEEID><PERSONALINFO><CONTACTNAME>Ann Lee</CONTACTNAME></PERSONALINFO></EMPLOYEE></create>";
  expect((await bench.refused(employee))[0]).toContain("Contact 'Ann Lee' is not valid");
  await bench.run("<create><CONTACT><CONTACTNAME>Ann Lee</CONTACTNAME><PRINTAS>Ann Lee</PRINTAS></CONTACT></create>");
  expect((await bench.run(employee)).key).toMatch(/^\d+$/);
});

test("a bill", async () => {
  ({ key: bill } = await bench.run(
    `<create><APBILL><WHENCREATED>04/01/2026</WHENCREATED><VENDORID>V-77</VENDORID><RECORDID>STL-8812</RECORDID>
 <WHENDUE>04/08/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>5010</ACCOUNTNO><TRX_AMOUNT>1500.00</TRX_AMOUNT>
 <LOCATIONID>100</LOCATIONID></APBILLITEM></APBILLITEMS></APBILL></create>`,
  ));
  expect(newestLines(await bench.ledger())).toEqual(["5010 1500.00 0.00", "2010 0.00 1500.00"]);
});

test("a bill by its reading conditions, and pages by readMore", async () => {
  const { element } = await bench.run(
    "<readByQuery><object>APBILL</object><fields>RECORDNO,RECORDID,STATE</fields><query>VENDORID = 'V-77' AND STATE = 'A'</query><pagesize>100</pagesize></readByQuery>",
  );
  const [data] = all(element, "data");
  expect(data?.attributes).toEqual({ listtype: "apbill", count: "1", totalcount: "1", numremaining: "0", resultId: "" });
  expect(data?.children[0]?.children.map(({ name, text }) => [name, text])).toEqual([
    ["RECORDNO", bill],
    ["RECORDID", "STL-8812"],
    ["STATE", "Posted"],
  ]);
});

test("a payment in part by request, and the rest", async () => {
  const { key } = await bench.run(
    `<create><APPYMT><FINANCIALENTITY>BANK1</FINANCIALENTITY><PAYMENTMETHOD>EFT</PAYMENTMETHOD><VENDORID>V-77</VENDORID>
 <PAYMENTDATE>04/08/2026</PAYMENTDATE><CURRENCY>USD</CURRENCY><APPYMTDETAILS><APPYMTDETAIL><RECORDKEY>${bill}</RECORDKEY>
 <TRX_PAYMENTAMOUNT>500.00</TRX_PAYMENTAMOUNT></APPYMTDETAIL></APPYMTDETAILS></APPYMT></create>`,
  );
  expect(key).toMatch(/^\d+$/);
  expect(newestLines(await bench.ledger())).toEqual(["2010 500.00 0.00", "1010 0.00 500.00"]);
  await bench.run(`<create_paymentrequest><bankaccountid>BANK1</bankaccountid><vendorid>V-77</vendorid><paymentmethod>EFT</paymentmethod>
 <paymentdate>${date("2026", "04", "08")}</paymentdate><paymentrequestitems><paymentrequestitem>
 <key>${bill}</key><paymentamount>1000.00</paymentamount></paymentrequestitem></paymentrequestitems></create_paymentrequest>`);
  const { element } = await bench.run(
    `<read><object>APBILL</object><keys>${bill}</keys><fields>STATE,TOTALPAID,TOTALDUE,WHENPAID</fields></read>`,
  );
  expect(["STATE", "TOTALPAID", "TOTALDUE", "WHENPAID"].map((name) => textAt(element, name))).toEqual([
    "Paid",
    "1500.00",
    "0.00",
    "04/08/2026",
  ]);
});

test("a credit from a vendor has negative amounts", async () => {
  await bench.run(`<create_apadjustment><vendorid>V-77</vendorid><datecreated>${date("2026", "04", "02")}</datecreated>
 <adjustmentno>CR-12</adjustmentno><apadjustmentitems><lineitem><glaccountno>5010</glaccountno><amount>-100.00</amount>
 <locationid>100</locationid></lineitem></apadjustmentitems></create_apadjustment>`);
  expect(newestLines(await bench.ledger())).toEqual(["5010 0.00 100.00", "2010 100.00 0.00"]);
});

test("an invoice, its receipt, and a credit memo", async () => {
  ({ key: invoice } = await bench.run(`<create_invoice><customerid>C-9</customerid><datecreated>${date("2026", "04", "01")}</datecreated>
 <termname>N30</termname><invoiceno>INV-501</invoiceno><invoiceitems><lineitem><glaccountno>4000</glaccountno>
 <amount>2500.00</amount><memo>Load 3321</memo><locationid>100</locationid></lineitem></invoiceitems></create_invoice>`));
  expect(newestLines(await bench.ledger())).toEqual(["4000 0.00 2500.00", "1100 2500.00 0.00"]);
  await bench.run(`<create><ARPYMT><FINANCIALENTITY>BANK1</FINANCIALENTITY><PAYMENTMETHOD>EFT</PAYMENTMETHOD><CUSTOMERID>C-9</CUSTOMERID>
 <DOCNUMBER>WIRE-7</DOCNUMBER><RECEIPTDATE>04/20/2026</RECEIPTDATE><CURRENCY>USD</CURRENCY><ARPYMTDETAILS><ARPYMTDETAIL>
 <RECORDKEY>${invoice}</RECORDKEY><TRX_PAYMENTAMOUNT>2500.00</TRX_PAYMENTAMOUNT></ARPYMTDETAIL></ARPYMTDETAILS></ARPYMT></create>`);
  expect(newestLines(await bench.ledger())).toEqual(["1100 0.00 2500.00", "1010 2500.00 0.00"]);
  const { element } = await bench.run(
    `<read><object>ARINVOICE</object><keys>${invoice}</keys><fields>STATE,WHENDUE,RECORDTYPE</fields></read>`,
  );
  expect(["STATE", "WHENDUE", "RECORDTYPE"].map((name) => textAt(element, name))).toEqual(["Paid", "05/01/2026", "ri"]);
  await bench.run(`<create_aradjustment><customerid>C-9</customerid><datecreated>${date("2026", "04", "03")}</datecreated>
 <aradjustmentitems><lineitem><glaccountno>4000</glaccountno><amount>-50.00</amount><locationid>100</locationid></lineitem>
 </aradjustmentitems></create_aradjustment>`);
  expect(newestLines(await bench.ledger())).toEqual(["4000 50.00 0.00", "1100 0.00 50.00"]);
});

test("an expense report and its reimbursement", async () => {
  const { key } = await bench.run(`<create_expensereport><employeeid>E-5</employeeid><datecreated>${date("2026", "04", "05")}</datecreated>
 <state>Submitted</state><expenses><expense><expensetype>Lumper</expensetype><amount>80.00</amount>
 <expensedate>${date("2026", "04", "04")}</expensedate><locationid>100</locationid></expense></expenses>
</create_expensereport>`);
  expect(newestLines(await bench.ledger())).toEqual(["5645 80.00 0.00", "2070 0.00 80.00"]);
  await bench.run(`<create_reimbursementrequest><bankaccountid>BANK1</bankaccountid><employeeid>E-5</employeeid><paymentmethod>EFT</paymentmethod>
 <paymentdate>${date("2026", "04", "10")}</paymentdate><eppaymentrequestitems><eppaymentrequestitem>
 <key>${key}</key><paymentamount>80.00</paymentamount></eppaymentrequestitem></eppaymentrequestitems></create_reimbursementrequest>`);
  expect(newestLines(await bench.ledger())).toEqual(["2070 80.00 0.00", "1010 0.00 80.00"]);
});

test("a fuel card transaction, and taking it back", async () => {
  const { key } =
    await bench.run(`<record_cctransaction><chargecardid>FUEL1</chargecardid><paymentdate>${date("2026", "04", "06")}</paymentdate>
 <referenceno>T-991</referenceno><payee>Truck stop</payee><ccpayitems><ccpayitem><glaccountno>5200</glaccountno>
 <paymentamount>410.22</paymentamount><locationid>100</locationid></ccpayitem></ccpayitems></record_cctransaction>`);
  expect(newestLines(await bench.ledger())).toEqual(["5200 410.22 0.00", "2040 0.00 410.22"]);
  await bench.run(
    `<reverse_cctransaction><key>${key}</key><datereversed>${date("2026", "04", "07")}</datereversed></reverse_cctransaction>`,
  );
  expect(newestLines(await bench.ledger())).toEqual(["5200 0.00 410.22", "2040 410.22 0.00"]);
});

test("an attachment and the list of folders", async () => {
  const { key } =
    await bench.run(`<create_supdoc><supdocid>POD-3321</supdocid><supdocfoldername>TMS</supdocfoldername><attachments><attachment>
 <attachmentname>pod3321</attachmentname><attachmenttype>pdf</attachmenttype><attachmentdata>aGk=</attachmentdata></attachment></attachments></create_supdoc>`);
  expect(key).toMatch(/^\d+$/);
  const folders = await bench.run('<get_list object="supdocfolder" maxitems="100"/>');
  expect(all(folders.element, "listtype")[0]).toMatchObject({ attributes: { start: "0", end: "0", total: "1" }, text: "supdocfolder" });
  const files = await bench.run('<get_list object="supdoc"/>');
  expect(textAt(files.element, "attachmentdata")).toBe("aGk=");
});

test("a deletion answers its status alone, and the audit history knows of it", async () => {
  const { key } = await bench.run(
    "<create><APBILL><WHENCREATED>04/01/2026</WHENCREATED><VENDORID>V-77</VENDORID><RECORDID>GONE</RECORDID><WHENDUE>04/08/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>5010</ACCOUNTNO><TRX_AMOUNT>1.00</TRX_AMOUNT></APBILLITEM></APBILLITEMS></APBILL></create>",
  );
  const { element } = await bench.run(`<delete><object>APBILL</object><keys>${key}</keys></delete>`);
  expect(element.children.map(({ name }) => name)).toEqual(["status", "function", "controlid"]);
  const deleted = await bench.run(
    "<query><object>AUDITHISTORY</object><select><field>ID</field><field>OBJECTKEY</field><field>ACCESSTIME</field></select><filter><and><equalto><field>OBJECTTYPE</field><value>apbill</value></equalto><equalto><field>ACCESSMODE</field><value>D</value></equalto></and></filter></query>",
  );
  expect(all(deleted.element, "OBJECTKEY").map(({ text }) => text)).toEqual([`${key}--REC`]);
});

test("a REST journal entry, bill and query", async () => {
  const entry = await bench.rest("POST", "/objects/general-ledger/journal-entry", {
    glJournal: { id: "GJ" },
    postingDate: "2026-03-31",
    description: "Settlement 8812",
    referenceNumber: "TMS-8812",
    lines: [
      {
        txnType: "debit",
        txnAmount: "120.00",
        glAccount: { id: "5010" },
        description: "line haul",
        dimensions: { location: { id: "100" }, department: { id: "OPS" } },
      },
      { txnType: "credit", txnAmount: "120.00", glAccount: { id: "2100" }, dimensions: { location: { id: "100" } } },
    ],
  });
  expect(entry.status).toBe(201);
  const { key } = entry.json["ia::result"] as { key: string };
  expect(entry.json).toEqual({
    "ia::result": { key, id: key, href: `/objects/general-ledger/journal-entry/${key}` },
    "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 },
  });
  expect(newestLines(await bench.ledger())).toEqual(["5010 120.00 0.00", "2100 0.00 120.00"]);
  const made = await bench.rest("POST", "/objects/accounts-payable/bill", {
    billNumber: "STL-8813",
    vendor: { id: "V-77" },
    createdDate: "2026-04-01",
    dueDate: "2026-04-08",
    state: "posted",
    currency: { txnCurrency: "USD" },
    lines: [{ glAccount: { id: "5010" }, txnAmount: "1500.00", memo: "line haul", dimensions: { location: { id: "100" } } }],
  });
  expect(made.text).toContain('"totalSuccess":1');
  const found = await bench.rest("POST", "/services/core/query", {
    object: "accounts-payable/bill",
    fields: ["key", "billNumber", "vendor.id", "state", "audit.modifiedDateTime"],
    filters: [{ $gte: { "audit.modifiedDateTime": "2026-04-01T00:00:00Z" } }, { $in: { state: ["posted", "selected"] } }],
    filterExpression: "1 and 2",
    filterParameters: { caseSensitiveComparison: false, includePrivate: true },
    orderBy: [{ "audit.modifiedDateTime": "asc" }],
    start: 1,
    size: 1000,
  });
  const rows = found.json["ia::result"] as Record<string, string>[];
  expect(rows.map((row) => [row["billNumber"], row["vendor.id"], row["state"]])).toEqual([["STL-8813", "V-77", "posted"]]);
  expect(rows[0]?.["audit.modifiedDateTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(found.json["ia::meta"]).toEqual({ totalCount: 1, start: 1, pageSize: 1000, next: null, previous: null });
});
