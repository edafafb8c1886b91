import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, newestLines, openIntacct, textAt, type IntacctBench } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct({ switches: { sessionMinutes: 10 } });
});
afterAll(() => bench.close());

const klass = (id: string) => `<create><CLASS><CLASSID>${id}</CLASSID><NAME>${id}</NAME></CLASS></create>`;
const post = (body: string) => bench.send("POST", "/ia/xml/xmlgw.phtml", body, { "content-type": "application/xml" });
const changed = (from: string | RegExp, to: string) => post(bench.envelope([klass("X")]).replace(from, to));

describe("level 1: control", () => {
  test.each([
    [
      "a wrong sender password",
      /(<senderid>[^<]*<\/senderid><password>)[^<]*/,
      "$1wrong",
      "XL03000006",
      "Incorrect Intacct XML Partner ID or password.",
    ],
    [
      "a sender id in other letters",
      /<senderid>[^<]*/,
      "<senderid>LEDGERLANE_DEV",
      "XL03000006",
      "Incorrect Intacct XML Partner ID or password.",
    ],
    [
      "a transport policy",
      "<dtdversion>",
      "<policyid>POLICY</policyid><dtdversion>",
      "XL03000006",
      "POLICY is not a valid transport policy.",
    ],
    ["broken XML", "</content>", "", "XL03000003", "not well-formed"],
    ["a document type", "<request>", '<!DOCTYPE r [<!ENTITY a "b">]><request>', "XL03000003", "document type"],
    ["a function without a control id", /controlid="[^"]*"/, "", "XL03000003", "controlid"],
    ["no function", /<content>.*<\/content>/, "<content/>", "XL03000003", "content"],
  ])("%s has no operation", async (_, from, to, number, text) => {
    const reply = await changed(from, to);
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("<status>failure</status>");
    expect(reply.text).toContain(`<errorno>${number}</errorno>`);
    expect(reply.text).toContain(text);
    expect(reply.text).not.toContain("<operation>");
  });

  test("too deep, too many attributes and endless entities are refused unread", async () => {
    for (const body of [
      `${"<a>".repeat(40)}${"</a>".repeat(40)}`,
      `<a ${Array.from({ length: 20 }, (_, index) => `b${index}="1"`).join(" ")}/>`,
      "<a>&lol;</a>",
    ])
      expect((await post(body)).text).toContain("XL03000003");
  });

  test("elements of a legacy function stand in their order", async () => {
    const { reply } = await bench.xml(
      "<create_bill><datecreated><year>2026</year><month>4</month><day>1</day></datecreated><vendorid>V</vendorid></create_bill>",
    );
    expect(reply.text).toContain("XL03000003");
    expect(reply.text).not.toContain("<operation>");
  });
});

describe("level 2: authentication", () => {
  test.each([
    ["a wrong password", /(<companyid>[^<]*<\/companyid><password>)[^<]*/, "$1wrong", "Sign-in information is incorrect"],
    ["an unknown company", /<companyid>[^<]*/, "<companyid>NOBODY", "Sign-in information is incorrect"],
    ["an unknown entity", "</login>", "<locationid>900</locationid></login>", "Sign-in information is incorrect"],
    ["a dead session", /<login>.*<\/login>/, "<sessionid>dead</sessionid>", "Sign-in information is incorrect"],
  ])("%s has no result", async (_, from, to, text) => {
    const reply = await changed(from, to);
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("<errorno>XL03000006</errorno>");
    expect(reply.text).toContain(text);
    expect(reply.text).toContain("<operation>");
    expect(reply.text).not.toContain("<result>");
  });

  test("a sender that the administrator did not let in", async () => {
    const other = await openIntacct({ preferences: { authorizedSenders: [] } }, bench.sandbox);
    const { reply } = await other.xml(klass("X"));
    expect(reply.text).toContain("Invalid Web Services Authorization");
  });

  test("the gateway in front may refuse a login with 401", async () => {
    const other = await openIntacct({ switches: { loginFailure: "401" } }, bench.sandbox);
    const body = other.envelope([klass("X")]).replace(/(<companyid>[^<]*<\/companyid><password>)[^<]*/, "$1wrong");
    const reply = await post(body);
    expect(reply.status).toBe(401);
    expect(reply.text).toContain("<errorno>XMLGW_JPP0002</errorno><description>Sign-in");
  });
});

