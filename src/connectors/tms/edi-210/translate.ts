import type { CarrierBill, CustomerInvoice, Dims, EventBase, EventLine } from "../../../core/events.ts";
import type { ReadOptions } from "../connector.ts";
import { defaultDims } from "../part.ts";
import { type Amount, amountText, readAmount, reconcile, type Totals } from "./amounts.ts";
import { carrierCode, revenueCode, trailerTypes, uomOf } from "./codes.ts";
import type { ChargeSegments, FreightBill, NamedPlace } from "./freight-bill.ts";

/** A set as an event, or the reason why it is none; remarks are about readings that were not plain. */
export type Translated =
  | { readonly event: CustomerInvoice | CarrierBill; readonly remarks: readonly string[] }
  | { readonly problem: string; readonly segment: number };

/** Translates one 210. Carriers who are us make it a customer invoice, others a carrier's bill. */
export function translate(bill: FreightBill, options: ReadOptions): Translated {
  const { header } = bill;
  if (header === null) return { problem: "the set has no B3 segment", segment: 0 };
  if (header.at(2) === "") return { problem: "B3-02, the invoice number, is empty", segment: header.number };
  const date = dateOf(header.at(6));
  if (date === null) return { problem: `B3-06, the billing date, is "${header.at(6)}", not CCYYMMDD`, segment: header.number };
  if (bill.charges.length === 0) return { problem: "the set has no L1 charge", segment: header.number };
  const remarks: string[] = [];
  const charges: Amount[] = [];
  for (const { charge } of bill.charges) {
    const amount = readAmount(charge.at(4)) ?? (charge.at(4) === "" ? readAmount(charge.at(5)) : null);
    if (amount === null) return { problem: `L1-04 is "${charge.at(4)}", not an amount`, segment: charge.number };
    if (charge.at(4) === "") remarks.push(`L1-04 of segment ${charge.number} is empty; the amount stands one element later`);
    charges.push(amount);
  }
  const totals = reconcile(charges, billedAmount(bill, remarks), bill.summary === null ? null : readAmount(bill.summary.at(5)));
  const isOurs = isOurInvoice(header.at(11), options);
  const lines = bill.charges.map((charge, index) => toLine(charge, { index, amount: charges[index]!.hundredths * totals.scale, isOurs }));
  const base = baseOf(bill, { date, options });
  const whole = { bill, base, lines: withLoads(lines, base.dims.load), totals };
  return { event: isOurs ? toInvoice(whole) : toCarrierBill(whole), remarks: [...remarks, ...totals.remarks] };
}

interface Whole {
  readonly bill: FreightBill;
  readonly base: Omit<EventBase, "type" | "id"> & { number: string };
  readonly lines: EventLine[];
  readonly totals: Totals;
}

/** A broker gets 210s; a carrier keeps copies of its own. With its SCAC known, each bill tells by itself. */
function isOurInvoice(scac: string, options: ReadOptions): boolean {
  if (options.dims["role"] === "broker") return false;
  const own = options.dims["scac"];
  return own === undefined || own === "" || scac === "" || scac.toUpperCase() === own.toUpperCase();
}

/** B3-07; one element later where the sender left one out. */
function billedAmount({ header }: FreightBill, remarks: string[]): Amount | null {
  const plain = readAmount(header!.at(7));
  if (plain !== null || header!.at(7) !== "") return plain;
  const shifted = readAmount(header!.at(8));
  if (shifted !== null) remarks.push("B3-07 is empty; the amount stands one element later");
  return shifted;
}

function toLine(segments: ChargeSegments, { index, amount, isOurs }: { index: number; amount: bigint; isOurs: boolean }): EventLine {
  const { charge, description, ownCode, quantity, billedAs, load } = segments;
  const rateQualifier = charge.at(3).toUpperCase();
  const text = description || charge.at(12);
  const known = { code: charge.at(8), rateQualifier, text, isNegative: amount < 0n, isFirst: index === 0 };
  const code = ownCode || revenueCode(known);
  const line: EventLine = { lineNo: index + 1, code: isOurs || ownCode !== "" ? code : carrierCode(code), amount: amountText(amount) };
  if (text !== "") line.description = text;
  const uom = uomOf(billedAs, rateQualifier);
  const value = decimalOf(quantity);
  const rate = decimalOf(charge.at(2));
  if (value !== null && uom !== null) line.quantity = { value, uom };
  if (line.quantity !== undefined && rate !== null) line.unitPrice = rate;
  if (load !== "") line.loadNo = load;
  return line;
}

