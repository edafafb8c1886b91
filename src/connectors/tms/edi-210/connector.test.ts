import { describe, expect, test } from "vitest";
import type { CarrierBill } from "../../../core/events.ts";
import { readEvent } from "../../../core/events/read.ts";
import { body, changed, events, file, findings, group, invoice, isa, plain, problems, read, set } from "./sample-210.ts";

test("a 210 of our own becomes a customer invoice", async () => {
  expect(await read(plain)).toEqual([{ event: { place: "segment 3", raw: invoice } }]);
  expect(readEvent(invoice).findings).toEqual([]);
});

describe("who is billed by whom", () => {
  const bill: Partial<CarrierBill> = {
    type: "carrier_bill",
    id: "IWFL-104233",
    number: "104233",
    vendor: { id: "IWFL", name: "Ironwood" },
    loadNo: "L-0047",
    netPayable: "2785.22",
  };
  const withRemit = (remit: string) => file(set([...body.slice(0, 15), remit, ...body.slice(15)]));

  test("a broker gets carriers' bills", async () => {
    const [raw] = events(await read(withRemit("N1*RI*Ironwood*2*IWFL~"), { dims: { role: "broker", entity: "01" } }));
    expect(raw).toMatchObject(bill);
    expect(raw).not.toHaveProperty("remitTo");
    expect(raw!.dims).not.toHaveProperty("role");
    expect(raw!.lines.map(({ code }) => code)).toEqual(["PTLH", "PTFSC", "PTDET", "PTLUM"]);
    expect(readEvent(raw).findings).toEqual([]);
  });

  test("with our SCAC known, another's bill is a carrier's, and a factor is paid instead", async () => {
    expect(events(await read(plain, { dims: { scac: "iwfl" } }))[0]!.type).toBe("customer_invoice");
    const [raw] = events(await read(withRemit("N1*RE*Capstone*93*F-1~"), { dims: { scac: "OTHR" } }));
    expect(raw).toMatchObject({ type: "carrier_bill", vendor: { id: "IWFL" }, remitTo: { id: "F-1", name: "Capstone" } });
  });
});

describe("what senders do differently", () => {
  const delimited = (element: string, terminator: string) => plain.replaceAll("*", element).replaceAll("~", terminator);
  const noBreaks = plain.replaceAll("\n", "");
  test.each([
    ["no line ends", noBreaks],
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["a byte order mark and blank lines", `\uFEFF\n\n${plain}\n  \n`],
    ["| as terminator", delimited("*", "|")],
    ["line ends as terminator", plain.replaceAll("~\n", "\n")],
    ["CRLF as terminator", plain.replaceAll("~\n", "\r\n")],
    ["^ between elements, ' behind segments", delimited("^", "'")],
    ["GS IN", plain.replace("GS*IM", "GS*IN")],
    ["ISA without its padding", plain.replace(/ISA\*00\* +\*00\* +\*02\*IWFL +\*ZZ\*SHIPPERCO +\*/, "ISA*00**00**02*IWFL*ZZ*SHIPPERCO*")],
    ["an older version", plain.replace("004010", "003040").replace("00401*", "00304*")],
    ["no terminator at the very end", plain.trimEnd().slice(0, -1)],
    ["L11 instead of N9", plain.replaceAll(/N9\*(BM|PO|CN|LO)\*([^~]+)~/g, "L11*$2*$1~")],
    ["literal amounts", plain.replaceAll("278522", "2785.22").replace("206290", "2062.9").replace("38732", "387.32")],
    ["no L3", changed("L3", "")],
    ["no C3", changed("C3", "")],
  ])("%s", async (_, text) => {
    const parts = await read(text);
    expect(findings(parts).map(({ message }) => message)).toEqual([]);
    expect(events(parts)).toEqual([invoice]);
  });

  test("several sets, groups and interchanges, each with its own delimiters", async () => {
    const two = `${isa}\n${group(
      set(body),
      set(
        body.map((segment) => segment.replace("104233", "104234")),
        "0002",
      ),
    )}${group(set(body.map((s) => s.replace("104233", "104235"))))}IEA*2*000004711~\n`;
    const text = two + delimited(">", "|").replaceAll("104233", "104236");
    expect(events(await read(text)).map(({ number }) => number)).toEqual(["104233", "104234", "104235", "104236"]);
    expect(problems(await read(text))).toEqual([]);
  });

  test("other sets are passed over with a remark, a wrong SE count too", async () => {
    const other = "ST*214*0002~\nB10*1*2*IWFL~\nSE*3*0002~\n";
    const parts = await read(`${isa}\n${group(set(body).replace("SE*39", "SE*40"), other)}IEA*1*000004711~`);
    expect(events(parts)).toEqual([invoice]);
    expect(problems(parts)).toEqual(["segment 41 edi_envelope warn", "segment 42 edi_envelope warn"]);
  });

  test("a corrected bill supersedes, a void cancels, a supplement is one, N9 V0 says the version", async () => {
    const header = body[0]!;
    const variant = async (b3: string, extra = "") => events(await read(changed("B3", b3 + extra)))[0]!;
    expect(await variant(header.replace("278522**", "278522*CO*"))).toMatchObject({ revision: 2 });
    expect(await variant(header.replace("278522**", "278522*RB*"))).toMatchObject({ revision: 2 });
    expect(await variant(header.replace("B3**", "B3*V*"))).toMatchObject({ revision: 3, status: "void" });
    expect(await variant(header.replace("278522**", "278522*CA*"))).toMatchObject({ status: "void" });
    expect(await variant(header.replace("B3**", "B3*R*"))).toMatchObject({ invoiceType: "supplemental", revision: 1 });
    expect(await variant(header.replace("B3**", "B3*V*"), "\nN9*V0*5~")).toMatchObject({ revision: 5, status: "void" });
  });

  test("charges without a code, with a vague one and with one nobody knows", async () => {
    const line = (code: string, text: string, amount = "100") => `LX*1~\nL1*1**FR*${amount}****${code}****${text}~`;
    const lines = [
      line("", "FREIGHT"),
      line("", ""),
      line("ZZZ", "TOLL I-44"),
      line("MSG", "SOMETHING"),
      line("UND", "DRIVER ASSIST"),
      line("XQ7", "SPECIAL"),
      line("", "", "-50"),
      "LX*7~\nL5*7*Expedite*XPED7*Z~\nL1*7**FR*1****ZZZ~",
    ];
    const [raw] = events(await read(file(set([...body.slice(0, 24), ...lines]))));
    expect(raw!.lines.map(({ code }) => code)).toEqual(["LH", "MISCR", "TOLLR", "MISCR", "UNLC", "XQ7", "DISC", "XPED7"]);
    expect(raw!.lines[6]!.amount).toBe("-0.50");
  });

  test("a consolidated bill names the load of a line; a parcel bill's inner names are not the payer's", async () => {
    const lines = ["LX*1~", "N9*LO*L-1~", "L1*1**FR*100****400~", "LX*2~", "N9*LO*L-2~", "N1*BT*SOMEBODY*93*X~", "L1*2**FR*200****400~"];
    const [raw] = events(
      await read(file(set([body[0]!.replace("B3**", "B3*C*").replace("278522", "300"), ...body.slice(15, 18), ...lines]))),
    );
    expect(raw).toMatchObject({
      invoiceType: "consolidated",
      customer: { id: "C-102" },
      loads: [{ loadNo: "SBX88213" }, { loadNo: "L-1" }, { loadNo: "L-2" }],
    });
    expect(raw!.lines.map(({ loadNo, dims }) => [loadNo, dims])).toEqual([
      ["L-1", { load: "L-1" }],
      ["L-2", { load: "L-2" }],
    ]);
  });

  test("the payer may come as a reference only", async () => {
    const [raw] = events(await read(changed("N1*BT", "N9*BT*C-9*NINE INC~")));
    expect(raw!.customer).toEqual({ id: "C-9", name: "NINE INC" });
    const [nobody] = events(await read(changed("N1*BT", "")));
    expect(readEvent(nobody).findings.map(({ field }) => field)).toContain("/customer");
  });
});