describe("sessions", () => {
  test("a session is opened with its address and moves its end with every use", async () => {
    const { element } = await bench.run("<getAPISession/>");
    expect(textAt(element, "endpoint")).toBe(`${bench.sandbox.url}/sage-intacct/ia/xml/xmlgw.phtml`);
    expect(all(element, "locationid")).toHaveLength(1);
    const session = textAt(element, "sessionid");
    const ends: string[] = [];
    for (const advanceMs of [0, 8 * 60_000, 8 * 60_000]) {
      await bench.control("PUT", "clock", { advanceMs });
      const { root } = await bench.xml("<getDimensions/>", { session, unique: false });
      expect(textAt(root, "sessiontimestamp")).toMatch(/\+00:00$/);
      ends.push(textAt(root, "sessiontimeout"));
    }
    expect(new Set(ends).size).toBe(3);
    await bench.control("PUT", "clock", { advanceMs: 11 * 60_000 });
    expect((await bench.xml("<getDimensions/>", { session })).reply.text).toContain("Sign-in information is incorrect");
    await bench.control("PUT", "clock", { reset: true });
  });

  test("REST hands out a session of the XML gateway", async () => {
    const reply = await bench.rest("GET", "/services/core/session/id");
    const { sessionId } = reply.json["ia::result"] as { sessionId: string };
    await bench.run("<getDimensions/>", { session: sessionId });
  });
});

describe("functions of one request", () => {
  test("without a transaction each stands for itself", async () => {
    const { outcomes } = await bench.xml([klass("ONE"), klass("ONE"), klass("TWO")], { controlIds: ["a1", "a2", "a3"] });
    expect(outcomes.map(({ status, controlId }) => [status, controlId])).toEqual([
      ["success", "a1"],
      ["failure", "a2"],
      ["success", "a3"],
    ]);
    expect(outcomes[1]?.errors).toEqual([
      "BL34000061: Another Class with the given value(s) ONE  already exists",
      "BL01001973: Could not create class record!",
    ]);
    expect(outcomes[1]?.element.children.find(({ name }) => name === "data")?.attributes).toEqual({ listtype: "objects", count: "0" });
  });

  test("with a transaction one failure takes back all of it", async () => {
    const { outcomes } = await bench.xml([klass("THREE"), klass("ONE"), klass("FOUR")], { transaction: true });
    expect(outcomes.map(({ status }) => status)).toEqual(["aborted", "failure", "aborted"]);
    expect(outcomes[0]?.errors[0]).toContain("XL03000009");
    expect(outcomes[1]?.errors[0]).toContain("BL34000061");
    expect(outcomes[1]?.errors.at(-1)).toContain("XL03000009");
    const { element } = await bench.run(
      "<query><object>CLASS</object><select><count>RECORDNO</count></select><filter><in><field>CLASSID</field><value>THREE</value><value>FOUR</value></in></filter></query>",
    );
    expect(textAt(element, "COUNT.RECORDNO")).toBe("0");
  });

  test("an unknown function fails alone", async () => {
    for (const name of ["make_money", "constructor", "toString"]) expect((await bench.refused(`<${name}/>`))[0]).toContain("XL03000006");
    expect((await bench.refused('<get_list object="constructor"/>'))[0]).toContain("not found");
  });

  test("stable ids come when they are asked for", async () => {
    const account = "<create><GLACCOUNT><ACCOUNTNO>1010</ACCOUNTNO><TITLE>Again</TITLE></GLACCOUNT></create>";
    const plain = await bench.xml(account);
    expect(plain.reply.text).not.toContain("additionalinfo");
    expect(plain.outcomes[0]?.errors[0]).toBe("BL01001973: Duplicate account number");
    const more = await bench.xml(account, { control: "<showadditionalerrorinfo>true</showadditionalerrorinfo>" });
    expect(all(more.root, "errorid").map(({ text }) => text)).toEqual(["GL-0493", "GL-0504"]);
  });
});