/** Loads named in lines of a consolidated bill; a line of the bill's own load needs no word about it. */
function withLoads(lines: EventLine[], own: string | undefined): EventLine[] {
  return lines.map(({ loadNo, ...line }) => (loadNo === undefined || loadNo === own ? line : { ...line, loadNo, dims: { load: loadNo } }));
}

function reference({ references }: FreightBill, ...qualifiers: string[]): string {
  for (const qualifier of qualifiers) {
    const found = references.find((one) => one.qualifier === qualifier);
    if (found !== undefined) return found.value;
  }
  return "";
}

/** References that have a field of their own; the others are kept as refs. */
const consumed: ReadonlySet<string> = new Set(["BM", "CN", "PO", "LO", "19", "DP", "TT", "QY", "V0", "EQ", "BT"]);
const ownTexts = { DRIVER: "driver", TRACTOR: "tractor", TRAILER: "trailer", TRIP: "trip", AGENT: "agent", PROJECT: "project" } as const;

function isOwnText(text: string): text is keyof typeof ownTexts {
  return Object.hasOwn(ownTexts, text);
}

function baseOf(bill: FreightBill, { date, options }: { date: string; options: ReadOptions }): Whole["base"] {
  const header = bill.header!;
  const delivered = dateOf(bill.dates.get("35") ?? "") ?? (header.at(10) === "035" ? dateOf(header.at(9)) : null);
  const isVoid = header.at(1).toUpperCase() === "V" || header.at(8) === "CA";
  const refs = bill.references
    .filter(({ qualifier, text }) => !consumed.has(qualifier) && !(qualifier === "ZZ" && isOwnText(text.toUpperCase())))
    .map(({ qualifier, value }) => ({ qualifier, value }));
  return {
    revision: revisionOf(bill, isVoid),
    number: header.at(2),
    date,
    ...(delivered === null ? {} : { serviceDate: delivered }),
    ...termsOf(bill, date),
    currency: bill.currency || options.currency,
    ...(isVoid ? { status: "void" as const } : {}),
    dims: dimsOf(bill, options),
    ...(refs.length === 0 ? {} : { refs }),
  };
}

/** Senders without a version of their own: a correction supersedes the bill, and a void supersedes both. */
function revisionOf(bill: FreightBill, isVoid: boolean): number {
  const version = reference(bill, "V0");
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version);
  if (isVoid) return 3;
  return bill.header!.at(8) === "CO" || bill.header!.at(8) === "RB" ? 2 : 1;
}

function termsOf({ terms }: FreightBill, date: string): { dueDate?: string; terms?: string } {
  if (terms === null) return {};
  const days = terms.at(7);
  const due = dateOf(terms.at(6));
  if (!/^\d{1,3}$/.test(days)) return due === null ? {} : { dueDate: due };
  const dueDate = due ?? new Date(Date.parse(`${date}T00:00:00Z`) + Number(days) * 86_400_000).toISOString().slice(0, 10);
  return { dueDate, terms: Number(days) === 0 ? "DUE_ON_RECEIPT" : `NET${Number(days)}` };
}

function dimsOf(bill: FreightBill, options: ReadOptions): Dims {
  const dims = defaultDims(options);
  const put = (name: Exclude<keyof Dims, "custom">, value: string): void => {
    if (value !== "") dims[name] = value;
  };
  put("terminal", reference(bill, "TT"));
  put("division", reference(bill, "19", "DP"));
  put("serviceLine", reference(bill, "QY"));
  put("load", reference(bill, "LO"));
  put("trailer", reference(bill, "EQ"));
  for (const unit of bill.equipment) {
    const type = unit.at(11).toUpperCase();
    put(type === "TR" ? "tractor" : "trailer", unit.at(2));
    put("equipmentType", trailerTypes[type] ?? "");
  }
  for (const { qualifier, value, text } of bill.references) {
    const name = text.toUpperCase();
    if (qualifier === "ZZ" && isOwnText(name)) put(ownTexts[name], value);
  }
  const origin = originOf(bill);
  const destination = destinationOf(bill);
  if (origin !== undefined && destination !== undefined) put("lane", `${origin.region}>${destination.region}`);
  return dims;
}

