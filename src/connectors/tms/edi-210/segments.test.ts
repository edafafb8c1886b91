import { describe, expect, test } from "vitest";
import { body, events, file, findings, invoice, isa, plain, problems, read, set } from "./sample-210.ts";

describe("envelopes that do not hold", () => {
  const second = set(
    body.map((segment) => segment.replace("104233", "104234")),
    "0002",
  );

  test.each([
    ["SE of another set", set(body).replace(/SE\*39\*0001/, "SE*39*0009"), /ends in SE 0009 at segment 41/],
    ["no SE", set(body).replace(/SE.*\n/, ""), /has no SE/],
    ["no B3", set(body.slice(1)), /no B3/],
    ["no charges", set(body.filter((segment) => !segment.startsWith("L1"))), /no L1/],
    ["a date that is none", set(body).replace("*L*20261013", "*L*20261332"), /B3-06.*20261332.*segment 4/],
    ["an amount that is none", set(body).replace("PM*206290", "PM*2O6290"), /L1-04 is "2O6290".*segment 31/],
    ["no number", set(body).replace("B3**104233", "B3**"), /B3-02/],
  ])("%s: that set is left out, the next is taken", async (_, broken, message) => {
    const parts = await read(file(broken, second));
    expect(events(parts).map(({ number }) => number)).toEqual(["104234"]);
    const [finding] = findings(parts);
    expect(finding).toMatchObject({ code: "edi_set_unreadable", severity: "block", message: expect.stringMatching(message) });
    expect(parts.find((part) => "unreadable" in part)).toMatchObject({ unreadable: { place: "segment 3" } });
  });

  test.each([250, 400, 700, 950])("a file cut off after %i characters yields no invoice and says so", async (length) => {
    const parts = await read(plain.slice(0, length));
    expect(events(parts)).toEqual([]);
    expect(problems(parts).length).toBeGreaterThan(1);
    expect(problems(parts).every((problem) => /block|hold/.test(problem))).toBe(true);
  });

  test("cut off behind a whole set: the set is taken, a person is told", async () => {
    const parts = await read(plain.slice(0, plain.indexOf("GE*")));
    expect(events(parts)).toEqual([invoice]);
    expect(problems(parts)).toEqual(["segment 2 edi_envelope hold", "segment 1 edi_envelope hold"]);
  });

  test.each([
    ["GE of another group", plain.replace("GE*1*4711", "GE*1*4712"), /GE at segment 42 closes 4712, but 4711 is open/],
    ["GE with another count", plain.replace("GE*1*", "GE*2*"), /GE at segment 42 counts 2, there are 1/],
    ["IEA of another interchange", plain.replace("IEA*1*000004711", "IEA*1*000004712"), /IEA at segment 43/],
  ])("%s", async (_, text, message) => {
    const parts = await read(text);
    expect(events(parts)).toHaveLength(1);
    expect(findings(parts)).toEqual([
      expect.objectContaining({ code: "edi_envelope", severity: "hold", message: expect.stringMatching(message) }),
    ]);
  });

  test("a test interchange is never booked", async () => {
    const parts = await read(plain.replace("*P*>", "*T*>"));
    expect(events(parts)).toEqual([]);
    expect(findings(parts)[0]!.message).toMatch(/ISA15 is T/);
  });

  test("segments outside any set are named", async () => {
    expect(problems(await read(plain.replace("GE*1", "N9*BM*1~\nGE*1")))).toEqual(["segment 42 edi_envelope block"]);
  });
});

describe("files that are no interchange", () => {
  test.each([
    ["nothing", "", /empty/],
    ["half an ISA", plain.slice(0, 100), /no ISA/],
    ["a letter", "Dear customer, please find attached", /no ISA/],
    ["an ISA with a letter as separator", plain.replaceAll("*", "x"), /element separator/],
    ["something behind the end", `${plain}UNB+UNOA`, /no ISA|after the end/],
    ["a segment without end", `${isa}${"x".repeat(200_000)}`, /no end/],
  ])("%s", async (_, text, message) => {
    await expect(read(text, {}, 60_000)).rejects.toMatchObject({
      code: "file_malformed",
      message: expect.stringMatching(message),
      details: { segment: expect.any(String) },
    });
  });
});
