import type { DocumentKind } from "../document.ts";
import type { EventType } from "../events.ts";

export type Scalar = string | boolean;

/**
 * What a field must be: a value, one of several values, text with `*` in it (glob), a range with both ends included,
 * a prefix, anything but these, or simply there or not there.
 */
export type Condition =
  | Scalar
  | readonly Scalar[]
  | { readonly min?: string; readonly max?: string }
  | { readonly prefix: string }
  | { readonly not: Scalar | readonly Scalar[] }
  | { readonly exists: boolean };

/** Conditions every row may have. All of them must hold. `from` and `to` are service dates, both included. */
export interface RuleRow {
  readonly where?: Readonly<Record<string, Condition>>;
  /** A CEL expression over `event`, `line` and `dims` that must be true. */
  readonly when?: string;
  readonly from?: string;
  readonly to?: string;
  /** For people. */
  readonly note?: string;
}

/** Which part of an event is the document's party; `none` leaves it out. */
export const partySources = [
  ...(["vendor", "customer", "payee", "remitTo"] as const),
  /** Of claims: who hauled it and who claims. Of charges inside a group: the other company. */
  ...(["carrier", "claimant", "fromParty", "toParty", "none"] as const),
] as const;
export type PartySource = (typeof partySources)[number];

export const negativePolicies = ["credit", "lines", "journal"] as const;

/** The other side of the document, by line where one event needs several. */
export interface BalanceRow extends RuleRow {
  readonly account: string;
}

/** What an event becomes. `kind` none: nothing, on purpose. */
export interface DocumentRow extends RuleRow {
  readonly event: EventType;
  readonly kind: DocumentKind | "none";
  readonly balance: readonly BalanceRow[];
  /** Template of the document number. */
  readonly number: string;
  readonly party: PartySource;
  readonly memo: string;
  /**
   * Lines whose sign is against the document's: `credit` puts them on a second document, `lines` leaves them on it as negative
   * lines while its total is not negative, `journal` makes the whole a journal entry.
   */
  readonly negatives: (typeof negativePolicies)[number];
}

/** Gives a code to lines and fees that come without one. */
export interface LineCodeRow extends RuleRow {
  readonly event: EventType;
  readonly code: string;
}

export interface AccountRow extends RuleRow {
  readonly event?: readonly EventType[];
  /** Codes, or globs such as `DINS*`; without it the row is for every code. */
  readonly code?: readonly string[];
  readonly account: string;
  /** Account out of a look-up table instead, by a field: pump by state. What the table does not know is not for this row; `account` is then "". */
  readonly accountBy?: LookupUse;
  /** Product or service name on invoices. */
  readonly item?: string;
}

export interface CategoryRow extends RuleRow {
  readonly event?: readonly EventType[];
  readonly kind: string;
  readonly account: string;
  readonly item?: string;
}

/** One code of the catalogue. `account` is its row without conditions. */
export interface CodeEntry {
  readonly name: string;
  readonly kind: string;
  readonly account?: string;
  readonly item?: string;
}

/** A field of the event, and the look-up table that translates what it holds before anything else looks at it. */
export interface DimensionSource {
  /** A dim (`terminal`, `custom.crew`) or any field by its path (`vendor.id`, `line.product`). */
  readonly field: string;
  /** Table in `lookups`: the unit's fleet, the driver's home terminal. What it does not know is not taken from this field. */
  readonly lookup?: string;
}

/** Books dimension from event fields: the first filled source of `from`, looked up in `values`. */
export interface DimensionRule {
  readonly from: readonly (string | DimensionSource)[];
  readonly values: Readonly<Record<string, string>>;
  /** `keep`: a value that is not in the table is used as it is; `default`: the default is used; `block`: a finding. */
  readonly unknown: "keep" | "default" | "block";
  readonly default?: string;
  /** A line without a value stops the event. */
  readonly required?: boolean;
}