const originOf = ({ parties }: FreightBill): NamedPlace | undefined => withCity(parties.get("SH") ?? parties.get("SF"));
const destinationOf = ({ parties }: FreightBill): NamedPlace | undefined => withCity(parties.get("CN") ?? parties.get("ST"));

function withCity(place: NamedPlace | undefined): NamedPlace | undefined {
  return place === undefined || place.city === "" || place.region === "" ? undefined : place;
}

function toInvoice({ bill, base, lines, totals }: Whole): CustomerInvoice {
  const qualifier = bill.header!.at(1).toUpperCase();
  const payer = bill.parties.get("BT") ?? bill.parties.get("PF") ?? bill.parties.get("PR");
  const named = bill.references.find((one) => one.qualifier === "BT");
  const customer = payer ?? (named === undefined ? undefined : { id: named.value, name: named.text || named.value });
  const isTonu = lines.every(({ code }) => code === "TONU");
  const invoiceType = qualifier === "R" ? "supplemental" : qualifier === "C" ? "consolidated" : isTonu ? "tonu" : "standard";
  const loads = loadsOf(bill, lines);
  return {
    type: "customer_invoice",
    id: base.number,
    ...base,
    dims: { ...base.dims, ...(customer === undefined ? {} : { customer: customer.id }) },
    invoiceType,
    // Without a payer the event reader reports the missing customer.
    ...(customer === undefined
      ? ({} as { customer: CustomerInvoice["customer"] })
      : { customer: { id: customer.id, name: customer.name } }),
    ...(loads.length === 0 ? {} : { loads }),
    lines,
    total: amountText(totals.total),
  };
}

function loadsOf(bill: FreightBill, lines: readonly EventLine[]): NonNullable<CustomerInvoice["loads"]> {
  const [pro, bol, poNumber] = [reference(bill, "CN"), reference(bill, "BM"), reference(bill, "PO")];
  const own = reference(bill, "LO") || bol || bill.header!.at(3) || pro;
  const others = [...new Set(lines.flatMap(({ loadNo }) => (loadNo === undefined ? [] : [loadNo])))];
  if (own === "") return others.map((loadNo) => ({ loadNo }));
  const place = (found: NamedPlace) => ({ city: found.city, region: found.region, country: found.country });
  const origin = originOf(bill);
  const destination = destinationOf(bill);
  const miles = lines.find(({ quantity, loadNo }) => quantity?.uom === "mi" && loadNo === undefined)?.quantity?.value;
  const first = {
    loadNo: own,
    ...(pro === "" ? {} : { pro }),
    ...(bol === "" ? {} : { bol }),
    ...(poNumber === "" ? {} : { poNumber }),
    ...(origin === undefined ? {} : { origin: place(origin) }),
    ...(destination === undefined ? {} : { destination: place(destination) }),
    ...(miles === undefined ? {} : { billedMiles: miles }),
  };
  return [first, ...others.map((loadNo) => ({ loadNo }))];
}

function toCarrierBill({ bill, base, lines, totals }: Whole): CarrierBill {
  const scac = bill.header!.at(11).toUpperCase() || bill.parties.get("CA")?.id || "";
  const remit = bill.parties.get("RI") ?? bill.parties.get("RE");
  const isFactor = remit !== undefined && remit.id !== scac;
  const name = bill.parties.get("CA")?.name ?? (isFactor ? undefined : remit?.name) ?? scac;
  return {
    type: "carrier_bill",
    id: `${scac}-${base.number}`,
    ...base,
    dims: { serviceLine: "BROKERAGE", ...base.dims, carrier: scac },
    vendor: { id: scac, name },
    ...(isFactor ? { remitTo: { id: remit.id, name: remit.name } } : {}),
    loadNo: reference(bill, "LO", "BM", "CN") || bill.header!.at(3),
    lines,
    netPayable: amountText(totals.total),
  };
}

/** CCYYMMDD, or YYMMDD of versions before 004010. */
function dateOf(text: string): string | null {
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return null;
  const date = `${match[1]!.padStart(4, "20")}-${match[2]}-${match[3]}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(date) ? null : date;
}

/** An R element: `.46` is 0.46. Null when it is no number. */
function decimalOf(text: string): string | null {
  const match = /^(-?)0*(\d*)(\.\d+)?$/.exec(text);
  if (match === null || text === "" || text === "-") return null;
  return `${match[1]}${match[2] || "0"}${match[3] ?? ""}`;
}
