import { request as send } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, parseJson, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, openBench, rowsOf, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let bill: string;
beforeAll(async () => {
  bench = await openBench();
  const vendor = await bench.make("Vendor", { DisplayName: "Acme Carriers" });
  bill = String(
    (await bench.make("Bill", { VendorRef: { value: String(vendor["Id"]) }, Line: [expenseLine(bench.account("5130"), 5)] }))["Id"],
  );
});
afterAll(() => bench.close());

const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });

describe("employees", () => {
  test("share their names with vendors and customers, and hide their number", async () => {
    const made = await bench.make("Employee", { GivenName: "Dana", FamilyName: "Driver", SSN: "123-45-6789" });
    expect(made).toMatchObject({
      DisplayName: "Dana Driver",
      PrintOnCheckName: "Dana Driver",
      Active: true,
      SSN: expect.stringMatching(/^[X-]{11}$/) as string,
    });
    expect(faultIn(await bench.post("vendor", { DisplayName: "dana driver" })).code).toBe("6240");
    const gone = await bench.post("employee", { Id: String(made["Id"]), SyncToken: "0", sparse: true, Active: false });
    expect(objectOf(gone.json["Employee"])["DisplayName"]).toBe("Dana Driver (deleted)");
    expect(faultIn(await bench.post("employee", { SSN: "1" })).code).toBe("6080");
  });
});

describe("tax codes", () => {
  test("are read only; the two pseudo codes have no Active, so a filter on it drops them", async () => {
    const ids = async (statement: string) => rowsOf((await bench.query(statement)).json, "TaxCode").map((row) => row["Id"]);
    expect(await ids("select * from TaxCode")).toEqual(["TAX", "NON", "2"]);
    expect(await ids("select * from TaxCode where Active = true")).toEqual(["2"]);
    expect(objectOf((await bench.get("taxcode/NON")).json["TaxCode"])).not.toHaveProperty("Active");
    expect(faultIn(await bench.post("taxcode", { Name: "Texas" })).code).toBe("500");
    expect(faultIn(await bench.get("cdc?entities=TaxCode&changedSince=2026-11-20")).code).toBe("500");
  });

  test("preferences and company info cannot be written", async () => {
    expect(faultIn(await bench.post("preferences", { Id: "1" })).code).toBe("500");
    expect(faultIn(await bench.post("companyinfo", { Id: "1" })).code).toBe("500");
  });
});

describe("budgets", () => {
  const budget = (more: JsonObject = {}): JsonObject => ({
    ...{ Name: "FY26 Ops", StartDate: "2026-01-01", EndDate: "2026-12-31", BudgetType: "ProfitAndLoss", BudgetEntryType: "Monthly" },
    BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 50_000, AccountRef: { value: bench.account("5130") } }],
    ...more,
  });

  test("are created, found, changed and deleted; the answer to a deletion is a time alone", async () => {
    const made = await bench.make("Budget", budget());
    expect(made).toMatchObject({ Active: true, BudgetDetail: [{ AccountRef: { name: "Purchased Transportation - Carrier Linehaul" } }] });
    expect(rowsOf((await bench.query("select * from Budget where Name = 'fy26 ops'")).json, "Budget")).toHaveLength(1);
    const gone = await bench.post("budget?operation=delete", { Id: String(made["Id"]), SyncToken: "0" });
    expect(Object.keys(gone.json)).toEqual(["time"]);
    expect((await bench.get(`budget/${String(made["Id"])}`)).status).toBe(400);
  });

  test.each([
    ["no details", () => budget({ BudgetDetail: [] }), "6500"],
    [
      "a bank account",
      () => budget({ BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 5, AccountRef: { value: bench.account("1010") } }] }),
      "6510",
    ],
    ["no end", () => budget({ EndDate: null }), "2020"],
    ["an unknown rhythm", () => budget({ BudgetEntryType: "Fortnightly" }), "2170"],
  ])("with %s is refused", async (_case, body, code) => {
    expect(faultIn(await bench.post("budget", body())).code).toBe(code);
  });

  test("with rows by class and by location at once is refused", async () => {
    const [klass, place] = [await bench.row("Class", "REEFER"), await bench.row("Department", "DAL")];
    const row = { BudgetDate: "2026-01-01", Amount: 5, AccountRef: { value: bench.account("5130") } };
    const details = [
      { ...row, ClassRef: { value: klass } },
      { ...row, DepartmentRef: { value: place } },
    ];
    expect(faultIn(await bench.post("budget", budget({ BudgetDetail: details }))).code).toBe("6490");
  });
});

interface Upload {
  readonly status: number;
  readonly json: JsonObject;
}