/** Books dimensions by fully qualified name: `class`, `department`, `location`, `project`, `employee`, `entity`, or `segment:<name>`. */
export const dimensionNames = ["class", "department", "location", "project", "employee", "entity"] as const;

export interface PartyPolicy {
  /** A party that is not in the books yet is created. */
  readonly create: boolean;
  /** New vendors of this kind are marked for the 1099. */
  readonly is1099: boolean;
}

/** Codes of a TMS, a card provider or a partner, and what they mean here. Looked at before any other section. */
export interface Aliases {
  readonly code: Readonly<Record<string, string>>;
  readonly product: Readonly<Record<string, string>>;
}

/** A value of `lookups.<table>`, by what the field `by` holds. */
export interface LookupUse {
  readonly table: string;
  readonly by: string;
}

/** An extra ledger line from a metric: quantity × rate, rounded once to the cent. */
export interface LineRow extends RuleRow {
  readonly event: readonly EventType[];
  /** One line for the event, or one for each of its lines that the conditions fit. */
  readonly per: "event" | "line";
  /** Path of a decimal, count or money field: `totals.totalMiles`, `line.quantity.value`. */
  readonly quantity: string;
  /** Only lines measured in this unit. */
  readonly unit?: string;
  /** Exact decimal, or a decimal out of a look-up table. Money fields need none. */
  readonly rate: string | LookupUse;
  readonly side: "debit" | "credit";
  /** The line's account: by itself, or by the code as for any line. One of both. */
  readonly account?: string;
  readonly code?: string;
  /** Other side of this line alone. Without it the document's own other side takes it. */
  readonly offset?: string;
  /** Template; `memo.line` where there is none. */
  readonly description?: string;
}

/** A quantity on a statistical account, on a statistical entry beside the document. */
export interface StatisticRow extends RuleRow {
  readonly event: readonly EventType[];
  readonly per: "event" | "line";
  /** Number of the statistical account. */
  readonly account: string;
  /** Path of a decimal or count field. */
  readonly quantity: string;
  readonly unit: string;
  /** Template. */
  readonly description?: string;
}

export interface SplitPart {
  /** What the share's dims become; dims that are not named stay. */
  readonly dims: Readonly<Record<string, string>>;
  /** Exact decimal, 0 or more; only its proportion to the others counts. */
  readonly weight: string;
}

/** Divides a line over trucks, loads or terminals, to the cent. One of `parts` and `over`. The narrowest row that fits a line wins. */
export interface SplitRow extends RuleRow {
  readonly event?: readonly EventType[];
  readonly code?: readonly string[];
  readonly parts?: readonly SplitPart[];
  /** A list of the event: `loads`, weighed by `billedMiles`, each share with its `loadNo` as `dims.load`. Without `weight` all weigh the same. */
  readonly over?: { readonly list: string; readonly weight?: string; readonly field: string; readonly dim: string };
}

/** What becomes of cents that do not divide or multiply out. */
export interface RoundingPolicy {
  /** `largest_remainder`: the shares take them. `line`: each share is rounded and the difference is a line of its own on `account`. */
  readonly splits: "largest_remainder" | "line";
  /** Account of rounding lines. */
  readonly account: string | null;
  /** Largest difference that a rounding line may take; "0" for none. A decimal in the event's currency. */
  readonly limit: string;
}

/** Due from and due to, where a line belongs to another entity than its document. */
export interface IntercompanyRow extends RuleRow {
  readonly event?: readonly EventType[];
  /** Entities by the TMS's code; absent: any. `owner` has the document, `user` the line. */
  readonly owner?: string;
  readonly user?: string;
  /** In the books of the owner. */
  readonly dueFrom: string;
  /** In the books of the user. */
  readonly dueTo: string;
}