describe("control ids", () => {
  test("a function that was executed is refused the second time, without a trace", async () => {
    const controlIds = ["once-1"];
    expect((await bench.xml(klass("ONCE"), { controlIds })).outcomes[0]?.status).toBe("success");
    const again = await bench.xml(klass("ANOTHER"), { controlIds });
    expect(again.outcomes[0]?.status).toBe("failure");
    expect(again.outcomes[0]?.errors[0]).toContain("XL03000007");
  });

  test("what failed may be repeated, and who asks for no check gets none", async () => {
    const controlIds = ["once-2"];
    expect((await bench.xml(klass("ONCE"), { controlIds })).outcomes[0]?.status).toBe("failure");
    expect((await bench.xml(klass("ONCE-2"), { controlIds })).outcomes[0]?.status).toBe("success");
    expect((await bench.xml(klass("ONCE-3"), { controlIds, unique: false })).outcomes[0]?.status).toBe("success");
  });

  test("a request without the element is checked all the same", async () => {
    const body = bench.envelope([klass("SILENT")], { controlIds: ["once-4"] }).replace("<uniqueid>true</uniqueid>", "");
    expect((await post(body)).text).toContain("<status>success</status><function>create</function>");
    expect((await post(body)).text).toContain("XL03000007");
  });

  test("what was committed before the line was cut is refused afterwards", async () => {
    const match = { company: bench.id, operation: "create" };
    await bench.control("PUT", "faults", { seed: 1, rules: [{ system: "sage-intacct", match, kind: "commit_then_cut", count: 1 }] });
    const controlIds = ["cut-1"];
    const journal =
      "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>03/31/2026</BATCH_DATE><BATCH_TITLE>Cut</BATCH_TITLE><ENTRIES><GLENTRY><ACCOUNTNO>5010</ACCOUNTNO><TR_TYPE>1</TR_TYPE><TRX_AMOUNT>7.00</TRX_AMOUNT></GLENTRY><GLENTRY><ACCOUNTNO>1010</ACCOUNTNO><TR_TYPE>-1</TR_TYPE><TRX_AMOUNT>7.00</TRX_AMOUNT></GLENTRY></ENTRIES></GLBATCH></create>";
    await expect(bench.xml(journal, { controlIds })).rejects.toThrow();
    expect((await bench.xml(journal, { controlIds })).outcomes[0]?.errors[0]).toContain("XL03000007");
    expect(newestLines(await bench.ledger())).toEqual(["5010 7.00 0.00", "1010 0.00 7.00"]);
  });
});

test("more requests at a time than the tier allows are throttled", async () => {
  const own = await openIntacct({}, bench.sandbox);
  await own.control("PUT", "limits", { system: "sage-intacct", id: own.id });
  await own.control("PUT", "faults", {
    seed: 1,
    rules: [{ system: "sage-intacct", match: { company: own.id }, kind: "delay", ms: 2000, commit: true }],
  });
  const replies = await Promise.all([1, 2, 3, 4].map(() => own.xml("<getDimensions/>")));
  await own.control("PUT", "faults", { seed: 1, rules: [] });
  const throttled = replies.filter(({ reply }) => reply.status === 429);
  expect(throttled.length).toBe(2);
  expect(throttled[0]?.reply.text).toContain("<errorno>GW-0010</errorno>");
  const usage = await own.control("GET", `usage?system=sage-intacct&id=${own.id}`);
  expect(usage["usage"]).toBeInstanceOf(Array);
});
