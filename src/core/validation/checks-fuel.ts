import type { Decimal } from "../money.ts";
import { type Asked, asksFor, type Check, checkOf, type EventIn, threshold } from "./check.ts";
import { decimalOf, inGallons, isAbove, isBelow, isGallons, isLitres, magnitude, showDecimal, sumOf, zero } from "./figures.ts";

type Fuel = EventIn<"fuel_transaction">;
type FuelLine = Fuel["lines"][number];

const diesel = new Set(["ULSD", "DSL1", "DSL2", "BIO"]);
const reefer = new Set(["REEFER", "DYED"]);
const burned = (product: string): boolean => diesel.has(product) || reefer.has(product) || product === "UNLEADED";
/** Products that go by their code where the source names no product. */
const productOfCode: Readonly<Record<string, string>> = { FULSD: "ULSD", FBULK: "ULSD", FREEF: "REEFER", FDEF: "DEF", FCASH: "CASH" };

/** What was bought on a line, in the words of docs/events.md; empty when nobody says. */
function productOf(line: FuelLine): string {
  return line.product || productOfCode[line.code ?? ""] || "";
}

/** Gallons of a ticket that went into tanks of the unit that pulls. */
export function tractorGallons(event: Fuel): Decimal {
  return sumOf(event.lines.map((line) => (diesel.has(productOf(line)) && line.quantity ? inGallons(line.quantity) : null) ?? zero));
}

/** Where it was bought, as a country of two letters; null when the event does not say. */
function countryOf({ location }: Fuel): "US" | "CA" | null {
  const country = location?.country?.toUpperCase();
  return country === "US" || country === "USA" ? "US" : country === "CA" || country === "CAN" ? "CA" : null;
}

function overTank(event: Fuel, { decimal, say }: Asked): void {
  event.lines.forEach((line, index) => {
    const product = productOf(line);
    const tank = diesel.has(product) ? "tractor" : reefer.has(product) ? "reefer" : product === "DEF" ? "def" : null;
    const gallons = line.quantity ? inGallons(line.quantity) : null;
    if (tank === null || gallons === null || !isAbove(gallons, decimal(tank)) || isAbove(gallons, decimal("impossible"))) return;
    const message = `${showDecimal(gallons)} gal of ${product}; a ${tank === "def" ? "DEF" : tank} tank holds ${showDecimal(decimal(tank))}`;
    say({ field: `/lines/${index}/quantity`, message, about: unitOf(event) });
  });
}

function unusualPrice(event: Fuel, { decimal, say }: Asked): void {
  event.lines.forEach((line, index) => {
    const { quantity, unitPrice } = line;
    if (!quantity || !unitPrice || !burned(productOf(line))) return;
    const unit = isGallons(quantity.uom) ? "Gallon" : isLitres(quantity.uom) ? "Litre" : null;
    if (unit === null) return;
    const price = decimalOf(unitPrice);
    const [least, most] = [decimal(`least${unit}`), decimal(`most${unit}`)];
    if (!isBelow(price, least) && !isAbove(price, most)) return;
    const range = `${showDecimal(least)} to ${showDecimal(most)}`;
    say({
      field: `/lines/${index}/unitPrice`,
      message: `${unitPrice} a ${unit.toLowerCase()} of ${productOf(line)}; usual is ${range}`,
      about: event.vendor.id,
    });
  });
}

/** Cards for fuel are by unit: that is what somebody looks at. */
function unitOf({ dims, id }: Fuel): string {
  return dims.tractor || dims.trailer || dims.driver || id;
}

