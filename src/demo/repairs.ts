import type { EventLine, MaintenanceOrder, MiscellaneousExpense } from "../core/events.ts";
import { cents, currency, share, sumOf, usd } from "./amounts.ts";
import { addDays, type MonthCalendar } from "./dates.ts";
import { createRandom, type Random } from "./random.ts";
import { entity, type Roster, unitDims, unknownTerminal } from "./roster.ts";

type Shop = MaintenanceOrder["shop"]["kind"];
const shops: readonly { readonly kind: Shop; readonly id: string; readonly name: string; readonly weight: number }[] = [
  { kind: "internal", id: "SHOP-DAL", name: "Ironwood Shop Dallas", weight: 24 },
  { kind: "dealer", id: "RUSHDAL", name: "Metro Truck Center Dallas", weight: 22 },
  { kind: "vendor", id: "MIDWTR", name: "Midwest Trailer Repair", weight: 24 },
  { kind: "tire", id: "SOUTHT", name: "Southern Tire Service", weight: 18 },
  { kind: "roadside", id: "RESCUE", name: "Rescue Road Service", weight: 12 },
];
const works = [
  { vmrs: "000-001-000", text: "Preventive maintenance B", repairType: "scheduledPM", weight: 26 },
  { vmrs: "013-001-023", text: "Brake shoes and drums", repairType: "unscheduled", weight: 16 },
  { vmrs: "017-001-012", text: "Drive tires", repairType: "unscheduled", weight: 18 },
  { vmrs: "034-001-004", text: "Lights and wiring", repairType: "unscheduled", weight: 12 },
  { vmrs: "042-002-015", text: "Water pump and coolant", repairType: "breakdown", weight: 8 },
  { vmrs: "043-003-009", text: "After-treatment", repairType: "breakdown", weight: 10 },
  { vmrs: "082-002-001", text: "Reefer unit", repairType: "unscheduled", weight: 6 },
  { vmrs: "071-001-002", text: "Trailer doors and floor", repairType: "unscheduled", weight: 8 },
] as const;
const ordersPerTruckTenths = 24;

/** Repair orders of company tractors and of trailers: most small, one engine overhaul, one corrected, two from the closed month. */
export function createRepairs(roster: Roster, calendar: MonthCalendar, seed: number): MaintenanceOrder[] {
  const random = createRandom(seed, `repairs ${calendar.month}`);
  const count = Math.round((roster.units.length * ordersPerTruckTenths) / 10);
  const orders = Array.from({ length: count }, (_, index) =>
    createOrder(roster, { random, index, date: random.pick(calendar.businessDays) }),
  );
  for (const [index, order] of orders.slice(0, 2).entries()) {
    order.date = addDays(calendar.days[0]!, -1 - index);
    if (order.dueDate !== undefined) order.dueDate = addDays(order.date, 30);
  }
  const misplaced = orders[30];
  if (misplaced !== undefined) misplaced.dims = { ...misplaced.dims, terminal: unknownTerminal };
  const corrected = orders.slice(44, 45).map((order): MaintenanceOrder => {
    const lines = [...order.lines, { lineNo: order.lines.length + 1, kind: "discount", description: "Fleet discount", amount: "-25.00" }];
    return { ...order, revision: 2, lines, total: usd(cents(order.total) - cents("25.00")) };
  });
  return [...orders, ...corrected];
}

function createOrder(roster: Roster, { random, index, date }: { random: Random; index: number; date: string }): MaintenanceOrder {
  const isOverhaul = index === 60;
  const isTrailer = !isOverhaul && random.chance(340);
  const unit = random.pick(roster.units.filter(({ isOwnerOperator }) => !isOwnerOperator));
  const trailer = random.pick(roster.trailers);
  const fits = works.filter(({ vmrs }) => (isTrailer ? !/^04/.test(vmrs) : !/^0[78]/.test(vmrs)));
  const work = random.weighted(
    fits,
    fits.map(({ weight }) => weight),
  );
  const shop = isOverhaul
    ? shops[1]!
    : random.weighted(
        shops,
        shops.map(({ weight }) => weight),
      );
  const number = String(58_201 + index);
  const lines = isOverhaul ? overhaul() : workLines({ random, shop: shop.kind, work });
  const vendorInvoice =
    shop.kind === "internal" ? {} : { vendorInvoiceNumber: `${shop.id.slice(0, 2)}${random.between(100_000, 999_999)}` };
  return {
    type: "maintenance_order",
    id: `RO-${number}`,
    revision: 1,
    number,
    date,
    ...(shop.kind === "internal" ? {} : { terms: "NET30", dueDate: addDays(date, 30) }),
    currency,
    dims: isTrailer
      ? { entity, terminal: random.pick(["DAL", "DAL", "CHI", "ATL"]), division: "OTR-VAN", trailer: trailer.unitNo }
      : unitDims(unit, unit.drivers[0]!),
    vendor: { id: shop.id, name: shop.name },
    ...vendorInvoice,
    shop: { kind: shop.kind, name: shop.name },
    asset: isTrailer
      ? { kind: /^082/.test(work.vmrs) ? "reefer" : "trailer", unitNo: trailer.unitNo }
      : { kind: "tractor", unitNo: unit.unitNo },
    repairType: isOverhaul ? "unscheduled" : work.repairType,
    ...(isOverhaul ? { capitalize: true } : {}),
    lines,
    total: usd(sumOf(lines, ({ amount }) => cents(amount))),
  };
}

