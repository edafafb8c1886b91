import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct();
  // A summer night in UTC: in Los Angeles it is still the day before.
  await bench.control("PUT", "clock", { now: "2026-06-10T04:50:21Z", frozen: true });
  await bench.run("<create><VENDOR><VENDORID>V-1</VENDORID><NAME>Carrier 1</NAME><CREDITLIMIT>500</CREDITLIMIT></VENDOR></create>");
  for (let index = 1; index <= 7; index += 1) {
    await bench.run(
      `<create><APBILL><WHENCREATED>04/0${index}/2026</WHENCREATED><VENDORID>V-1</VENDORID><RECORDID>B-${index}</RECORDID><WHENDUE>05/01/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>5010</ACCOUNTNO><TRX_AMOUNT>${index}00.00</TRX_AMOUNT><LOCATIONID>DAL</LOCATIONID></APBILLITEM></APBILLITEMS></APBILL></create>`,
    );
  }
});
afterAll(() => bench.close());

const query = (filter: string, more = "", fields = ["RECORDID"]) =>
  `<query><object>APBILL</object><select>${fields.map((field) => `<field>${field}</field>`).join("")}</select>${filter === "" ? "" : `<filter>${filter}</filter>`}${more}</query>`;
const by = (field: string, way = "ascending") => `<orderby><order><field>${field}</field><${way}/></order></orderby>`;
const ids = async (body: string, name = "RECORDID") => all((await bench.run(body)).element, name).map(({ text }) => text);

