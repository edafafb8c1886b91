// What the tests of this folder read.
import type { CustomerInvoice } from "../../../core/events.ts";
import type { ReadOptions, ReadPart } from "../connector.ts";
import { edi210Connector } from "./connector.ts";

const options: ReadOptions = { dims: { entity: "01" }, currency: "USD", timeZone: "America/Chicago", ownerOperatorUnits: new Set() };

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

export async function read(text: string, with_: Partial<ReadOptions> = {}, size = 17): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  for await (const part of edi210Connector.read(chunks(Buffer.from(text), size), { ...options, ...with_ })) parts.push(part);
  return parts;
}

export const events = (parts: readonly ReadPart[]) => parts.flatMap((part) => ("event" in part ? [part.event.raw as CustomerInvoice] : []));
export const findings = (parts: readonly ReadPart[]) => parts.flatMap((part) => ("unreadable" in part ? [part.unreadable.finding] : []));
export const problems = (parts: readonly ReadPart[]) =>
  parts.flatMap((part) =>
    "unreadable" in part ? [`${part.unreadable.place} ${part.unreadable.finding.code} ${part.unreadable.finding.severity}`] : [],
  );

export const isa = "ISA*00*          *00*          *02*IWFL           *ZZ*SHIPPERCO      *261013*0915*U*00401*000004711*0*P*>~";
export const body = [
  "B3**104233*SBX88213*TP*L*20261013*278522**20261012*035*IWFL*20261011~",
  "C3*USD~",
  "ITD*01*3*****30~",
  "N9*BM*SBX88213~",
  "N9*PO*4500918273~",
  "N9*CN*7740912~",
  "N9*LO*L-0047~",
  "N9*TT*CHI~",
  "N9*19*OTR-VAN~",
  "N9*QY*OTR~",
  "N9*ZZ*D-77*DRIVER~",
  "N9*SI*998~",
  "G62*86*20261011~",
  "G62*35*20261012~",
  "R3*IWFL*B**J~",
  "N1*BT*HALCYON FREIGHT AP*93*C-102~",
  "N3*PO BOX 4410~",
  "N4*CHICAGO*IL*60680*US~",
  "N1*SH*HALCYON PLANT 12*93*P12~",
  "N4*JOLIET*IL*60433*US~",
  "N1*CN*BORDER DC 4*93*DC4~",
  "N4*LAREDO*TX*78045*US~",
  "N7**T-1042*********TR~",
  "N7**53218*********TF~",
  "LX*1~",
  "L5*1*AUTO PARTS FAK~",
  "L0*1*842*DM*41280*G***22*PLT**L~",
  "L1*1*2.45*PM*206290****400****LINEHAUL~",
  "LX*2~",
  "L1*2*.46*PM*38732****405****FUEL SURCHARGE~",
  "LX*3~",
  "L0*3*2.5*HR~",
  "L1*3*60*PR*15000****DTU****DETENTION~",
  "LX*4~",
  "L5*4*LUMPER RECEIPT 55671~",
  "L1*4*185*FR*18500****UNL****LUMPER~",
  "L3*41280*G***278522******22*L~",
];
export const set = (segments: readonly string[], control = "0001") =>
  `ST*210*${control}~\n${segments.join("\n")}\nSE*${segments.length + 2}*${control}~\n`;
export const group = (...sets: string[]) => `GS*IM*IWFL*SHIPPERCO*20261013*0915*4711*X*004010~\n${sets.join("")}GE*${sets.length}*4711~\n`;
export const file = (...sets: string[]) => `${isa}\n${group(...sets)}IEA*1*000004711~\n`;
export const plain = file(set(body));
export const changed = (from: string, to: string) =>
  file(set(body.map((segment) => (segment.startsWith(from) ? to : segment)).filter((segment) => segment !== "")));

export const invoice: CustomerInvoice = {
  type: "customer_invoice",
  id: "104233",
  revision: 1,
  number: "104233",
  date: "2026-10-13",
  serviceDate: "2026-10-12",
  dueDate: "2026-11-12",
  terms: "NET30",
  currency: "USD",
  dims: {
    entity: "01",
    terminal: "CHI",
    division: "OTR-VAN",
    serviceLine: "OTR",
    equipmentType: "VAN",
    tractor: "T-1042",
    trailer: "53218",
    driver: "D-77",
    customer: "C-102",
    load: "L-0047",
    lane: "IL>TX",
  },
  refs: [{ qualifier: "SI", value: "998" }],
  invoiceType: "standard",
  customer: { id: "C-102", name: "HALCYON FREIGHT AP" },
  loads: [
    {
      loadNo: "L-0047",
      pro: "7740912",
      bol: "SBX88213",
      poNumber: "4500918273",
      origin: { city: "JOLIET", region: "IL", country: "US" },
      destination: { city: "LAREDO", region: "TX", country: "US" },
      billedMiles: "842",
    },
  ],
  lines: [
    { lineNo: 1, code: "LH", description: "AUTO PARTS FAK", quantity: { value: "842", uom: "mi" }, unitPrice: "2.45", amount: "2062.90" },
    { lineNo: 2, code: "FSC", description: "FUEL SURCHARGE", amount: "387.32" },
    { lineNo: 3, code: "DETU", description: "DETENTION", quantity: { value: "2.5", uom: "hr" }, unitPrice: "60", amount: "150.00" },
    { lineNo: 4, code: "LUM", description: "LUMPER RECEIPT 55671", amount: "185.00" },
  ],
  total: "2785.22",
};