/** Fuel tickets: what does not fit into the tank, the price or the vehicle. */
export const fuelChecks: readonly Check[] = [
  checkOf({
    code: "fuel_over_tank",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [
      threshold("tractor", "300", "gal", "What the tanks of a tractor hold"),
      threshold("reefer", "60", "gal", "What the tank of a reefer holds"),
      threshold("def", "40", "gal", "What a tank of diesel exhaust fluid holds"),
      threshold("impossible", "400", "gal", "From here on fuel_impossible speaks instead"),
    ],
    cause: "More was fuelled than the tank holds.",
    remedy: "Ask the driver and the truck stop: two units on one ticket, a wrong quantity, or fuel that went elsewhere. Then release it.",
    look: overTank,
  }),
  checkOf({
    code: "fuel_impossible",
    types: ["fuel_transaction"],
    severity: "block",
    thresholds: [threshold("gallons", "400", "gal", "More than any unit can take in one line")],
    cause: "More was fuelled than any unit can take; litres sent as gallons look like this.",
    remedy: "Correct the quantity or its unit in the TMS and send the ticket as a new revision.",
    look: (event, { decimal, say }) => {
      event.lines.forEach((line, index) => {
        const gallons = burned(productOf(line)) && line.quantity ? inGallons(line.quantity) : null;
        if (gallons === null || !isAbove(gallons, decimal("gallons"))) return;
        say({
          field: `/lines/${index}/quantity`,
          message: `${showDecimal(gallons)} gal of ${productOf(line)} on one line`,
          about: unitOf(event),
        });
      });
    },
  }),
  checkOf({
    code: "fuel_unit_of_measure_doubtful",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [],
    cause: "The unit of the quantity is not that of the country: litres at an American site, or gallons at a Canadian one.",
    remedy: "Compare with the receipt; correct the unit in the TMS, or release it if the site does sell by that unit.",
    look: (event, { say }) => {
      const country = countryOf(event);
      event.lines.forEach(({ quantity }, index) => {
        if (!quantity || country === null) return;
        const isOdd = country === "US" ? isLitres(quantity.uom) : isGallons(quantity.uom);
        if (isOdd)
          say({
            field: `/lines/${index}/quantity`,
            message: `${quantity.value} ${quantity.uom} at a site in ${country}`,
            about: `${event.provider}:${country}`,
          });
      });
    },
  }),
  checkOf({
    code: "fuel_price_unusual",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [
      threshold("leastGallon", "2.00", "money a gallon", "Lowest price of a gallon of fuel"),
      threshold("mostGallon", "8.00", "money a gallon", "Highest price of a gallon of fuel"),
      threshold("leastLitre", "0.50", "money a litre", "Lowest price of a litre of fuel"),
      threshold("mostLitre", "3.00", "money a litre", "Highest price of a litre of fuel"),
    ],
    cause: "The price of fuel is outside what is usual.",
    remedy: "Compare with the receipt and the posted price of that day; correct the line in the TMS, or release it.",
    look: unusualPrice,
  }),
  checkOf({
    code: "fuel_unit_missing",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [],
    cause: "The ticket names neither a unit nor a driver, so nobody can tell whose fuel it is.",
    remedy: "Assign the card to a unit or driver in the TMS and send the ticket as a new revision.",
    look: ({ dims, lines, card, provider }, { say }) => {
      const isNamed =
        dims.tractor || dims.trailer || dims.driver || lines.some((line) => line.dims?.tractor || line.dims?.trailer || line.dims?.driver);
      const cardText = card?.last4 ? `card …${card.last4}` : `a card of ${provider}`;
      if (!isNamed) say({ field: "/dims", message: `No tractor, trailer or driver on a ticket of ${cardText}`, about: cardText });
    },
  }),
  checkOf({
    code: "fuel_dyed_on_tractor",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [
      threshold("products", "DYED UNLEADED", "names", "Products no tractor takes; add REEFER where the trailer is always named"),
    ],
    cause: "Dyed or reefer fuel, or gasoline, was bought for a tractor and no trailer is named; road fuel tax was not paid on it.",
    remedy: "Name the reefer's trailer in the TMS, or correct the product; if it did go into the tractor, tell whoever files fuel tax.",
    look: (event, { names, say }) => {
      event.lines.forEach((line, index) => {
        const product = productOf(line);
        const hasTrailer = Boolean(line.dims?.trailer || event.dims.trailer);
        const isOdd = asksFor(names("products"), product) && !(reefer.has(product) && hasTrailer);
        if (!isOdd || !(line.dims?.tractor || event.dims.tractor)) return;
        say({
          field: `/lines/${index}/product`,
          message: `${product} for tractor ${line.dims?.tractor || event.dims.tractor}`,
          about: unitOf(event),
        });
      });
    },
  }),
  checkOf({
    code: "fuel_credit_unlinked",
    types: ["fuel_transaction"],
    severity: "hold",
    thresholds: [],
    cause: "Money comes back on a fuel ticket that does not name the ticket it belongs to.",
    remedy: "Have the card company or the TMS name originalTransactionId, or release it.",
    look: (event, { say }) => {
      if (event.originalTransactionId || !event.netTotal.startsWith("-")) return;
      say({
        field: "/originalTransactionId",
        message: `A credit of ${event.netTotal.slice(1)} ${event.currency} names no original ticket`,
        about: event.provider,
      });
    },
  }),
  checkOf({
    code: "fuel_fee_high",
    types: ["fuel_transaction"],
    severity: "warn",
    thresholds: [threshold("fee", "5.00", "money", "Largest fee of a ticket that nobody has to look at")],
    cause: "The card company charged a high fee, as it does outside its network.",
    remedy: "Nothing has to be done; send the driver to a site of the network.",
    look: (event, { decimal, say }) => {
      if (!isAbove(magnitude(decimalOf(event.fees)), decimal("fee"))) return;
      say({ field: "/fees", message: `A fee of ${event.fees} at ${event.vendor.name}`, about: event.vendor.id });
    },
  }),
  checkOf({
    code: "cash_over_limit",
    types: ["fuel_transaction", "cash_advance"],
    severity: "hold",
    thresholds: [threshold("amount", "500", "money", "Largest cash advance that needs no approval")],
    cause: "A cash advance is above the limit.",
    remedy: "Have it released by whoever answers for advances, or raise the limit.",
    look: (event, { decimal, say }) => {
      const amounts = event.type === "cash_advance" ? [{ amount: event.amount, field: "/amount" }] : cashOf(event);
      for (const { amount, field } of amounts) {
        if (!isAbove(decimalOf(amount), decimal("amount"))) continue;
        const who = event.type === "cash_advance" ? event.payee.name : event.dims.driver || event.provider;
        say({
          field,
          message: `${amount} ${event.currency} in cash to ${who}; the limit is ${showDecimal(decimal("amount"))}`,
          about: who,
        });
      }
    },
  }),
];

function cashOf(event: Fuel): { amount: string; field: string }[] {
  return event.lines.flatMap((line, index) =>
    productOf(line) === "CASH" ? [{ amount: line.amount, field: `/lines/${index}/amount` }] : [],
  );
}