describe("query", () => {
  test.each([
    ["equalto", "<equalto><field>RECORDID</field><value>B-3</value></equalto>", ["B-3"]],
    ["notequalto", "<notequalto><field>TOTALENTERED</field><value>100.00</value></notequalto>", ["B-2", "B-3", "B-4", "B-5", "B-6", "B-7"]],
    ["lessthan", "<lessthan><field>WHENCREATED</field><value>04/03/2026</value></lessthan>", ["B-1", "B-2"]],
    ["lessthanorequalto", "<lessthanorequalto><field>TOTALDUE</field><value>200</value></lessthanorequalto>", ["B-1", "B-2"]],
    ["greaterthan", "<greaterthan><field>TOTALDUE</field><value>600.00</value></greaterthan>", ["B-7"]],
    [
      "greaterthanorequalto",
      "<greaterthanorequalto><field>WHENCREATED</field><value>04/06/2026</value></greaterthanorequalto>",
      ["B-6", "B-7"],
    ],
    ["between", "<between><field>TOTALDUE</field><value>200</value><value>400</value></between>", ["B-2", "B-3", "B-4"]],
    ["in", "<in><field>RECORDID</field><value>B-1</value><value>B-7</value></in>", ["B-1", "B-7"]],
    ["notin", "<notin><field>TOTALDUE</field><value>100</value><value>200</value><value>300</value></notin>", ["B-4", "B-5", "B-6", "B-7"]],
    ["like", "<like><field>RECORDID</field><value>%-2</value></like>", ["B-2"]],
    [
      "notlike",
      "<and><notlike><field>RECORDID</field><value>B-_</value></notlike><equalto><field>STATE</field><value>Posted</value></equalto></and>",
      [],
    ],
    ["isnull", "<and><isnull><field>WHENPAID</field></isnull><equalto><field>RECORDID</field><value>B-1</value></equalto></and>", ["B-1"]],
    ["isnotnull", "<isnotnull><field>WHENPAID</field></isnotnull>", []],
    [
      "or in and",
      "<and><or><equalto><field>RECORDID</field><value>B-1</value></equalto><equalto><field>RECORDID</field><value>B-2</value></equalto></or><greaterthan><field>TOTALDUE</field><value>150</value></greaterthan></and>",
      ["B-2"],
    ],
    [
      "a field of what it names",
      "<and><equalto><field>VENDOR.CREDITLIMIT</field><value>500</value></equalto><equalto><field>RECORDID</field><value>B-4</value></equalto></and>",
      ["B-4"],
    ],
  ])("%s", async (_, filter, expected) => {
    expect(await ids(query(filter, by("RECORDID")))).toEqual(expected);
  });

  test.each([
    [
      "two conditions without and",
      query("<equalto><field>RECORDID</field><value>1</value></equalto><isnull><field>WHENPAID</field></isnull>"),
      "DL02000001",
    ],
    ["and with one condition", query("<and><isnull><field>WHENPAID</field></isnull></and>"), "DL02000001"],
    ["a star", query("", "", ["*"]), "DL02000001"],
    ["an unknown field", query("", "", ["RECORDID", "NOPE"]), "DL02000001"],
    ["a field of the old functions", query("", "", ["BILLNO"]), "XL03000006: The following fields cannot be queried"],
    ["an ISO date", query("<equalto><field>WHENCREATED</field><value>2026-04-01</value></equalto>"), "DL02000001"],
    ["an ISO time", query("<greaterthan><field>WHENMODIFIED</field><value>2026-04-01T00:00:00</value></greaterthan>"), "DL02000001"],
    ["a page that is too large", query("", "<pagesize>2001</pagesize>"), "DL02000001"],
    [
      "an unknown object",
      "<query><object>NOTHING</object><select><field>X</field></select></query>",
      "Query Failed: Object definition NOTHING not found",
    ],
    [
      "an unknown object by readByQuery",
      "<readByQuery><object>NOTHING</object><fields>*</fields><query/></readByQuery>",
      "Object definition NOTHING not found",
    ],
    [
      "ORDER BY",
      "<readByQuery><object>APBILL</object><fields>*</fields><query>RECORDID = 'B-1' ORDER BY RECORDNO</query></readByQuery>",
      "DL02000001",
    ],
    [
      "a page of readByQuery that is too large",
      "<readByQuery><object>APBILL</object><fields>*</fields><query/><pagesize>1001</pagesize></readByQuery>",
      "DL02000001",
    ],
  ])("refuses %s", async (_, body, text) => {
    expect((await bench.refused(body))[0]).toContain(text);
  });

  test("counts its pages; upper-case elements keep their dots", async () => {
    const { element } = await bench.run(
      query("", `${by("RECORDID")}<pagesize>3</pagesize><offset>6</offset>`, ["RECORDID", "VENDOR.NAME"]),
    );
    const [data] = all(element, "data");
    expect(data?.attributes).toEqual({ listtype: "APBILL", totalcount: "7", offset: "6", count: "1", numremaining: "0" });
    expect(data?.children[0]?.children.map(({ name, text }) => [name, text])).toEqual([
      ["RECORDID", "B-7"],
      ["VENDOR.NAME", "Carrier 1"],
    ]);
  });

  test("sums and counts by the plain fields", async () => {
    const { element } = await bench.run(
      "<query><object>APBILL</object><select><field>VENDORID</field><sum>TOTALENTERED</sum><count>RECORDNO</count></select></query>",
    );
    expect([textAt(element, "VENDORID"), textAt(element, "SUM.TOTALENTERED"), textAt(element, "COUNT.RECORDNO")]).toEqual([
      "V-1",
      "2800.00",
      "7",
    ]);
  });

  test("JSON comes bare, errors stay XML", async () => {
    const json = "<options><returnformat>json</returnformat></options>";
    const reply = await bench.send(
      "POST",
      "/ia/xml/xmlgw.phtml",
      bench.envelope([query("<equalto><field>RECORDID</field><value>B-2</value></equalto>", json)]),
    );
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(reply.text)).toEqual([{ RECORDID: "B-2" }]);
    const refused = await bench.send("POST", "/ia/xml/xmlgw.phtml", bench.envelope([query("", json, ["NOPE"])]));
    expect(refused.text).toContain("<errorno>DL02000001</errorno>");
  });

  test("nothing is promised of an order that nobody asked for", async () => {
    const plain = await ids(query("", "", ["RECORDNO"]), "RECORDNO");
    expect(plain.toSorted()).not.toEqual(plain);
  });
});

