import type { CustomerInvoice, EventLine } from "../core/events.ts";
import { cents } from "./amounts.ts";

const scac = "IWFL";
const receiver = "LEDGERLANE";
/** X12 special charge codes for our revenue codes; what has none goes out as ZZZ. */
const charges: Readonly<Record<string, string>> = {
  LH: "400",
  LHOO: "400",
  LHDED: "400",
  FSC: "405",
  DETU: "DTU",
  DETL: "DTL",
  LUM: "UNL",
  STOP: "SOC",
  LAY: "LAY",
  TOLLR: "IHT",
  TARP: "TAR",
  DISC: "DSC",
  TONU: "VOR",
};
/** Codes a reader gets back from the charge code alone; the others travel in L5-03 as the sender's own code. */
const ownCodes: ReadonlySet<string> = new Set(["LHOO", "LHDED"]);
const units: Readonly<Record<string, readonly [billedAs: string, rate: string]>> = {
  mi: ["DM", "PM"],
  hr: ["HR", "PR"],
  stop: ["ST", "SP"],
};
const trailerTypes: Readonly<Record<string, string>> = { VAN: "TF", REEFER: "RT", FLATBED: "FT" };

type Segment = readonly string[];

/** The month's freight invoices as one X12 210 interchange (004010), a functional group a day. */
export function ediFile(invoices: readonly CustomerInvoice[]): string {
  const days = [...Map.groupBy(invoices, ({ date }) => date)];
  const first = compact(days[0]?.[0] ?? "2000-01-01");
  const isa = [
    "ISA",
    "00",
    " ".repeat(10),
    "00",
    " ".repeat(10),
    "02",
    scac.padEnd(15),
    "ZZ",
    receiver.padEnd(15),
    first.slice(2),
    "0600",
    "U",
    "00401",
    "000000001",
    "0",
    "P",
    ">",
  ];
  const groups = days.flatMap(([date, own], index) => {
    const control = String(index + 1);
    const sets = own.flatMap((invoice, position) => setOf(invoice, String(position + 1).padStart(4, "0")));
    return [["GS", "IM", scac, receiver, compact(date), "0600", control, "X", "004010"], ...sets, ["GE", String(own.length), control]];
  });
  return [isa, ...groups, ["IEA", String(days.length), "000000001"]].map(write).join("");
}

function setOf(invoice: CustomerInvoice, control: string): Segment[] {
  const body = [
    ...header(invoice),
    ...parties(invoice),
    ...equipment(invoice),
    ...invoice.lines.flatMap(charge),
    ["L3", "", "", "", "", implied(invoice.total)],
  ];
  return [["ST", "210", control], ...body, ["SE", String(body.length + 2), control]];
}

function header(invoice: CustomerInvoice): Segment[] {
  const { dims, number, date, serviceDate, terms, dueDate, revision } = invoice;
  const load = invoice.loads?.[0];
  const qualifier = invoice.status === "void" ? "V" : invoice.invoiceType === "supplemental" ? "R" : "B";
  const correction = invoice.status !== "void" && revision > 1 ? "CO" : "";
  const references: [qualifier: string, value: string | undefined, text?: string][] = [
    ["BM", load?.bol],
    ["PO", load?.poNumber],
    ["CN", load?.pro],
    ["LO", load?.loadNo],
    ["TT", dims.terminal],
    ["19", dims.division],
    ["QY", dims.serviceLine],
    ["ZZ", dims.driver, "DRIVER"],
    ["V0", revision > 1 ? String(revision) : undefined],
  ];
  const b3 = [
    "B3",
    qualifier,
    number,
    load?.bol ?? "",
    "TP",
    "",
    compact(date),
    implied(invoice.total),
    correction,
    compact(serviceDate ?? date),
    "035",
    scac,
  ];
  const days = terms?.slice(3) ?? "";
  return [
    b3,
    ["C3", invoice.currency],
    ["ITD", "01", "3", "", "", "", compact(dueDate ?? date), days],
    ...references.flatMap(([kind, value, text]) =>
      value === undefined ? [] : [["N9", kind, value, ...(text === undefined ? [] : [text])]],
    ),
    ["G62", "35", compact(serviceDate ?? date)],
    ["R3", scac, "B", "", "J"],
  ];
}

function parties({ customer, loads }: CustomerInvoice): Segment[] {
  const load = loads?.[0];
  const place = (at: { city?: string; region?: string; country?: string } | undefined): Segment[] =>
    at === undefined ? [] : [["N4", at.city ?? "", at.region ?? "", "", at.country ?? ""]];
  return [
    ["N1", "BT", customer.name, "93", customer.id],
    ["N1", "SH", `${customer.name} ${load?.origin?.city ?? ""}`],
    ...place(load?.origin),
    ["N1", "CN", `${customer.name} ${load?.destination?.city ?? ""}`],
    ...place(load?.destination),
    ["N1", "RI", "Ironwood Freight Lines", "2", scac],
  ];
}

function equipment({ dims }: CustomerInvoice): Segment[] {
  const unit = (number: string, type: string): Segment => ["N7", "", number, "", "", "", "", "", "", "", "", type];
  const trailer = dims.trailer === undefined ? [] : [unit(dims.trailer, trailerTypes[dims.equipmentType ?? ""] ?? "TL")];
  return dims.tractor === undefined ? trailer : [unit(dims.tractor, "TR"), ...trailer];
}

function charge({ lineNo, code = "", description = "", quantity, unitPrice, amount }: EventLine): Segment[] {
  const number = String(lineNo);
  const special = charges[code] ?? "ZZZ";
  const own = ownCodes.has(code) || special === "ZZZ" ? [code, "Z"] : [];
  const [billedAs, rate] = units[quantity?.uom ?? ""] ?? ["FR", "FR"];
  const price = quantity === undefined ? amount.replace("-", "") : (unitPrice ?? "");
  return [
    ["LX", number],
    ["L5", number, description, ...own],
    ...(quantity === undefined ? [] : [["L0", number, quantity.value, billedAs]]),
    ["L1", number, price, rate, implied(amount), "", "", "", special, "", "", "", description],
  ];
}

/** N2: cents without a point. */
function implied(amount: string): string {
  return String(cents(amount));
}

function compact(date: string): string {
  return date.replaceAll("-", "");
}

function write(segment: Segment): string {
  const clean = segment.map((element) => (segment[0] === "ISA" ? element : element.replace(/[*~>]/g, " ")));
  let length = clean.length;
  while (length > 1 && clean[length - 1] === "") length -= 1;
  return `${clean.slice(0, length).join("*")}~\n`;
}