describe("implied cents or not", () => {
  test("a total in whole dollars is recognized by its charges, with a remark", async () => {
    const whole = body
      .filter((segment) => !segment.startsWith("L3"))
      .map((segment) => segment.replace("278522", "2785").replace("38732", "38710"));
    const parts = await read(file(set(whole)));
    expect(events(parts)[0]!.total).toBe("2785.00");
    expect(problems(parts)).toEqual(["segment 3 edi_amount_remark warn"]);
  });

  test("charges in whole dollars are recognized by the total", async () => {
    const whole = body.filter((segment) => !/^L[135]/.test(segment)).map((segment) => segment.replace("278522", "250000"));
    const parts = await read(file(set([...whole, "L1*1**FR*2500****400~"])));
    expect(events(parts)[0]).toMatchObject({ total: "2500.00", lines: [{ amount: "2500.00" }] });
    expect(problems(parts)).toEqual(["segment 3 edi_amount_remark warn"]);
  });

  test("amounts one element late are taken with a remark", async () => {
    const late = plain
      .replace("20261013*278522**20261012*035*IWFL*20261011", "20261013**278522*20261012*035*IWFL")
      .replace("PM*206290****400", "PM**206290***400");
    const parts = await read(late);
    expect(events(parts)[0]).toMatchObject({ total: "2785.22", lines: invoice.lines });
    expect(problems(parts)).toHaveLength(2);
  });

  test("totals that disagree stay as they are: the event's own check refuses them", async () => {
    const parts = await read(plain.replace("20261013*278522", "20261013*278523"));
    expect(events(parts)[0]!.total).toBe("2785.23");
    expect(findings(parts)[0]!.message).toMatch(/L3-05 says 2785.22, B3-07 says 2785.23/);
    expect(readEvent(events(parts)[0]).findings.map(({ code }) => code)).toEqual(["total_wrong"]);
  });
});

test("NUL and bytes beyond ASCII in names do no harm", async () => {
  const [raw] = events(await read(plain.replace("HALCYON FREIGHT AP", "HALCYON\u0000 AP")));
  expect(readEvent(raw).findings.map(({ code }) => code)).toEqual(["text_invalid"]);
});