describe("readByQuery", () => {
  const read = (statement: string, size = 100) =>
    `<readByQuery><object>APBILL</object><fields>RECORDID</fields><query>${statement}</query><pagesize>${size}</pagesize></readByQuery>`;
  test.each([
    ["RECORDID = 'B-1' OR RECORDID = 'B-2'", ["B-1", "B-2"]],
    ["TOTALDUE &gt;= 600", ["B-6", "B-7"]],
    ["RECORDID in ('B-1','B-5') AND NOT (RECORDID = 'B-1')", ["B-5"]],
    ["RECORDID not in ('B-1','B-2','B-3','B-4','B-5')", ["B-6", "B-7"]],
    ["RECORDID like 'B-%' AND WHENCREATED &lt; '04/02/2026'", ["B-1"]],
    ["WHENPAID IS NOT NULL", []],
    ["WHENPAID IS NULL AND STATE = 'A' AND TOTALDUE = 300", ["B-3"]],
    ["STATE = 'D'", []],
    ["RECORDID = 'O\\'Neill'", []],
  ])("%s", async (statement, expected) => {
    expect((await ids(read(statement))).toSorted()).toEqual(expected);
  });

  test("readMore goes on where it stopped, in the same session alone", async () => {
    const opened = await bench.run("<getAPISession/>");
    const session = textAt(opened.element, "sessionid");
    const first = await bench.run(read("", 3), { session });
    const seen = all(first.element, "RECORDID").map(({ text }) => text);
    const data = all(first.element, "data")[0];
    expect(data?.attributes).toMatchObject({ count: "3", totalcount: "7", numremaining: "4" });
    const resultId = data?.attributes["resultId"] ?? "";
    for (const rest of ["1", "0"]) {
      const more = await bench.run(`<readMore><resultId>${resultId}</resultId></readMore>`, { session });
      expect(all(more.element, "data")[0]?.attributes["numremaining"]).toBe(rest);
      seen.push(...all(more.element, "RECORDID").map(({ text }) => text));
    }
    expect(seen.toSorted()).toEqual(["B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"]);
    expect((await bench.refused(`<readMore><resultId>${resultId}</resultId></readMore>`))[0]).toContain("has no such result");
  });
});

describe("times", () => {
  test("creations are UTC, changes are on the user's wall, business dates have no zone", async () => {
    const { element } = await bench.run(
      query("<equalto><field>RECORDID</field><value>B-1</value></equalto>", "", ["WHENCREATED", "AUWHENCREATED", "WHENMODIFIED"]),
    );
    expect(["WHENCREATED", "AUWHENCREATED", "WHENMODIFIED"].map((name) => textAt(element, name))).toEqual([
      "04/01/2026",
      "06/10/2026 04:50:21",
      "06/09/2026 21:50:21",
    ]);
    const filter = (time: string) =>
      query(`<greaterthanorequalto><field>WHENMODIFIED</field><value>${time}</value></greaterthanorequalto>`, by("RECORDID"));
    expect(await ids(filter("06/09/2026 21:50:21"))).toHaveLength(7);
    expect(await ids(filter("06/09/2026 21:50:22"))).toHaveLength(0);
    const formatting = await bench.run("<readUserFormatting/>");
    expect(textAt(formatting.element, "gmtoffset")).toBe("-07:00");
    const rest = await bench.rest("POST", "/services/core/query", {
      object: "accounts-payable/bill",
      fields: ["audit.modifiedDateTime"],
      size: 1,
    });
    expect(rest.json["ia::result"]).toEqual([{ "audit.modifiedDateTime": "2026-06-10T04:50:21Z" }]);
  });

  test("rows may have no time of change", async () => {
    const own = await openIntacct({ switches: { nullModified: true } }, bench.sandbox);
    await own.run("<create><CLASS><CLASSID>NEW</CLASSID><NAME>New</NAME></CLASS></create>");
    const { element } = await own.run(
      "<query><object>CLASS</object><select><field>CLASSID</field><field>WHENMODIFIED</field></select><filter><isnull><field>WHENMODIFIED</field></isnull></filter></query>",
    );
    expect(all(element, "CLASSID").map(({ text }) => text)).toEqual(["NEW"]);
  });
});