function upload(
  pieces: readonly { name: string; type: string; file?: string; content: string | Buffer }[],
  path = "upload",
): Promise<Upload> {
  const chunks = pieces.flatMap(({ name, type, file, content }) => [
    Buffer.from(
      `--mark\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"`}\r\ncontent-type: ${type}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from("\r\n"),
  ]);
  const body = Buffer.concat([...chunks, Buffer.from("--mark--\r\n")]);
  const headers = {
    authorization: `Bearer ${bench.accessToken}`,
    accept: "application/json",
    "content-type": "multipart/form-data; boundary=mark",
  };
  return new Promise((resolve, reject) => {
    const outgoing = send(`${bench.sandbox.url}/v3/company/${bench.realm}/${path}`, { method: "POST", headers }, (message) => {
      let text = "";
      message.on("data", (chunk: Buffer) => (text += chunk.toString()));
      message.on("end", () => resolve({ status: message.statusCode ?? 0, json: objectOf(parseJson(text)) }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const metadata = (more: JsonObject = {}) => ({
  name: "file_metadata_01",
  type: "application/json",
  content: JSON.stringify({
    FileName: "pod.pdf",
    ContentType: "application/pdf",
    AttachableRef: [{ EntityRef: { type: "Bill", value: bill } }],
    ...more,
  }),
});
const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0x0d, 0x0a, 0x2d, 0x2d]);
const content = { name: "file_content_01", type: "application/pdf", file: "pod.pdf", content: pdf };
const answers = (result: Upload) => listOf(result.json["AttachableResponse"]).map(objectOf);

describe("attachments", () => {
  test("a note hangs on a bill and is found by it; ids are beyond 2^53; a deletion wants the whole object", async () => {
    const made = await bench.make("Attachable", {
      Note: "POD for load 50211",
      AttachableRef: [{ EntityRef: { type: "Bill", value: bill }, IncludeOnSend: false }],
    });
    expect(BigInt(String(made["Id"]))).toBeGreaterThan(2n ** 53n);
    const where = `AttachableRef.EntityRef.Type = 'Bill' and AttachableRef.EntityRef.value = '${bill}'`;
    expect(rowsOf((await bench.query(`select * from Attachable where ${where}`)).json, "Attachable")).toMatchObject([
      { Note: "POD for load 50211" },
    ]);
    const reference = { Id: String(made["Id"]), SyncToken: "0" };
    expect(faultIn(await bench.post("attachable?operation=delete", reference)).code).toBe("2020");
    expect((await bench.post("attachable?operation=delete", { ...made })).status).toBe(200);
  });

  test("a file comes back byte for byte from an address that expires", async () => {
    const [first] = answers(await upload([metadata(), content]));
    const file = objectOf(first?.["Attachable"]);
    expect(file).toMatchObject({ FileName: "pod.pdf", ContentType: "application/pdf", Size: pdf.length });
    const address = (await bench.get(`download/${String(file["Id"])}`)).text;
    const fetched = await fetch(address);
    expect([fetched.headers.get("content-type"), Buffer.from(await fetched.arrayBuffer())]).toEqual(["application/pdf", pdf]);
    expect(objectOf((await bench.get(`attachable/${String(file["Id"])}`)).json["Attachable"])["TempDownloadUri"]).toMatch(/^http/);
    await bench.control("PUT", "clock", { advanceMs: 16 * 60_000 });
    expect((await fetch(address)).status).toBe(403);
    await bench.control("PUT", "clock", { reset: true });
  });

  test("several files in one request stand or fall each on its own", async () => {
    const second = { ...content, name: "file_content_02", type: "application/octet-stream" };
    const [first, refused] = answers(await upload([metadata(), content, second]));
    expect(first).toHaveProperty("Attachable");
    expect(faultIn({ json: objectOf(refused) }).code).toBe("6041");
  });

  test.each([
    ["a web page", [{ ...content, type: "text/html", file: "page.html" }], "6041"],
    ["a type that is not the file's", [{ ...content, type: "image/png" }], "6041"],
    ["metadata that is not readable", [{ ...metadata(), content: "{" }, content], "6040"],
    ["an entity that takes no files", [metadata({ AttachableRef: [{ EntityRef: { type: "Class", value: "1" } }] }), content], "6050"],
    ["an entity that is not there", [metadata({ AttachableRef: [{ EntityRef: { type: "Bill", value: "99999" } }] }), content], "2500"],
  ])("%s is refused", async (_case, pieces, code) => {
    const [only] = answers(await upload(pieces));
    expect(faultIn({ json: objectOf(only) }).code).toBe(code);
  });

  test("an upload that is too large, and one that is no form, are refused as a whole", async () => {
    await switches({ uploadMegabytes: 1 });
    expect(faultIn(await upload([metadata(), { ...content, content: Buffer.alloc(1_100_000, 32) }])).code).toBe("6030");
    await switches({ uploadMegabytes: 100 });
    expect(faultIn(await bench.post("upload", {})).code).toBe("1050");
  });
});
