import { describe, expect, test } from "vitest";
import type { ReadOptions, ReadPart } from "../connector.ts";
import { xmlConnector } from "./connector.ts";

const options: ReadOptions = { dims: {}, currency: "USD", timeZone: "UTC", ownerOperatorUnits: new Set() };

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function read(text: string, size = 7): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  for await (const part of xmlConnector.read(chunks(text, size), options)) parts.push(part);
  return parts;
}

async function raws(text: string): Promise<unknown[]> {
  return (await read(text)).map((part) => ("event" in part ? part.event.raw : part.unreadable.finding.message));
}

describe("the shapes a sender may choose", () => {
  const wanted = { type: "fuel_transaction", id: "9", revision: 1, dims: {}, lines: [{ lineNo: 1, amount: "5.00" }], total: "5.00" };

  test("a single event, with fields as elements or attributes, in a namespace, with comments and CDATA", async () => {
    const plain = `<?xml version="1.0"?><event><type>fuel_transaction</type><id>9</id><revision>1</revision><dims/>
      <lines><line><lineNo>1</lineNo><amount>5.00</amount></line></lines><total>5.00</total></event>`;
    const terse = `<!-- nightly --><t:event xmlns:t="urn:x" type="fuel_transaction" id="9" revision="1" total="5.00"><t:dims/>
      <t:lines><t:line lineNo="1"><t:amount><![CDATA[5.00]]></t:amount></t:line></t:lines></t:event>`;
    expect(await raws(plain)).toEqual([wanted]);
    expect(await raws(terse)).toEqual([wanted]);
    expect((await read(plain)).map((part) => "event" in part && part.event.place)).toEqual([""]);
  });

  test("places are those of the JSON list", async () => {
    const parts = await read(`<events><event id="1"/><event id="2"/></events>`);
    expect(parts.map((part) => "event" in part && part.event.place)).toEqual(["/events/0", "/events/1"]);
    expect(await read("<events/>")).toEqual([]);
  });

  test("a number that is none stays a text, for the event reader to name", async () => {
    expect(await raws(`<event revision="one" prePaid="yes"><lines><line lineNo="01"/></lines></event>`)).toEqual([
      { revision: "one", prePaid: "yes", lines: [{ lineNo: "01" }] },
    ]);
  });

  test("fields that are texts in dims and custom keep their text", async () => {
    const xml = `<event><dims customer="C-1"><custom revision="1"><entry key="cost center">7</entry></custom></dims></event>`;
    expect(await raws(xml)).toEqual([{ dims: { customer: "C-1", custom: { revision: "1", "cost center": "7" } } }]);
  });
});

describe("one bad event leaves the others", () => {
  test.each([
    ["a field twice", `<event id="1"><total>1.00</total><total>2.00</total></event>`, "xml_twice", /"total" stands twice.*line 2/],
    ["an attribute and an element of one name", `<event total="1.00"><total>1.00</total></event>`, "xml_twice", /"total"/],
    ["text between fields", `<event>paid<total>1.00</total></event>`, "xml_shape", /mixes/],
    ["a stranger in a list", `<event><lines><ref/></lines></event>`, "xml_shape", /only <line>/],
    ["a prototype key", `<event><__proto__><x>1</x></__proto__></event>`, "xml_name", /__proto__/],
    ["constructor as an attribute", `<event constructor="1"/>`, "xml_name", /constructor/],
    ["elements in a text", `<event><dims><load><a>1</a></load></dims></event>`, "xml_shape", /where a text/],
  ])("%s", async (_, bad, code, message) => {
    const parts = await read(`<events>\n${bad}\n<event id="good"/></events>`);
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatchObject({
      unreadable: { place: "/events/0", finding: { code, severity: "block", message: expect.stringMatching(message) } },
    });
    expect(parts[1]).toEqual({ event: { place: "/events/1", raw: { id: "good" } } });
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("what is refused whole, with line and column", () => {
  const bomb = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><events><event id="&c;"/></events>`;
  const many = Array.from({ length: 200_000 }, (_, index) => ` a${index}="1"`).join("");
  test.each([
    ["an entity bomb", bomb, /DOCTYPE/],
    ["an external entity", `<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><event id="&x;"/>`, /DOCTYPE/],
    ["a parameter entity", `<!DOCTYPE e SYSTEM "http://127.0.0.1:1/x.dtd"><event/>`, /DOCTYPE/],
    ["an entity nobody declared", `<event><id>&pay;</id></event>`, /entity/],
    ["nesting 200,000 deep", "<event>".repeat(200_000), /deeper than 32/],
    ["200,000 attributes", `<event${many}/>`, /more than 64 attributes/],
    ["an attribute twice", `<event id="1" id="2"/>`, /duplicate attribute/],
    ["a foreign root", `<invoice/>`, /root element/],
    ["a stranger in the list", `<events><invoice/></events>`, /only <event>/],
    ["text between events", `<events><event/>x</events>`, /between the events/],
    ["an end that is missing", `<events><event id="1">`, /unclosed/],
    ["an end that does not match", `<events><event></events>`, /unexpected close|unmatched/],
    ["NUL", `<event><id>\u0000</id></event>`, /disallowed character/],
    ["half a surrogate pair", `<event><id>&#xD800;</id></event>`, /malformed character entity/],
    ["another encoding", `<?xml version="1.0" encoding="UTF-7"?><event/>`, /UTF-7/],
    ["nothing", "", /root element/],
  ])("%s", async (_, xml, message) => {
    await expect(read(xml, 60_000)).rejects.toMatchObject({
      name: "Fault",
      code: "body_malformed",
      message: expect.stringMatching(message),
      details: { line: expect.stringMatching(/^\d+$/), column: expect.stringMatching(/^\d+$/) },
    });
  });

  test("bytes that are no UTF-8, and UTF-16", async () => {
    const readBytes = async (bytes: number[]) => {
      for await (const part of xmlConnector.read(
        (async function* () {
          yield Uint8Array.from(bytes);
        })(),
        options,
      ))
        void part;
    };
    await expect(readBytes([...Buffer.from("<event><id>"), 0xe9, 0x20])).rejects.toMatchObject({ code: "body_malformed" });
    await expect(readBytes([0xff, 0xfe, 0x3c, 0])).rejects.toMatchObject({ message: expect.stringMatching(/UTF-16/) });
  });

  test("an event without end, and a tag without end, stop at the size limit", async () => {
    const endless = async function* (head: string) {
      yield Buffer.from(head);
      for (let index = 0; index < 200; index += 1) yield Buffer.alloc(65_536, 0x61);
    };
    const drain = async (head: string) => {
      for await (const part of xmlConnector.read(endless(head), options)) void part;
    };
    await expect(drain("<event><id>")).rejects.toMatchObject({ code: "body_malformed" });
    await expect(drain('<event id="')).rejects.toMatchObject({ code: "body_malformed" });
    await expect(drain("<!--")).rejects.toMatchObject({ code: "body_malformed" });
  });
});

test("events before a break are given out before the fault", async () => {
  const parts: ReadPart[] = [];
  const reading = (async () => {
    for await (const part of xmlConnector.read(chunks(`<events><event id="1"/><event id="2"></oops>`, 24), options)) parts.push(part);
  })();
  await expect(reading).rejects.toMatchObject({ code: "body_malformed" });
  expect(parts).toHaveLength(1);
});
