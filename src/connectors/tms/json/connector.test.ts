import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReadOptions, ReadPart, TmsConnector } from "../connector.ts";
import { jsonConnector, ndjsonConnector } from "./connector.ts";

const options: ReadOptions = { dims: {}, currency: "USD", timeZone: "UTC", ownerOperatorUnits: new Set() };

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function readWith(connector: TmsConnector, text: string | Uint8Array, size = 11): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  for await (const part of connector.read(chunks(typeof text === "string" ? Buffer.from(text) : text, size), options)) parts.push(part);
  return parts;
}
const read = (text: string | Uint8Array) => readWith(jsonConnector, text);
const readLines = (text: string | Uint8Array) => readWith(ndjsonConnector, text);

const event = { type: "permit", id: "P-1", revision: 1, amount: "10.00", lines: [{ lineNo: 1, description: 'a "quoted": text \\ é' }] };

describe("JSON: the shapes of a message", () => {
  const cloud = { specversion: "1.0", id: "x", type: "com.tms.permit", source: "/tms", data: event };
  test.each([
    ["one event", event, [""]],
    ["a list", [event, event], ["/0", "/1"]],
    ["a list in an object", { events: [event] }, ["/events/0"]],
    ["a CloudEvent", cloud, ["/data"]],
    ["a batch of CloudEvents", [cloud, cloud], ["/0/data", "/1/data"]],
    ["an empty list", [], []],
  ])("%s", async (_, body, places) => {
    expect(await read(`\uFEFF \n${JSON.stringify(body, null, 1)}\r\n`)).toEqual(places.map((place) => ({ event: { place, raw: event } })));
  });

  test.each([
    ["printable ASCII", `{"id":"a b~"}`, true],
    ["an escape", `{"id":"a\\n"}`, false],
    ["DEL", `{"id":"a\u007f"}`, false],
    ["a letter beyond ASCII", `{"id":"é"}`, false],
  ])("with %s is told plain or not", async (_, text, isPlain) => {
    const [part] = await read(text);
    expect("event" in part! && part.event.isPlain === true).toBe(isPlain);
  });

  test("a name that stands twice is found however its colons stand", async () => {
    for (const text of [`{"a":":","a":":b"}`, `{"a" :"x","a":1}`, `{"a":":","b":{"c":1,"c" : ":"}}`]) {
      const [part] = await read(text);
      expect("unreadable" in part! && part.unreadable.finding.code).toBe("json_duplicate_key");
    }
    const [sound] = await read(`{"a":":","b" : [":x",{"c":":"}]}`);
    expect(sound).toMatchObject({ event: { raw: { a: ":", b: [":x", { c: ":" }] } } });
  });

  test("what is no object is reported at its place", async () => {
    const parts = await read(JSON.stringify([event, 5, null, { ...cloud, data: undefined, data_base64: "e30=" }]));
    expect(parts.map((part) => ("event" in part ? part.event.place : part.unreadable.finding.code))).toEqual([
      "/0",
      "event_unreadable",
      "event_unreadable",
      "event_unreadable",
    ]);
  });

  test("numbers stay numbers: the event reader decides about them", async () => {
    expect(await read('{"total":0.30000000000000004,"odometer":-0,"x":1e-7}')).toEqual([
      { event: { place: "", raw: { total: 0.30000000000000004, odometer: -0, x: 1e-7 }, isPlain: true } },
    ]);
  });
});

