import type { EventType } from "../events.ts";

/** What a field holds. `money` and `decimal` are decimal strings; `choice` is one of `values`. */
export type ScalarKind = "text" | "memo" | "date" | "instant" | "money" | "decimal" | "boolean" | "count" | "last4";
export type FieldKind = ScalarKind | { readonly choice: readonly string[] } | { readonly record: FieldSpec } | { readonly list: FieldSpec };

/** Fields by name; a name that ends in `!` is required. Fields that are not listed are kept and never interpreted. */
export type FieldSpec = Readonly<Record<string, FieldKind>>;

const party: FieldSpec = { "id!": "text", "name!": "text" };
const place: FieldSpec = { city: "text", region: "text", country: "text" };

const dimsFields: FieldSpec = {
  entity: "text",
  terminal: "text",
  division: "text",
  serviceLine: "text",
  equipmentType: "text",
  tractor: "text",
  trailer: "text",
  driver: "text",
  customer: "text",
  carrier: "text",
  load: "text",
  trip: "text",
  lane: "text",
  project: "text",
  agent: "text",
};

const plainLine: FieldSpec = {
  "lineNo!": "count",
  description: "memo",
  quantity: { record: { "value!": "decimal", "uom!": "text" } },
  unitPrice: "decimal",
  "amount!": "money",
  dims: { record: dimsFields },
  loadNo: "text",
};
const codedLine: FieldSpec = { "code!": "text", ...plainLine };
const settlementCategory = {
  choice: ["earning", "reimbursement", "deduction", "advanceRecovery", "escrow", "guarantee", "carryForward", "adjustment"],
} as const;
const workKind = { choice: ["part", "labor", "outside", "supply", "tire", "core", "freight", "tax", "discount"] } as const;

/** Fields every event has. The line fields of a type are those of its `lines`. */
export const baseFields: FieldSpec = {
  "type!": "text",
  "id!": "text",
  revision: "count",
  number: "text",
  "date!": "date",
  serviceDate: "date",
  dueDate: "date",
  terms: "text",
  occurredAt: "instant",
  "currency!": "text",
  status: { choice: ["approved", "void"] },
  memo: "memo",
  url: "text",
  dims: { record: dimsFields },
  refs: { list: { "qualifier!": "text", "value!": "text" } },
};

/** What each type adds to the base. */
export const typeFields: Readonly<Record<EventType, FieldSpec>> = {
  customer_invoice: {
    "number!": "text",
    invoiceType: { choice: ["standard", "supplemental", "consolidated", "tonu", "periodic", "misc"] },
    "customer!": { record: party },
    loads: {
      list: {
        "loadNo!": "text",
        pro: "text",
        bol: "text",
        poNumber: "text",
        origin: { record: place },
        destination: { record: place },
        billedMiles: "decimal",
      },
    },
    "lines!": { list: codedLine },
    "total!": "money",
  },
  customer_credit: {
    "number!": "text",
    "kind!": { choice: ["creditOnly", "creditAndRebill", "fullReversal", "writeOff"] },
    "customer!": { record: party },
    "originalInvoiceNumber!": "text",
    originalId: "text",
    "reasonCode!": "text",
    "lines!": { list: codedLine },
    "total!": "money",
  },
  carrier_bill: {
    "number!": "text",
    "vendor!": { record: party },
    remitTo: { record: party },
    "loadNo!": "text",
    "lines!": { list: codedLine },
    expectedTotal: "money",
    "netPayable!": "money",
  },
  driver_settlement: {
    "number!": "text",
    "payee!": {
      record: { "type!": { choice: ["employee", "ownerOperator", "leasePurchase", "fleetOwner"] }, ...party, is1099: "boolean" },
    },
    "periodStart!": "date",
    "periodEnd!": "date",
    "payDate!": "date",
    "lines!": { list: { ...codedLine, category: settlementCategory } },
    "totals!": {
      record: {
        "gross!": "money",
        "reimbursements!": "money",
        "deductions!": "money",
        "advancesRecovered!": "money",
        "escrow!": "money",
        carryForwardIn: "money",
        carryForwardOut: "money",
        "net!": "money",
        totalMiles: "decimal",
      },
    },
  },
  cash_advance: {
    "instrument!": "text",
    provider: "text",
    "amount!": "money",
    fee: "money",
    feeBorneBy: { choice: ["us", "payee"] },
    purpose: "text",
    "payee!": { record: { "type!": { choice: ["driver", "ownerOperator", "carrier"] }, ...party } },
    loadNo: "text",
  },
  fuel_transaction: {
    "provider!": "text",
    "fundedBy!": { choice: ["company", "ownerOperator", "driver"] },
    "vendor!": { record: party },
    location: { record: { name: "text", ...place } },
    card: { record: { last4: "last4" } },
    odometer: "decimal",
    "lines!": { list: { ...plainLine, code: "text", product: "text" } },
    "fees!": "money",
    "discount!": "money",
    "invoiceTotal!": "money",
    "netTotal!": "money",
  },
  maintenance_order: {
    "number!": "text",
    "vendor!": { record: party },
    vendorInvoiceNumber: "text",
    "shop!": { record: { "kind!": { choice: ["internal", "dealer", "vendor", "roadside", "tire"] }, name: "text" } },
    "asset!": { record: { "kind!": { choice: ["tractor", "trailer", "reefer", "other"] }, "unitNo!": "text" } },
    repairType: "text",
    capitalize: "boolean",
    "lines!": { list: { ...plainLine, code: "text", kind: workKind, vmrs: "text" } },
    "total!": "money",
  },
  toll_transaction: {
    "agency!": "text",
    "vendor!": { record: party },
    "amount!": "money",
    fee: "money",
    discount: "money",
    "prePaid!": "boolean",
    violation: "boolean",
    fundedBy: { choice: ["company", "ownerOperator"] },
    plaza: "text",
  },
  lumper_receipt: {
    "number!": "text",
    "vendor!": { record: party },
    facility: "text",
    "loadNo!": "text",
    "amount!": "money",
    fee: "money",
    "paidBy!": { choice: ["driverCash", "moneyCode", "card", "carrier", "company"] },
  },
  permit: {
    "number!": "text",
    "permitType!": "text",
    "jurisdiction!": "text",
    "vendor!": { record: party },
    "amount!": "money",
    serviceFee: "money",
  },
  miscellaneous_expense: { "vendor!": { record: party }, "lines!": { list: codedLine }, "total!": "money" },
};

/** Fields that may be named in a rule, by dotted path: `fundedBy`, `vendor.id`, `dims.terminal`, `line.kind`. */
export function rulePaths(type: EventType): ReadonlyMap<string, ScalarKind> {
  const paths = new Map<string, ScalarKind>([
    ["line.code", "text"],
    ["line.part", "text"],
  ]);
  collect({ ...baseFields, ...typeFields[type] }, "", paths);
  return paths;
}

function collect(spec: FieldSpec, prefix: string, into: Map<string, ScalarKind>): void {
  for (const [key, kind] of Object.entries(spec)) {
    const name = key.endsWith("!") ? key.slice(0, -1) : key;
    if (typeof kind === "string") into.set(prefix + name, kind);
    else if ("choice" in kind) into.set(prefix + name, "text");
    else if ("record" in kind) collect(kind.record, `${prefix}${name}.`, into);
    else if (name === "lines") collect(kind.list, "line.", into);
  }
}
