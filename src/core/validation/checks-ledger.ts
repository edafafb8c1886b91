import { dimsFields } from "../events/spec.ts";
import type { EventType, TransportEvent } from "../events.ts";
import { type Asked, type Check, checkOf, threshold } from "./check.ts";
import { decimalOf, isAbove } from "./figures.ts";

/** Which dimensions a controller wants on which kind of event; `entity` is added where several companies share books. `unit` is a tractor, a trailer or the asset itself. */
const families: readonly { readonly name: string; readonly types: readonly EventType[]; readonly dims: string; readonly about: string }[] =
  [
    { name: "revenue", types: ["customer_invoice"], dims: "terminal division serviceLine customer load", about: "revenue" },
    { name: "purchased", types: ["carrier_bill"], dims: "terminal division serviceLine load", about: "purchased transportation" },
    { name: "pay", types: ["driver_settlement"], dims: "terminal division tractor driver", about: "pay of drivers and contractors" },
    { name: "fuel", types: ["fuel_transaction"], dims: "terminal unit", about: "fuel" },
    { name: "maintenance", types: ["maintenance_order"], dims: "terminal unit", about: "repairs and tires" },
    { name: "road", types: ["toll_transaction", "permit"], dims: "terminal unit", about: "tolls and permits" },
    {
      name: "fixed",
      types: ["insurance_premium", "equipment_payment", "asset_event"],
      dims: "",
      about: "insurance, leases and assets",
    },
    { name: "claims", types: ["claim"], dims: "load", about: "claims" },
    { name: "overhead", types: ["miscellaneous_expense"], dims: "", about: "overhead" },
  ];
const familyOf = new Map(families.flatMap((family) => family.types.map((type) => [type, family] as const)));
/** What a threshold of dimensions may name. */
export const expectedDims: readonly string[] = [...Object.keys(dimsFields), "unit"];

/** Whether the event, or every line of it, says this dimension. */
function says(event: TransportEvent, name: string): boolean {
  const dims = event.dims as Readonly<Record<string, unknown>>;
  if (dims[name]) return true;
  if (name === "unit")
    return (
      Boolean(event.dims.tractor || event.dims.trailer) || ("asset" in event && event.asset !== undefined) || onEveryLine(event, isUnit)
    );
  if (name === "load" && (("loadNo" in event && event.loadNo) || ("loads" in event && (event.loads ?? []).length > 0))) return true;
  if (name === "customer" && "customer" in event && event.customer) return true;
  if (name === "driver" && event.type === "driver_settlement") return true;
  return onEveryLine(event, (line) => Boolean(line[name]) || (name === "load" && Boolean(line["loadNo"])));
}

const isUnit = (line: Readonly<Record<string, unknown>>): boolean => Boolean(line["tractor"] || line["trailer"]);

function onEveryLine(event: TransportEvent, holds: (dims: Readonly<Record<string, unknown>>) => boolean): boolean {
  if (!("lines" in event) || event.lines.length === 0) return false;
  return event.lines.every((line) => holds({ ...line.dims, loadNo: line.loadNo }));
}

function missingDims(event: TransportEvent, { names, say }: Asked): void {
  const family = familyOf.get(event.type);
  if (family === undefined) return;
  const missing = [...names(family.name)].filter((name) => !says(event, name));
  if (missing.length === 0) return;
  say({
    field: "/dims",
    message: `The ${event.type.replaceAll("_", " ")} says no ${missing.join(", no ")}`,
    about: `${event.type}:${missing.join("+")}`,
  });
}

/** Dimensions, accruals, assets and what else meets only the ledger. */
export const ledgerChecks: readonly Check[] = [
  {
    code: "dimension_expected",
    types: families.flatMap(({ types }) => types),
    severity: "warn",
    thresholds: families.map(({ name, dims, about }) => threshold(name, dims, "dimensions", `What ${about} should say`)),
    cause: "The event does not say a dimension that reports by unit, terminal or division live on.",
    remedy: "Have the TMS fill the field; set the check to hold where the books should never miss it, or take the dimension off the list.",
    look: missingDims,
  },
  checkOf({
    code: "accrual_reversal_wrong",
    types: ["accrual"],
    severity: "block",
    thresholds: [],
    cause: "An accrual is to be taken back on or before the day it is made.",
    remedy: "Send it with a reversalDate after its date, usually the first day of the next month.",
    look: ({ date, reversalDate, accrualType }, { say }) => {
      if (!reversalDate || reversalDate > date) return;
      say({ field: "/reversalDate", message: `Accrued on ${date}, taken back on ${reversalDate}`, about: accrualType });
    },
  }),
  checkOf({
    code: "intercompany_same_entity",
    types: ["intercompany_charge"],
    severity: "block",
    thresholds: [],
    cause: "A company charges itself.",
    remedy: "Correct fromEntity or toEntity in the TMS and send the charge as a new revision.",
    look: ({ fromEntity, toEntity, pairKey }, { say }) => {
      if (fromEntity === toEntity) say({ field: "/toEntity", message: `Both sides of ${pairKey} are ${fromEntity}`, about: fromEntity });
    },
  }),
  checkOf({
    code: "claim_over_claimed",
    types: ["claim"],
    severity: "hold",
    thresholds: [],
    cause: "A claim was settled for more than was claimed.",
    remedy: "Correct the amounts in the TMS, or release it.",
    look: ({ settledAmount, amountClaimed, number, claimant }, { say }) => {
      if (!settledAmount || !amountClaimed || !isAbove(decimalOf(settledAmount), decimalOf(amountClaimed))) return;
      say({
        field: "/settledAmount",
        message: `Claim ${number} was settled at ${settledAmount}; claimed were ${amountClaimed}`,
        about: claimant.id,
      });
    },
  }),
  checkOf({
    code: "disposal_impossible",
    types: ["asset_event"],
    severity: "block",
    thresholds: [],
    cause: "An asset that is sold was depreciated by more than it cost.",
    remedy: "Correct the cost or the depreciation so far in the TMS and send the event as a new revision.",
    look: ({ kind, accumulated, amount, asset }, { say }) => {
      if (kind !== "dispose" || !accumulated || !isAbove(decimalOf(accumulated), decimalOf(amount))) return;
      say({ field: "/accumulated", message: `${asset.unitNo} cost ${amount} and was depreciated by ${accumulated}`, about: asset.unitNo });
    },
  }),
  checkOf({
    code: "chargeback_unexplained",
    types: ["factoring_collection"],
    severity: "warn",
    thresholds: [],
    cause: "The factor takes an invoice back without a reason.",
    remedy: "Ask the factor, and collect the invoice from the customer.",
    look: ({ chargeback, invoiceNumber, customer }, { say }) => {
      if (!chargeback || chargeback.reason) return;
      say({
        field: "/chargeback/reason",
        message: `Invoice ${invoiceNumber} of ${customer.name} comes back without a reason`,
        about: customer.id,
      });
    },
  }),
  checkOf({
    code: "statistic_negative",
    types: ["statistical"],
    severity: "warn",
    thresholds: [],
    cause: "A quantity such as miles is below zero, as corrections are.",
    remedy: "Nothing has to be done if it corrects an earlier one; otherwise correct the value in the TMS.",
    look: ({ metrics }, { say }) => {
      metrics.forEach(({ name, value, uom }, index) => {
        if (decimalOf(value).units < 0n) say({ field: `/metrics/${index}/value`, message: `${value} ${uom} of ${name}`, about: name });
      });
    },
  }),
];