/** What an accrual posts against, and when it is taken back. */
export interface AccrualRow extends RuleRow {
  readonly event: readonly EventType[];
  /** Account of the other side: unbilled revenue, accrued purchased transportation, accrued pay. */
  readonly account: string;
  /** `next_month`: a second document, the exact opposite, dated the first day of the next month. */
  readonly reverse: "next_month" | "never";
  /** Template of the second document's memo. */
  readonly reverseMemo?: string;
}

/** A custom field of the books. */
export interface CustomFieldRule {
  /** Template. An empty result leaves the field out. */
  readonly value: string;
  /** Kinds of document that take it; all when absent. */
  readonly kinds?: readonly DocumentKind[];
  readonly lengthMax: number;
}

/**
 * What happens to a document dated in a closed period. `next_open`: dated the first open day, with its own date in the memo. `accrue`: where
 * only its module is closed, accrued in the general ledger on its own date and taken back on the first open day.
 */
export const closedPeriodDefaults = ["block", "hold", "next_open"] as const;
export const closedPeriodPolicies = [...closedPeriodDefaults, "accrue"] as const;
export type ClosedPeriodPolicy = (typeof closedPeriodPolicies)[number];
export interface ClosedPeriodRow extends RuleRow {
  readonly event?: readonly EventType[];
  readonly policy: ClosedPeriodPolicy;
  /** Account to accrue against; with the policy `accrue` only. */
  readonly account?: string;
}

/** What a new revision does to a document that is in the books already. `replace`: reversal and new document; `hold`: a person decides. */
export const editPolicies = ["replace", "hold"] as const;
type EditPolicy = (typeof editPolicies)[number];

/**
 * How pay with deductions is posted: a bill and a vendor credit, one bill with negative lines where the books take them, or a
 * journal entry. All three leave the same balances.
 */
export const settlementShapes = ["bill_plus_credit", "negative_lines", "journal"] as const;

export const negativeNetPolicies = ["hold", "carry_forward"] as const;

/** From events to documents, as data. One version of it never changes. */
export interface RuleSet {
  readonly name: string;
  readonly description: string;
  /** Accounts as the rules call them, and what they are in the books: applied to every finished line. */
  readonly chart: Readonly<Record<string, string>>;
  readonly documents: readonly DocumentRow[];
  readonly lineCodes: readonly LineCodeRow[];
  readonly aliases: Aliases;
  readonly codes: Readonly<Record<string, CodeEntry>>;
  readonly accounts: readonly AccountRow[];
  readonly categories: readonly CategoryRow[];
  /** Account of last resort; null: what no row knows becomes a finding. */
  readonly master: string | null;
  /** Product or service by income account. */
  readonly items: Readonly<Record<string, string>>;
  readonly dimensions: Readonly<Record<string, DimensionRule | null>>;
  /** Tables from text to text, by name: a unit's fleet, a state's rate. */
  readonly lookups: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly lines: readonly LineRow[];
  readonly statistics: readonly StatisticRow[];
  readonly splits: readonly SplitRow[];
  readonly rounding: RoundingPolicy;
  readonly intercompany: readonly IntercompanyRow[];
  readonly accruals: readonly AccrualRow[];
  readonly customFields: Readonly<Record<string, CustomFieldRule>>;
  readonly memo: { readonly line: string };
  /** Characters a document number may have in the books. */
  readonly docNumber: { readonly lengthMax: number };
  readonly parties: Readonly<Record<"vendor" | "customer" | "employee", PartyPolicy>>;
  readonly terms: Readonly<Record<string, string>>;
  readonly closedPeriod: (typeof closedPeriodDefaults)[number];
  /** Exceptions from `closedPeriod`, narrowest first. */
  readonly closedPeriods: readonly ClosedPeriodRow[];
  readonly edits: { readonly posted: EditPolicy };
  readonly settlement: {
    readonly shape: (typeof settlementShapes)[number];
    /** Deductions above the pay: a person decides, or the shortfall is carried into the next settlement. */
    readonly negativeNet: (typeof negativeNetPolicies)[number];
  };
}
