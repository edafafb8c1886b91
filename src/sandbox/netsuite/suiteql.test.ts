import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { items, openAccount, refusal, services, type TestAccount } from "./test-account.ts";

let account: TestAccount;
let vendor: string;
let bill: string;
let journal: string;

beforeAll(async () => {
  account = await openAccount();
  vendor = await account.make("vendor", { companyName: "Acme Carriers", subsidiary: "1", externalId: "V-1" });
  bill = await account.make("vendorBill", {
    externalId: "TMS-BILL-77",
    entity: vendor,
    tranDate: "2026-11-02",
    tranId: "CARR-5512",
    terms: "5",
    custbody_load: "L-88",
    expense: {
      items: [
        { account: account.account("5130"), amount: 1250.5, department: "4", custcol_load: "L-88", cseg_lane: "9" },
        { account: account.account("5135"), amount: 100.1 },
      ],
    },
  });
  journal = await account.make("journalEntry", {
    subsidiary: "1",
    tranDate: "2026-10-31",
    line: {
      items: [
        { account: account.account("5210"), debit: 250 },
        { account: account.account("1010"), credit: 250 },
      ],
    },
  });
});
afterAll(() => account.close());

const only = async (query: string, params?: readonly (string | number)[]) => (await account.rows(query, params))[0];
const complaint = async (query: string) => refusal(await account.query(query));

describe("the answer", () => {
  test("columns are lower case, values are texts, nulls are missing, every row has links", async () => {
    expect(await account.rows(`SELECT ID, EntityId AS Name, email, isInactive, CurrencY FROM Vendor WHERE ID = ${vendor}`)).toEqual([
      { links: [], id: vendor, name: "Acme Carriers", isinactive: "F", currency: "1" },
    ]);
  });

  test("pages have links, counts and a total; limits and offsets follow the rules", async () => {
    const page = await account.query("SELECT id FROM account ORDER BY id", { search: "?limit=10&offset=10" });
    expect(page.headers["content-type"]).toContain("type=collection");
    expect(page.json).toMatchObject({ count: 10, hasMore: true, offset: 10 });
    expect(items(page.json)[0]).toEqual({ links: [], id: "11" });
    expect(listOf(page.json["links"]).map((link) => objectOf(link)["rel"])).toEqual(["first", "previous", "next", "last", "self"]);
    expect(refusal(await account.query("SELECT id FROM account", { search: "?limit=10&offset=5" }))).toMatchObject({
      status: 400,
      code: "INVALID_PARAMETER",
    });
    expect(refusal(await account.query("SELECT id FROM account", { search: "?limit=2000" }))).toMatchObject({ status: 400 });
  });

  test("without Prefer: transient it is refused; without the permission too", async () => {
    expect(refusal(await account.query("SELECT id FROM account", { headers: { prefer: "" } }))).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
    });
    await account.preferences({ suiteAnalytics: false });
    expect(refusal(await account.query("SELECT id FROM account"))).toMatchObject({ status: 403, code: "INSUFFICIENT_PERMISSION" });
    await account.preferences({ suiteAnalytics: true });
  });

  test("positional parameters are taken, unless the account does not know them", async () => {
    expect(await only("SELECT id FROM account WHERE acctnumber = ? AND isinactive = ?", ["5210", "F"])).toMatchObject({
      id: account.account("5210"),
    });
    await account.switches({ queryParams: false });
    expect(refusal(await account.query("SELECT id FROM account WHERE id = ?", { params: [1] }))).toMatchObject({ status: 400 });
    await account.switches({ queryParams: true });
  });

  test("dates come in the account's format; TO_CHAR gives any other", async () => {
    const query = `SELECT trandate, TO_CHAR(trandate,'YYYY-MM-DD') AS iso FROM transaction WHERE id = ${bill}`;
    expect(await only(query)).toEqual({ links: [], trandate: "11/2/2026", iso: "2026-11-02" });
    await account.preferences({ dateFormat: "D/M/YYYY" });
    expect(await only(query)).toMatchObject({ trandate: "2/11/2026" });
    await account.preferences({ dateFormat: "M/D/YYYY" });
  });
});

