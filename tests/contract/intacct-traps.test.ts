import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sageIntacct } from "../../src/connectors/accounting/sage-intacct/connector.ts";
import { company, start, stop } from "./intacct-world.ts";
import { answered, eachFunction, failedResult, functionsOf, item, lookup, scriptedBooks } from "./scripted-intacct.ts";
import { allChanges, documentOf, newKey, openBench, outcome, posted } from "./world.ts";

/* What surprises who works with Sage Intacct: each by name. */
beforeAll(start);
afterAll(stop);

describe("one request, many functions", () => {
  const created = (id: string, recordNo: string) =>
    `<result><status>success</status><function>create</function><controlid>${id}</controlid><data listtype="objects" count="1"><glbatch><RECORDNO>${recordNo}</RECORDNO></glbatch></data></result>`;
  const row = (recordNo: string, number: string, title: string) =>
    `<GLBATCH><RECORDNO>${recordNo}</RECORDNO><REFERENCENO>${number}</REFERENCENO><BATCH_TITLE>${title}</BATCH_TITLE><BATCH_DATE>01/20/2026</BATCH_DATE><JOURNAL>GJ</JOURNAL><STATE>Posted</STATE><WHENMODIFIED>01/20/2026 10:00:00</WHENMODIFIED></GLBATCH>`;

  test("a partial commit is told item by item, by control id, in whatever order the answers stand", async () => {
    const { connector, seen } = await scriptedBooks((request) => {
      const functions = functionsOf(request.body);
      const title = (number: string) =>
        new RegExp(
          `<BATCH_TITLE>([^<]*)</BATCH_TITLE><REFERENCENO>${number}|<REFERENCENO>${number}</REFERENCENO><BATCH_DATE>[^<]*</BATCH_DATE><BATCH_TITLE>([^<]*)<`,
        )
          .exec(request.body)
          ?.slice(1)
          .join("") ?? "";
      const results = functions.flatMap(({ id, text }) => {
        if (text.startsWith("<query>"))
          return [
            `<result><status>success</status><function>query</function><controlid>${id}</controlid><data totalcount="2">${row("11", "N-a", title("N-a"))}${row("13", "N-c", title("N-c"))}</data></result>`,
          ];
        if (id === "b") return [failedResult("b", [{ errorno: "BL01001973", text: "Department 'X' is invalid" }])];
        // The third has no answer at all, the fourth two.
        if (id === "d") return [];
        if (id === "e") return [created("e", "15"), created("e", "15")];
        return [created(id, id === "a" ? "11" : "13")];
      });
      return answered(results.toReversed());
    });
    const results = await connector.post(["a", "b", "c", "d", "e"].map(item), lookup);
    const told = Object.fromEntries(
      results.map((result) => [result.key, "posted" in result ? result.posted.providerId : result.fault.code]),
    );
    expect(told).toEqual({ a: "11", b: "reference_unknown", c: "13", d: "upstream_silent", e: "upstream_silent" });
    expect(seen[0]?.body).toContain('<operation transaction="false">');
  });

  test("a write says that it is unique and goes by its own key; a question never goes by the same name twice", async () => {
    const { connector, seen } = await scriptedBooks((request) =>
      eachFunction(request, (id) => failedResult(id, [{ errorno: "WS", text: "No" }])),
    );
    await connector.post([item("k1"), item("k2")], lookup);
    await connector.post([item("k1"), item("k2")], lookup);
    const ids = seen.map(({ body }) => functionsOf(body).map(({ id }) => id));
    expect(seen.every(({ body }) => body.includes("<uniqueid>true</uniqueid>"))).toBe(true);
    expect(ids.map((each) => each.slice(0, 2))).toEqual([
      ["k1", "k2"],
      ["k1", "k2"],
    ]);
    expect(new Set(ids.flatMap((each) => each.slice(2))).size).toBe(2);
    await connector.find([item("k1")], lookup);
    expect(seen.at(-1)?.body).toContain("<uniqueid>false</uniqueid>");
  });

  test("an outage is not tried again by the call itself: that is how entries double", async () => {
    const { connector, seen } = await scriptedBooks(() => ({ status: 503, body: "" }));
    expect((await connector.post([item("k1")], lookup)).map(outcome)).toEqual(["upstream_silent"]);
    expect(seen).toHaveLength(1);
  });

  test("an entry rolled back because of another is tried again; the sender's password stands in no fault", async () => {
    const { connector } = await scriptedBooks((request) =>
      eachFunction(request, (id) =>
        failedResult(id, [{ errorno: "XL03000009", text: "The entire transaction has been rolled back" }], "aborted"),
      ),
    );
    const [result] = await connector.post([item("k1")], lookup);
    expect(outcome(result)).toBe("upstream_busy");
    expect(
      JSON.stringify(result, (_, value: unknown) => (value instanceof Error ? { ...value, message: value.message } : value)),
    ).not.toMatch(/sender-pass|user-pass|S1abc/);
  });
});

describe("several entities", () => {
  test("private records are asked for, and lines without a location get the connection's", async () => {
    const { connector, seen } = await scriptedBooks((request) => eachFunction(request, (id) => failedResult(id, [{ text: "No" }])), {
      location: "100",
      baseLocation: "200",
    });
    await connector.post([item("k1")], lookup);
    const body = seen[0]!.body;
    expect(body.match(/<LOCATION>100<\/LOCATION>/g)).toHaveLength(2);
    expect(body).toContain("<BASELOCATION_NO>200</BASELOCATION_NO>");
    expect(body).toContain("<showprivate>true</showprivate>");
  });

  test("an entry that does not balance within its entities is told as such, with what to do", async () => {
    const books = await openBench(await company({ multiEntity: true, options: { location: "100" } }));
    const entry = documentOf(books, "journal_entry");
    const lines = entry.lines.map((line) => (line.role === "balance" ? { ...line, dimensions: { location: "200" } } : line));
    const [result] = await books.connector.post([{ key: newKey(), postable: { ...entry, lines } }], books.lookup);
    expect(result).toMatchObject({ fault: { code: "books_refused", message: expect.stringMatching(/base location/) } });
  });
});

