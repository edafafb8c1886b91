import { describe, expect, test } from "vitest";
import { childrenOf, field, parseXml, tag, textIn } from "./xml.ts";

describe("what is read", () => {
  const many = Array.from({ length: 100 }, (_, index) => ` a${index}="1"`).join("");
  test.each([
    ["an entity bomb", `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><response>&b;</response>`],
    ["an external entity", `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><response>&x;</response>`],
    ["an entity that nobody declared", "<response>&pay;</response>"],
    ["a document type alone", "<!DOCTYPE response><response/>"],
    ["elements nested without end", "<a>".repeat(10_000)],
    ["many attributes", `<response${many}/>`],
    ["half an answer", "<response><control>"],
    ["a page of a proxy", "<html><head><meta charset='utf-8'></head><body>Error</body></html>"],
    ["nothing", ""],
  ])("%s is refused", (_, text) => {
    expect(() => parseXml(text)).toThrowError(expect.objectContaining({ code: "body_malformed" }));
  });

  test("one child and many are the same kind of thing, in any case; empty means nothing", () => {
    const root = parseXml("<data><APBILL><RECORDNO>1</RECORDNO><STATE/></APBILL></data>");
    expect(childrenOf(root, "apbill")).toHaveLength(1);
    expect(textIn(root, "apbill", "recordno")).toBe("1");
    expect(textIn(root, "apbill", "state")).toBe("");
    expect(textIn(root, "apbill", "missing")).toBe("");
    expect(childrenOf(parseXml("<data><apbill/><apbill/></data>"), "APBILL")).toHaveLength(2);
  });

  test("names of their dotted fields and escaped texts come through", () => {
    expect(textIn(parseXml("<r><JOURNAL.SYMBOL>G&amp;J</JOURNAL.SYMBOL></r>"), "JOURNAL.SYMBOL")).toBe("G&J");
  });
});

describe("what is written", () => {
  test("texts are escaped and freed of what XML cannot hold", () => {
    const written = field("NAME", `Müller & Söhne <"A'B">\u0000\u0007 \uD83D🚚]]>`);
    expect(written).toBe(`<NAME>Müller &amp; Söhne &lt;"A'B"&gt; 🚚]]&gt;</NAME>`);
    expect(textIn(parseXml(`<r>${written}</r>`), "NAME")).toBe(`Müller & Söhne <"A'B"> 🚚]]>`);
  });

  test("no name of a field can bring markup in", () => {
    for (const name of ["A><B", "A B", "", "1A", "x:y"]) expect(() => tag(name, { text: "1" })).toThrowError(/cannot be the name/);
    expect(tag("get_list", [], { object: `sup"doc<` })).toBe(`<get_list object="sup&quot;doc&lt;"></get_list>`);
    expect(field("A", undefined)).toBe("");
  });
});