describe("the dialect", () => {
  test("unknown tables and columns have the words of the service", async () => {
    const start = "Invalid search query. Detailed unprocessed description follows. ";
    expect(await complaint("SELECT id FROM xyz")).toEqual({
      status: 400,
      code: "INVALID_PARAMETER",
      detail: `${start}Invalid search type: xyz.`,
    });
    expect(await complaint("SELECT foo FROM customer")).toMatchObject({
      detail: `${start}Search error occurred: Unknown identifier 'foo'. Available identifiers are: {customer=customer}`,
    });
    expect(await complaint("SELECT c.foo FROM customer c")).toMatchObject({
      detail: expect.stringContaining("Unknown identifier 'foo'. Available identifiers are: {c=customer}"),
    });
  });

  test.each([
    "SELECT id FROM account LIMIT 5",
    "SELECT id FROM account ORDER BY id LIMIT 5",
    "WITH a AS (SELECT id FROM account) SELECT id FROM a",
    "DELETE FROM account",
    "SELECT id FROM transaction WHERE trandate >= DATE '2026-11-01'",
    "SELECT IFNULL(email, 'x') FROM vendor",
    "SELECT NOW() FROM account",
    "SELECT id FROM account WHERE isinactive = FALSE",
    "SELECT CONCAT(id, acctnumber, 'x') FROM account",
    `SELECT id FROM account WHERE id IN (${Array.from({ length: 1001 }, (_, index) => index).join(",")})`,
    "SELECT id FROM ns_records",
    "SELECT name FROM sqlite_master",
    "SELECT id FROM account WHERE id IN ns_records",
    "SELECT load_extension('x') FROM account",
    "SELECT id FROM account; SELECT id FROM vendor",
  ])("refuses %s", async (query) => {
    expect(await complaint(query)).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
  });

  test.each<[string, JsonObject]>([
    ["SELECT acctnumber FROM account WHERE ROWNUM <= 1", { acctnumber: "1010" }],
    ["SELECT COUNT(*) AS n FROM (SELECT id FROM account WHERE ROWNUM <= 7)", { n: "7" }],
    [
      "SELECT acctnumber FROM (SELECT a.acctnumber FROM account a WHERE a.accttype = 'Bank' ORDER BY a.acctnumber DESC) FETCH FIRST 1 ROWS ONLY",
      { acctnumber: "1020" },
    ],
    ["SELECT NVL(email, 'none') AS mail, 'a' || 'b' AS ab FROM vendor", { mail: "none", ab: "ab" }],
    ["SELECT CASE WHEN isinactive = 'F' THEN 'live' ELSE 'gone' END AS state FROM vendor", { state: "live" }],
    ["SELECT TO_CHAR(ADD_MONTHS(TO_DATE('2026-01-31','YYYY-MM-DD'), 1),'MM/DD/YYYY') AS d FROM vendor", { d: "02/28/2026" }],
    [
      "SELECT TO_CHAR(TRUNC(SYSDATE, 'MM'),'YYYY-MM-DD') AS d, TO_CHAR(SYSDATE - 1,'YYYY-MM-DD') AS y FROM vendor",
      { d: "2026-11-01", y: "2026-11-21" },
    ],
    ["SELECT DECODE(isinactive, 'F', 'no', 'yes') AS gone FROM vendor", { gone: "no" }],
    [
      "SELECT a.left, a.balancesheet FROM accounttype a LEFT JOIN account b ON b.accttype = a.id WHERE a.id = 'Expense'",
      { left: "T", balancesheet: "F" },
    ],
    ["SELECT type FROM transaction WHERE trandate >= '11/01/2026'", { type: "VendBill" }],
    ["SELECT COUNT(*), MAX(id) FROM subsidiary", { expr1: "3", expr2: "3" }],
    ["SELECT id FROM subsidiary WHERE id IN (SELECT subsidiary FROM transaction) /* where something is */", { id: "1" }],
    ["SELECT type FROM transaction WHERE type = 'Journal' UNION ALL SELECT 'x' FROM vendor", { type: "Journal" }],
  ])("%s", async (query, row) => {
    expect(await only(query)).toEqual({ links: [], ...row });
  });

  test("BUILTIN.DF gives the text behind an id", async () => {
    const query = `SELECT BUILTIN.DF(t.status) AS status, BUILTIN.DF(entity) AS entity, BUILTIN.DF(t.postingperiod) AS period, BUILTIN.DF(t.currency) AS currency FROM transaction t WHERE t.id = ${bill}`;
    expect(await only(query)).toEqual({ links: [], status: "Open", entity: "Acme Carriers", period: "Nov 2026", currency: "US Dollar" });
    expect(
      await only(
        `SELECT BUILTIN.DF(tl.cseg_lane) AS lane, tl.custcol_load FROM transactionline tl WHERE tl.transaction = ${bill} AND tl.id = 1`,
      ),
    ).toEqual({
      links: [],
      lane: "West Coast",
      custcol_load: "L-88",
    });
  });

  test("SELECT * shows the columns and nothing hidden", async () => {
    const row = objectOf(await only("SELECT * FROM transaction"));
    expect(Object.keys(row).filter((name) => !/^[\w]+$/.test(name))).toEqual([]);
    expect(row).toMatchObject({ recordtype: "vendorbill", custbody_load: "L-88", posting: "T" });
  });
});

