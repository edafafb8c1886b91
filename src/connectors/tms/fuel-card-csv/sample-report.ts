// What the tests of this folder read.
import type { FuelTransaction } from "../../../core/events.ts";
import type { ReadOptions, ReadPart } from "../connector.ts";
import { fuelCardConnector } from "./connector.ts";

export const options: ReadOptions = {
  dims: { entity: "01" },
  currency: "USD",
  timeZone: "America/Chicago",
  ownerOperatorUnits: new Set(["2231"]),
};

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

export async function read(text: string | Uint8Array, size = 13): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for await (const part of fuelCardConnector.read(chunks(bytes, size), options)) parts.push(part);
  return parts;
}

export const events = (parts: readonly ReadPart[]) => parts.flatMap((part) => ("event" in part ? [part.event.raw as FuelTransaction] : []));
export const problems = (parts: readonly ReadPart[]) =>
  parts.flatMap((part) =>
    "unreadable" in part ? [[part.unreadable.place, part.unreadable.finding.code, part.unreadable.finding.severity]] : [],
  );
export const messages = (parts: readonly ReadPart[]) =>
  parts.flatMap((part) => ("unreadable" in part ? [part.unreadable.finding.message] : []));

export const efsHeader =
  "Card #,Tran Date,Tran Time,Invoice,Unit,Driver Name,Odometer,Location Name,City,State/ Prov,Fees,Item,Unit Price,Disc PPU,Disc Cost,Qty,Disc Amt,Disc Type,Amt,DB,Currency";
export const efsRows = [
  "*5512,2026-10-05,04:22,40117,1042,MEYER K,318223,PILOT 214,TULSA,OK,1.75,ULSD,3.899,3.659,0.240,100.00,24.00,RM,365.90,N,USD/Gallons",
  "*5512,2026-10-05,04:22,40117,1042,MEYER K,318223,PILOT 214,TULSA,OK,0.00,DEFD,3.699,3.499,0.200,5.00,1.00,RM,17.50,N,USD/Gallons",
  "*5512,2026-10-05,04:22,40117,1042,MEYER K,318223,PILOT 214,TULSA,OK,0.00,CADV,0.000,0.000,0.000,1.00,0.00,ND,40.00,N,USD/Gallons",
];
const efsTail = [
  "Group 1: *5512",
  ",Amount,Quantity,Avg PPU",
  "CADV,40.00,1.00,40.000",
  "DEFD,17.50,5.00,3.499",
  "ULSD,365.90,100.00,3.659",
  "Fees,1.75,,",
  "Totals,425.15,,",
];
export const efs = [
  efsHeader,
  ...efsRows,
  "",
  ...efsTail,
  "",
  "GRAND TOTALS",
  ",Amount,Quantity,Avg PPU",
  "ULSD,365.90,100.00,3.659",
  "Totals,425.15,,",
].join("\n");

export const ticket: FuelTransaction = {
  type: "fuel_transaction",
  id: "5512-20261005-0422-40117",
  revision: 1,
  number: "40117",
  date: "2026-10-05",
  occurredAt: "2026-10-05T04:22:00-05:00",
  currency: "USD",
  dims: { entity: "01", tractor: "1042" },
  provider: "EFS",
  fundedBy: "company",
  vendor: { id: "PILOT", name: "Pilot Travel Centers" },
  location: { name: "PILOT 214", city: "TULSA", region: "OK", country: "US" },
  card: { last4: "5512" },
  odometer: "318223",
  lines: [
    { lineNo: 1, code: "FULSD", product: "ULSD", quantity: { value: "100.00", uom: "gal" }, unitPrice: "3.659", amount: "365.90" },
    { lineNo: 2, code: "FDEF", product: "DEF", quantity: { value: "5.00", uom: "gal" }, unitPrice: "3.499", amount: "17.50" },
    { lineNo: 3, code: "FCASH", product: "CASH", quantity: { value: "1.00", uom: "ea" }, amount: "40.00" },
  ],
  fees: "1.75",
  discount: "0.00",
  invoiceTotal: "423.40",
  netTotal: "425.15",
};
