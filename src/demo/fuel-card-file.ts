import type { EventLine, FuelTransaction } from "../core/events.ts";
import { cents, decimal, priced, sumOf, usd } from "./amounts.ts";

const columns =
  "Card #,Tran Date,Tran Time,Invoice,Unit,Driver ID,Terminal,Division,Odometer,Location Name,City,State/ Prov,Fees,Item,Unit Price,Disc PPU,Disc Cost,Qty,Disc Amt,Disc Type,Amt,DB,Currency";
const items: Readonly<Record<string, string>> = {
  ULSD: "ULSD",
  REEFER: "RFR",
  DEF: "DEFD",
  CASH: "CADV",
  SCALE: "SCLE",
  PARKING: "PARK",
  OIL: "OIL",
};

/** The month's tickets as the card company's transaction report: a row a product, a block of totals a card, grand totals. */
export function fuelCardFile(tickets: readonly FuelTransaction[]): string {
  const cards = [...Map.groupBy(tickets, ({ card }) => card?.last4 ?? "")].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const groups = cards.flatMap(([last4, own], index) => {
    const rows = own.flatMap((ticket) => ticket.lines.map((line, position) => row(ticket, line, position === 0)));
    return [...rows, "", `Group ${index + 1}: *${last4}`, ...totals(own), ""];
  });
  return `${[columns, ...groups, "GRAND TOTALS", ...totals(tickets)].join("\r\n")}\r\n`;
}

function row(ticket: FuelTransaction, line: EventLine, isFirst: boolean): string {
  const { dims, location } = ticket;
  const price = line.unitPrice ?? "0.000";
  const quantity = line.quantity?.value ?? "1.00";
  // What the carrier's contract takes off the pump price, in tenths of a cent: 20 to 55 cents, different by ticket.
  const discount = line.unitPrice === undefined ? 0 : 200 + (Number(ticket.number) % 351);
  const retail = Number(price.replace(".", "")) + discount;
  const cells = [
    `*${ticket.card?.last4 ?? ""}`,
    ticket.date,
    ticket.occurredAt?.slice(11, 16) ?? "",
    ticket.number ?? "",
    dims.tractor ?? "",
    dims.driver ?? "",
    dims.terminal ?? "",
    dims.division ?? "",
    ticket.odometer ?? "",
    location?.name ?? "",
    location?.city ?? "",
    location?.region ?? "",
    isFirst ? ticket.fees : "0.00",
    itemOf(line),
    decimal(retail, 3),
    price,
    decimal(discount, 3),
    quantity,
    usd(priced(quantity, decimal(discount, 3))),
    discount === 0 ? "ND" : "RM",
    line.amount,
    "N",
    `${ticket.currency}/Gallons`,
  ];
  return cells.join(",");
}

function itemOf({ product, code }: EventLine): string {
  return items[product ?? ""] ?? code ?? "";
}

function totals(tickets: readonly FuelTransaction[]): string[] {
  const byItem = Map.groupBy(
    tickets.flatMap(({ lines }) => lines),
    itemOf,
  );
  const products = [...byItem]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([item, lines]) => {
      const quantity = sumOf(lines, (line) => cents(line.quantity?.value ?? "1.00"));
      const amount = sumOf(lines, (line) => cents(line.amount));
      return `${item},${usd(amount)},${usd(quantity)},${decimal(Number((amount * 1000n) / quantity), 3)}`;
    });
  const fees = sumOf(tickets, (ticket) => cents(ticket.fees));
  return [
    ",Amount,Quantity,Avg PPU",
    ...products,
    `Fees,${usd(fees)},,`,
    `Totals,${usd(sumOf(tickets, (ticket) => cents(ticket.netTotal)))},,`,
  ];
}