describe("the tables", () => {
  test("open bills of a vendor, as the documentation asks for them", async () => {
    const query = `SELECT t.id, t.tranid, t.externalid, t.status, BUILTIN.DF(t.status) AS statusname,
         TO_CHAR(t.duedate,'YYYY-MM-DD') AS duedate, t.foreigntotal, tl.foreignamountunpaid
       FROM transaction t JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'T'
       WHERE t.type = 'VendBill' AND t.entity = ${vendor}`;
    expect(await account.rows(query)).toEqual([
      {
        links: [],
        id: bill,
        tranid: "CARR-5512",
        externalid: "TMS-BILL-77",
        status: "A",
        statusname: "Open",
        duedate: "2026-12-02",
        foreigntotal: "1350.6",
        foreignamountunpaid: "1350.6",
      },
    ]);
  });

  test("the general ledger of a period: debits or credits, signed amounts, lines that join", async () => {
    const [period] = await account.rows("SELECT id FROM accountingperiod WHERE periodname = 'Nov 2026'");
    const query = `SELECT tal.transactionline, tal.account, tal.debit, tal.credit, tal.amount, tl.subsidiary, tl.department
       FROM transactionaccountingline tal
       JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
       JOIN transaction t ON t.id = tal.transaction
       WHERE tal.accountingbook = 1 AND tal.posting = 'T' AND t.postingperiod = ${String(period?.["id"])} ORDER BY tal.transactionline`;
    expect(await account.rows(query)).toEqual([
      { links: [], transactionline: "0", account: account.account("2010"), credit: "1350.6", amount: "-1350.6", subsidiary: "1" },
      {
        links: [],
        transactionline: "1",
        account: account.account("5130"),
        debit: "1250.5",
        amount: "1250.5",
        subsidiary: "1",
        department: "4",
      },
      { links: [], transactionline: "2", account: account.account("5135"), debit: "100.1", amount: "100.1", subsidiary: "1" },
    ]);
  });

  test("sums come without the noise of binary fractions", async () => {
    expect(await only("SELECT SUM(debit) AS d, SUM(credit) AS c FROM transactionaccountingline")).toMatchObject({
      d: "1600.6",
      c: "1600.6",
    });
  });

  test("with a second book every line of the ledger is there twice", async () => {
    await account.preferences({ multiBook: true });
    expect(await only("SELECT SUM(debit) AS d FROM transactionaccountingline")).toMatchObject({ d: "3201.2" });
    expect(
      await only(
        "SELECT SUM(l.debit) AS d FROM transactionaccountingline l JOIN accountingbook b ON b.id = l.accountingbook AND b.isprimary = 'T'",
      ),
    ).toMatchObject({ d: "1600.6" });
    await account.preferences({ multiBook: false });
  });

  test.each([
    "SELECT id, acctnumber, accountsearchdisplayname, accountsearchdisplaynamecopy, displaynamewithhierarchy, fullname, accttype, currency, parent, isinactive, issummary, eliminate, subsidiary, includechildren, inventory, revalue, generalrate, cashflowrate, sspecacct, description, department, class, location, externalid, lastmodifieddate FROM account",
    "SELECT id, transactionnumber, tranid, type, recordtype, memo, trandate, status, createddate, lastmodifieddate, duedate, closedate, currency, exchangerate, entity, postingperiod, posting, isreversal, reversal, reversaldate, reversaldefer, externalid, foreigntotal, approvalstatus, createdby, otherrefnum, voided FROM transaction",
    "SELECT transaction, id, uniquekey, linesequencenumber, mainline, taxline, item, itemtype, expenseaccount, netamount, foreignamount, creditforeignamount, debitforeignamount, foreignamountpaid, foreignamountunpaid, quantity, rate, price, memo, entity, department, class, location, subsidiary, eliminate, isbillable, isclosed, iscogs, cleared, createdfrom, transactionlinetype, linelastmodifieddate, custcol_load FROM transactionline",
    "SELECT transaction, transactionline, accountingbook, account, debit, credit, amount, netamount, exchangerate, posting, amountpaid, amountunpaid, amountlinked, paymentamountused, paymentamountunused FROM transactionaccountingline",
    "SELECT id, longname, balancesheet, left, seqnum, usercanchangerevaloption, internalid FROM accounttype",
    "SELECT id, entityid, companyname, altname, legalname, firstname, lastname, isperson, isinactive, email, phone, fax, accountnumber, category, currency, creditlimit, balance, balanceprimary, expenseaccount, payablesaccount, defaultvendorpaymentaccount, terms, printoncheckas, defaultbillingaddress, defaultshippingaddress, externalid, datecreated, lastmodifieddate, custentity_tms_id FROM vendor",
    "SELECT id, entityid, companyname, altname, firstname, lastname, isperson, isinactive, email, phone, accountnumber, category, currency, creditlimit, entitystatus, searchstage, parent, pricelevel, receivablesaccount, salesrep, terms, defaultbillingaddress, defaultshippingaddress, balancesearch, overduebalancesearch, externalid, datecreated, lastmodifieddate FROM customer",
    "SELECT id, entity, subsidiary, isprimarysub FROM vendorsubsidiaryrelationship",
    "SELECT id, entity, subsidiary, isprimarysub FROM customersubsidiaryrelationship",
    "SELECT id, entityid, firstname, lastname, email, department, subsidiary, supervisor, approvallimit, expenselimit, purchaseorderlimit, currency, isinactive FROM employee",
    "SELECT id, entityid, altname, type, customer, vendor, employee, isinactive, externalid, lastmodifieddate FROM entity",
    "SELECT id, name, fullname, parent, subsidiary, includechildren, isinactive, externalid, lastmodifieddate FROM department",
    "SELECT id, name, fullname, parent, subsidiary, includechildren, isinactive, externalid, lastmodifieddate FROM classification",
    "SELECT id, name, fullname, mainaddress, returnaddress, locationtype, makeinventoryavailable, usebins, tranprefix FROM location",
    "SELECT department, subsidiary FROM departmentsubsidiarymap",
    "SELECT location, subsidiary FROM locationsubsidiarymap",
    "SELECT account, subsidiary FROM accountsubsidiarymap",
    "SELECT id, name, fullname, parent, currency, country, state, iselimination, isinactive, legalname, fiscalcalendar, edition, tranprefix, externalid, lastmodifieddate FROM subsidiary",
    "SELECT id, periodname, startdate, enddate, closed, closedondate, alllocked, aplocked, arlocked, allownonglchanges, isadjust, isinactive, isposting, isquarter, isyear, parent, lastmodifieddate FROM accountingperiod",
    "SELECT id, name, symbol, exchangerate, currencyprecision, isbasecurrency, isinactive FROM currency",
    "SELECT postingperiod, fromsubsidiary, tosubsidiary, fromcurrency, tocurrency, accountingbook, averagerate, currentrate, historicalrate FROM consolidatedexchangerate",
    "SELECT basecurrency, transactioncurrency, effectivedate, exchangerate FROM currencyrate",
    "SELECT id, name, isprimary FROM accountingbook",
    "SELECT id, itemid, fullname, itemtype, displayname, description, isinactive, subsidiary, incomeaccount, expenseaccount, assetaccount, parent FROM item",
    "SELECT id, name FROM term",
    "SELECT id, name, expenseacct, isinactive FROM expensecategory",
    "SELECT previousdoc, previousline, nextdoc, nextline, linktype, foreignamount FROM nexttransactionlinelink",
    "SELECT previousdoc, nextdoc FROM previoustransactionlinelink",
    "SELECT id, account, period, amount, subsidiary, budgetcategory, department, class, location FROM budgets",
    "SELECT recordid, name, recordtype, recordtypeid, deleteddate, deletedby, context, externalid, iscustomlist, iscustomtransaction FROM deletedrecord",
    "SELECT recordid, recordtypeid, field, name, date, type, oldvalue, newvalue, context FROM systemnote",
  ])("%s", async (query) => {
    expect((await account.query(query)).status).toBe(200);
  });

  test("columns and tables that some accounts lack can be taken away", async () => {
    const present = [
      "SELECT subsidiary, total FROM transaction",
      "SELECT acctname FROM account",
      "SELECT subsidiary FROM vendor",
      "SELECT recordid FROM deletedrecord",
      "SELECT id FROM budgets",
    ];
    for (const query of present) expect((await account.query(query)).status).toBe(200);
    await account.switches({
      transactionSubsidiary: false,
      transactionTotal: false,
      accountName: false,
      vendorSubsidiary: false,
      deletedRecordId: false,
      budgetTable: "budget",
    });
    for (const query of present) expect((await account.query(query)).status).toBe(400);
    expect((await account.query("SELECT id FROM budget")).status).toBe(200);
    await account.switches({
      transactionSubsidiary: true,
      transactionTotal: true,
      accountName: true,
      vendorSubsidiary: true,
      deletedRecordId: true,
      budgetTable: "budgets",
    });
  });

  test("status letters can be compound", async () => {
    await account.switches({ statusForm: "compound" });
    expect(await only(`SELECT status FROM transaction WHERE id = ${bill}`)).toMatchObject({ status: "VendBill:A" });
    await account.switches({ statusForm: "letter" });
  });
});