function workLines(at: { random: Random; shop: Shop; work: (typeof works)[number] }): EventLine[] {
  const { random, shop, work } = at;
  const total = BigInt(random.quantile([6000, 11_000, 18_000, 26_000, 36_000, 52_000, 90_000, 260_000]));
  const isTire = /^017/.test(work.vmrs);
  const parts = share(total, BigInt(random.between(40, 70)), 100n);
  const halfHours = random.between(1, 9);
  const hours = `${Math.floor(halfHours / 2)}.${halfHours % 2 === 0 ? "0" : "5"}`;
  const lines: Omit<EventLine, "lineNo">[] = [
    { kind: isTire ? "tire" : "part", vmrs: work.vmrs, description: work.text, amount: usd(parts) },
    {
      kind: "labor",
      vmrs: work.vmrs,
      description: `Labor ${hours} h`,
      quantity: { value: hours, uom: "hr" },
      unitPrice: "120.00",
      amount: usd(BigInt(halfHours) * 6000n),
    },
  ];
  if (random.chance(500)) lines.push({ kind: "supply", description: "Shop supplies", amount: usd(share(parts, 6n, 100n)) });
  if (shop === "roadside") lines.push({ kind: "outside", vmrs: work.vmrs, description: "Service call", amount: "165.00" });
  if (shop !== "internal")
    lines.push({ kind: "tax", vmrs: work.vmrs, description: "Sales tax 8.25 %", amount: usd(share(parts, 825n, 10_000n)) });
  return lines.map((line, index) => ({ lineNo: index + 1, ...line }));
}

function overhaul(): EventLine[] {
  return [
    { lineNo: 1, kind: "part", vmrs: "045-001-001", description: "In-frame overhaul kit", amount: "15240.00" },
    {
      lineNo: 2,
      kind: "labor",
      vmrs: "045-001-001",
      description: "Labor 78.0 h",
      quantity: { value: "78.0", uom: "hr" },
      unitPrice: "148.00",
      amount: "11544.00",
    },
    { lineNo: 3, kind: "tax", vmrs: "045-001-001", description: "Sales tax 8.25 %", amount: "1257.30" },
  ];
}

const receipts = [
  { id: "CAT", name: "Scale House Network", code: "FSCALE", text: "Certified scale", weight: 34, range: [1325, 1500] },
  { id: "BLUEB", name: "Blue Bay Truck Wash", code: "FWASH", text: "Tractor and trailer wash", weight: 20, range: [6500, 14_500] },
  { id: "MOTEL", name: "Roadway Inn", code: "EXTRAV", text: "Lodging, breakdown", weight: 12, range: [6900, 15_900] },
  { id: "OFFICE", name: "Central Office Supply", code: "EXOFFC", text: "Paper and toner", weight: 16, range: [1800, 26_000] },
  { id: "TELE", name: "Lonestar Telecom", code: "EXPHON", text: "Mobile data", weight: 10, range: [4500, 98_000] },
  { id: "SOFT", name: "Routewise Software", code: "EXSOFT", text: "Subscription", weight: 8, range: [4900, 129_000] },
  { id: "DINER", name: "Junction Diner", code: "EXMEAL", text: "Driver meeting", weight: 14, range: [1900, 21_000] },
  { id: "JOBS", name: "Driver Job Board", code: "EXRECR", text: "Advertisement", weight: 8, range: [15_000, 60_000] },
  { id: "POWER", name: "Trinity Power & Water", code: "EXUTIL", text: "Yard electricity", weight: 6, range: [9000, 140_000] },
] as const;

/** Receipts on the company card, three a truck; one voided, one terminal unknown, two codes nobody mapped. */
export function createExpenses(roster: Roster, calendar: MonthCalendar, seed: number): MiscellaneousExpense[] {
  const random = createRandom(seed, `expenses ${calendar.month}`);
  const expenses = Array.from({ length: roster.units.length * 3 }, (_, index): MiscellaneousExpense => {
    const receipt = random.weighted(
      receipts,
      receipts.map(({ weight }) => weight),
    );
    const isOnRoad = receipt.code.startsWith("F") || receipt.code === "EXTRAV";
    const unit = random.pick(roster.units.filter(({ isOwnerOperator }) => !isOwnerOperator));
    const amount = usd(BigInt(random.between(receipt.range[0], receipt.range[1])));
    const code = index % 75 === 33 ? "EXGIFT" : receipt.code;
    const place = isOnRoad ? unitDims(unit, unit.drivers[0]!) : { entity, terminal: random.pick(["DAL", "CHI", "ATL"]) };
    return {
      type: "miscellaneous_expense",
      id: `RC-${90_001 + index}`,
      revision: 1,
      date: random.pick(calendar.days),
      currency,
      memo: receipt.text,
      dims: index === 50 ? { ...place, terminal: unknownTerminal } : place,
      vendor: { id: receipt.id, name: receipt.name },
      lines: [{ lineNo: 1, code, description: receipt.text, amount }],
      total: amount,
    };
  });
  const voided = expenses.slice(12, 13).map((expense): MiscellaneousExpense => ({ ...expense, revision: 2, status: "void" }));
  return [...expenses, ...voided];
}