describe("balances", () => {
  const period = "<reportingperiodname>Month Ended April 2026</reportingperiodname>";
  test("the trial balance is the ledger's", async () => {
    const { element } = await bench.run(`<get_trialbalance>${period}</get_trialbalance>`);
    const rows = all(element, "trialbalance").map((row) =>
      ["glaccountno", "startbalance", "debits", "credits", "endbalance"].map((name) => textAt(row, name)),
    );
    expect(rows).toEqual([
      ["2010", "0.00", "0.00", "2800.00", "-2800.00"],
      ["5010", "0.00", "2800.00", "0.00", "2800.00"],
    ]);
    const days = (name: string, month: string) => `<${name}><year>2026</year><month>${month}</month><day>01</day></${name}>`;
    const later = await bench.run(`<get_trialbalance>${days("startdate", "05")}${days("enddate", "06")}</get_trialbalance>`);
    expect(textAt(later.element, "startbalance")).toBe("-2800.00");
  });

  test("balances by dimension and filter", async () => {
    const { element } = await bench.run(
      `<get_accountbalancesbydimensions>${period}<groupby>location</groupby><glaccountno>5010</glaccountno><locationid>100</locationid></get_accountbalancesbydimensions>`,
    );
    expect([textAt(element, "locationid"), textAt(element, "periodbalance")]).toEqual(["DAL", "2800.00"]);
    const accounts = await bench.run(
      `<get_accountbalances>${period}<startaccountno>2000</startaccountno><endaccountno>2999</endaccountno></get_accountbalances>`,
    );
    expect(all(accounts.element, "endbalance").map(({ text }) => text)).toEqual(["-2800.00"]);
  });

  test("the general ledger shows each posting with its batch", async () => {
    const { element } = await bench.run(
      "<query><object>GLDETAIL</object><select><field>BATCH_TITLE</field><field>MODULEKEY</field><field>ACCOUNTNO</field><field>AMOUNT</field><field>VENDORID</field></select><filter><and><equalto><field>RECORDID</field><value>B-1</value></equalto><equalto><field>ACCOUNTNO</field><value>2010</value></equalto></and></filter></query>",
    );
    expect(all(element, "GLDETAIL")[0]?.children.map(({ text }) => text)).toEqual([
      "Bills: 04/01/2026 Batch Summary Entry",
      "3.AP",
      "2010",
      "-100.00",
      "V-1",
    ]);
    const batches = await bench.run(
      "<query><object>GLBATCH</object><select><field>RECORDNO</field></select><filter><equalto><field>MODULE</field><value>3.AP</value></equalto></filter></query>",
    );
    const key = textAt(batches.element, "RECORDNO");
    expect((await bench.refused(`<delete><object>GLBATCH</object><keys>${key}</keys></delete>`))[0]).toContain("made by a sub-ledger");
  });
});

describe("descriptions", () => {
  test("read answers an unknown key with nothing, readByName by the id", async () => {
    const { element } = await bench.run("<read><object>APBILL</object><keys>999999</keys><fields>*</fields></read>");
    expect(all(element, "data")[0]?.attributes).toEqual({ listtype: "APBILL", count: "0" });
    const vendor = await bench.run(
      "<readByName><object>VENDOR</object><keys>V-1</keys><fields>VENDORID,DISPLAYCONTACT.PRINTAS</fields></readByName>",
    );
    expect(all(vendor.element, "DISPLAYCONTACT")[0]?.children[0]).toMatchObject({ name: "PRINTAS", text: "Carrier 1" });
  });

  test("lookup lists what queries refuse; inspect lists types and lengths", async () => {
    const lookup = await bench.run("<lookup><object>PROJECT</object></lookup>");
    expect(all(lookup.element, "ID").map(({ text }) => text)).toContain("CFDA");
    expect((await bench.refused("<query><object>PROJECT</object><select><field>CFDA</field></select></query>"))[0]).toContain("XL03000006");
    const types = await bench.run("<inspect><object>*</object></inspect>");
    expect(all(types.element, "type").map(({ attributes }) => attributes["typename"])).toContain("apbill");
    const detail = await bench.run('<inspect detail="1"><object>CUSTOMER</object></inspect>');
    const id = all(detail.element, "Field").find((field) => textAt(field, "Name") === "CUSTOMERID");
    expect(id === undefined ? "" : textAt(id, "maxLength")).toBe("21");
  });

  test("without the permission the audit history is closed", async () => {
    const own = await openIntacct({ switches: { auditPermission: false } }, bench.sandbox);
    expect((await own.refused("<query><object>AUDITHISTORY</object><select><field>ID</field></select></query>"))[0]).toContain(
      "PL04000005",
    );
  });
});