describe("reading what changed", () => {
  test("times are those of the account's clocks, in seconds, and compare with TO_TIMESTAMP", async () => {
    const [row] = await account.rows(
      "SELECT TO_CHAR(lastmodifieddate,'YYYY-MM-DD HH24:MI:SS') AS lm, TO_CHAR(SYSDATE,'YYYY-MM-DD HH24:MI:SS') AS now FROM transaction WHERE id = " +
        bill,
    );
    expect(String(row?.["lm"])).toMatch(/^2026-11-22 09:/);
    const since = (moment: string) =>
      account.rows(
        `SELECT id FROM transaction WHERE lastmodifieddate >= TO_TIMESTAMP('${moment}','YYYY-MM-DD HH24:MI:SSxFF') AND type IN ('VendBill','Journal') ORDER BY lastmodifieddate, id`,
      );
    expect((await since(`${String(row?.["lm"])}.000`)).map(({ id }) => id)).toEqual([bill, journal]);
    expect(await since("2026-11-23 00:00:00")).toEqual([]);
  });

  test("a change is noted field by field", async () => {
    await account.record("PATCH", `journalEntry/${journal}`, { memo: "changed" });
    expect(await account.rows(`SELECT field, newvalue FROM systemnote WHERE recordid = ${journal} AND field = 'TRANDOC.MEMO'`)).toEqual([
      { links: [], field: "TRANDOC.MEMO", newvalue: "changed" },
    ]);
    expect(await complaint("SELECT BUILTIN.DF(field) FROM systemnote")).toMatchObject({ status: 400 });
  });
});

test("one account sees nothing of another", async () => {
  const second = await account.control("POST", "companies", { system: "netsuite", id: "7654321" });
  const tokens = await account.control("POST", "tokens", { system: "netsuite", id: String(second.json["id"]) });
  const answer = await account.raw({
    method: "POST",
    path: `${services}/query/v1/suiteql`,
    headers: { authorization: `Bearer ${String(tokens.json["accessToken"])}`, prefer: "transient" },
    body: { q: "SELECT id FROM transaction" },
  });
  expect(answer.json).toMatchObject({ totalResults: 0 });
});