describe("JSON: what cannot be told apart", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  test.each([
    ["a key twice", '{"total":"1.00","total":"2.00"}', "json_duplicate_key", "/total", /"total"/],
    [
      "a key twice in a line",
      '{"lines":[{"amount":"1"},{"amount":"1","a":1,"amount":"9"}]}',
      "json_duplicate_key",
      "/lines/1/amount",
      /\/1\/lines\/1\/amount/,
    ],
    ["a key twice, once escaped", '{"total":"1.00","\\u0074otal":"2.00"}', "json_duplicate_key", "/total", /"total"/],
    ["__proto__", '{"__proto__":{"admin":true}}', "json_key_forbidden", "/__proto__", /__proto__/],
    ["constructor", '{"dims":{"constructor":{"prototype":1}}}', "json_key_forbidden", "/dims/constructor", /constructor/],
    ["1e400", '{"total":1e400}', "json_number_imprecise", "/total", /1e400/],
    ["beyond 2^53", '{"revision":9007199254740993}', "json_number_imprecise", "/revision", /9007199254740993/],
    ["half a surrogate pair", '{"memo":"\\ud800"}', "json_text_invalid", "/memo", /surrogate/],
    ["NUL", '{"memo":"a\\u0000b"}', "json_text_invalid", "/memo", /NUL/],
    ["65 levels", `{"memo":${deep(65)}}`, "json_too_deep", expect.stringMatching(/^\/memo\/0/), /64 levels/],
    ["100,000 levels", `{"memo":${deep(100_000)}}`, "json_too_deep", expect.stringMatching(/^\/memo\/0/), /64 levels/],
  ])("%s: the event is unreadable, its neighbours are taken", async (...[, bad, code, field, message]) => {
    const parts = await read(`[{"id":"a"},${bad},{"id":"c"}]`);
    expect(parts[0]).toEqual({ event: { place: "/0", raw: { id: "a" } } });
    expect(parts[1]).toMatchObject({
      unreadable: { place: "/1", finding: { code, field, severity: "block", message: expect.stringMatching(message) } },
    });
    expect(parts[2]).toEqual({ event: { place: "/2", raw: { id: "c" } } });
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  test("ambiguity outside the events refuses the message", async () => {
    await expect(read('{"events":[{"id":"a"}],"events":[{"id":"b"}]}')).rejects.toMatchObject({
      code: "body_malformed",
      details: { pointer: "/events" },
    });
  });

  test("a duplicate key is found wherever it stands, and nothing else is", async () => {
    // Odd values are findings of their own.
    const odd = /__proto__|constructor|prototype|\\u0000|\\ud[89a-f]|(?<![\d.])\d{16,}(?![\d.e])/i;
    const blank = fc.constantFrom("", "", " ", "\n", "\t", "\r\n");
    const colons = fc.constantFrom("text", ":", ":a", " :", "a:b", "::");
    const json = fc.json({ maxDepth: 5 }).filter((text) => !odd.test(text));
    await fc.assert(
      fc.asyncProperty(json, fc.boolean(), blank, blank, colons, async (value, isTwice, before, other, text) => {
        const twice = isTwice ? `"k"${other}:"${text}",` : "";
        const body = `{"x"${other}:${value},"${text}":"${text}","y"${before}:{${twice}"k"${before}:${value}}}`;
        const [part] = await read(body);
        expect("unreadable" in part!).toBe(isTwice);
      }),
      { numRuns: 500 },
    );
  });
});

describe("JSON: a body that is none", () => {
  test.each([
    ["", 1, 1],
    ['{\n  "a": 1,\n  "b" 2\n}', 3, 7],
    ['[{"a":NaN}]', 1, 7],
    ["[1,2", 1, 5],
    ['{"a":1,}', 1, 8],
    ['{"a":"x', 1, 6],
    ['{"a":"\\x"}', 1, 7],
    ['{"a":"line\nbreak"}', 1, 11],
    ["[01]", 1, 3],
    ["{'a':1}", 1, 2],
    ["[1] [2]", 1, 5],
    ["[truely]", 1, 2],
    ["[1}", 1, 3],
    ["5", 1, 1],
  ])("%j breaks at line %i, column %i", async (text, line, column) => {
    await expect(read(text)).rejects.toMatchObject({ code: "body_malformed", details: { line: String(line), column: String(column) } });
  });

  test("whatever JSON.parse refuses is refused with a place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:\\0ne \u0001'), async (json, at, char) => {
        const offset = at % (json.length + 1);
        const text = `[${json.slice(0, offset)}${char}${json.slice(offset)}]`;
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (isJson) await read(text);
        else await expect(read(text)).rejects.toMatchObject({ code: "body_malformed", details: { line: "1" } });
      }),
    );
  });

  test("bytes that are no UTF-8 are named by line; UTF-16 is named", async () => {
    await expect(read(Buffer.concat([Buffer.from('[\n{"a":"'), Buffer.from([0xe9]), Buffer.from('"}]')]))).rejects.toMatchObject({
      details: { line: "2" },
    });
    await expect(read(Buffer.from("\uFEFF[]", "utf16le"))).rejects.toMatchObject({ message: expect.stringMatching(/UTF-16/) });
  });
});

describe("NDJSON", () => {
  test("a bad line is reported by number, the others are taken, blank lines and CRLF do not matter", async () => {
    const parts = await readLines(
      '\uFEFF{"id":"1"}\r\n\r\n{"id":\n{"id":"4","id":"5"}\nnull\n{"specversion":"1.0","data":{"id":"6"}}\n[{"id":"7"}]',
    );
    expect(
      parts.map((part) => ("event" in part ? [part.event.place, part.event.raw] : [part.unreadable.place, part.unreadable.finding.code])),
    ).toEqual([
      ["line 1", { id: "1" }],
      ["line 3", "line_unreadable"],
      ["line 4", "json_duplicate_key"],
      ["line 5", "line_unreadable"],
      ["line 6 /data", { id: "6" }],
      ["line 7 /0", { id: "7" }],
    ]);
    expect(parts[1]).toMatchObject({ unreadable: { finding: { message: expect.stringMatching(/Line 3 .*column 7/) } } });
  });

  test("a line of two mebibytes and a line in Latin-1 cost only themselves", async () => {
    const long = `{"memo":"${"x".repeat(2 * 1024 * 1024)}"}`;
    const body = Buffer.concat([Buffer.from(`{"id":"1"}\n${long}\n{"memo":"`), Buffer.from([0xe9]), Buffer.from('"}\n{"id":"4"}\n')]);
    const parts = await readWith(ndjsonConnector, body, 60_000);
    expect(parts.map((part) => ("event" in part ? part.event.raw : part.unreadable.place))).toEqual([
      { id: "1" },
      "line 2",
      "line 3",
      { id: "4" },
    ]);
  });

  test("an empty file holds no events", async () => {
    expect(await readLines("")).toEqual([]);
  });
});