describe("what is told later", () => {
  for (const userTimeZone of ["America/Los_Angeles", "GMT", "America/Chicago"]) {
    test(`a change is seen on whatever wall the user's clock hangs: ${userTimeZone}`, async () => {
      const books = await openBench(await company({ switches: { userTimeZone } }));
      const { cursor } = await books.connector.changesSince(null);
      const record = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
      const { changes } = await allChanges(books.connector, cursor);
      expect(changes.filter(({ providerId, entity }) => entity === "APBILL" && providerId === record.providerId)).toHaveLength(1);
      // The business date is the bill's own, not the day it was entered.
      expect((await books.connector.read("APBILL", record.providerId))?.date).toBe("2026-11-18");
    });
  }

  test("where approvals are on, what we post is not in the ledger yet, and is told so", async () => {
    const books = await openBench(await company({ switches: { approval: true } }));
    const record = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
    expect(record).toMatchObject({ inLedger: false, sameContent: true });
    expect(await books.connector.read("APBILL", record.providerId)).toMatchObject({ inLedger: false, state: "active" });
    const plain = await openBench(await company());
    expect(posted(await plain.postOne({ key: newKey(), postable: documentOf(plain, "bill") })).inLedger).toBeUndefined();
  });

  test("without the right to read the audit trail changes say which permission is missing, and can do without", async () => {
    const denied = await company({ switches: { auditPermission: false } });
    await expect(denied.connector.changesSince(null)).rejects.toMatchObject({
      code: "books_readonly",
      message: expect.stringMatching(/permission/),
    });
    const without = await company({ switches: { auditPermission: false }, options: { deletions: "off" } });
    const { cursor } = await without.connector.changesSince(null);
    expect((await without.connector.changesSince(cursor)).complete).toBe(true);
  });
});

describe("names and numbers", () => {
  test("a vendor and a customer of one name do not collide in the contacts that come with them", async () => {
    const books = await openBench(await company());
    for (const kind of ["vendor", "customer"] as const) {
      const party = { kind, id: `${kind}-1`, name: "Both Sides LLC", currency: "USD" };
      expect(outcome(await books.postOne({ key: newKey(), postable: party }))).toBe("posted");
    }
  });

  test("an id of the TMS that is too long is refused unsent, never cut", async () => {
    const world = await company();
    const books = await openBench(world);
    const before = (await world.requests()).length;
    const party = { kind: "vendor", id: "CARRIER-WITH-A-VERY-LONG-ID", name: "Long", currency: "USD" } as const;
    expect(outcome(await books.postOne({ key: newKey(), postable: party }))).toBe("books_refused");
    // Only the question who is there already was asked.
    expect((await world.requests()).length - before).toBeLessThanOrEqual(1);
  });

  test("numbers given by the books never replace ours: it is always sent, and read back", async () => {
    const books = await openBench(await company({ switches: { documentSequencing: true } }));
    const document = documentOf(books, "bill");
    expect(posted(await books.postOne({ key: newKey(), postable: document })).number).toBe(document.number);
  });

  test("two files hang on one record as one attachment of it", async () => {
    const world = await company();
    const books = await openBench(world);
    const { providerId } = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
    const file = (key: string) => ({
      key,
      fileName: `pod-${key}.pdf`,
      contentType: "application/pdf",
      bytes: new TextEncoder().encode(key),
    });
    const ids: string[] = [];
    for (const key of ["one", "two"]) ids.push((await books.connector.attach(file(key), { kind: "bill", providerId })).providerId);
    expect(new Set(ids.map((id) => id.split("/")[0])).size).toBe(1);
    const read = await books.connector.read("APBILL", providerId);
    expect(read?.record["SUPDOCID"]).toBe(ids[0]!.split("/")[0]);
  });

  test("the word that people gave a dimension is told beside the object it is known by", async () => {
    const { reference } = await openBench(await company());
    const segment = reference.records.find(({ kind }) => kind === "segment");
    expect(segment?.facts).toMatchObject({ dimension: "unit", label: expect.any(String) });
  });
});

describe("sign-in", () => {
  test("a refused session is opened anew once; a wrong password is our connection's matter, not tried for ever", async () => {
    const world = await company();
    await openBench(world);
    const wrong = { ...world.settings, secrets: { ...world.settings.secrets, userPassword: "nope" } };
    await expect(sageIntacct.refresh(wrong, "")).rejects.toMatchObject({ code: "credentials_expired", remedy: "reconnect" });
    const sender = { ...world.settings, secrets: { ...world.settings.secrets, senderPassword: "nope" } };
    await expect(sageIntacct.refresh(sender, "")).rejects.toMatchObject({ code: "credentials_refused" });
  });

  test("a session lasts as long as the company says", async () => {
    const { settings } = await company({ switches: { sessionMinutes: 10 } });
    const { accessExpiresAt } = await sageIntacct.refresh(settings, "");
    expect(Math.abs(accessExpiresAt - Date.now() - 600_000)).toBeLessThan(60_000);
  });

  test("an OAuth token that was exchanged is used up, and the new one works", async () => {
    const { settings } = await company({ transport: "rest" });
    const first = await sageIntacct.refresh(settings, "");
    const second = await sageIntacct.refresh(settings, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await expect(sageIntacct.refresh(settings, first.refreshToken)).rejects.toMatchObject({ code: "credentials_expired" });
  });
});
