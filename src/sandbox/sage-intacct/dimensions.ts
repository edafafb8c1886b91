import type { Company } from "./company.ts";
import type { Values, Work } from "./kind.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { canSee } from "./visible.ts";

/** One dimension: what its values are, and how lines name it. */
export interface Dimension {
  /** In the oracle and in REST: `location`. */
  readonly name: string;
  readonly object: string;
  /** On lines of journals, and on all others. */
  readonly journalField: string;
  readonly lineField: string;
  readonly label: string;
  readonly isOwn: boolean;
  /** Flag of an account that asks for it. */
  readonly requireFlag: string;
}

function standard(name: string, label: string, requireFlag: string): Dimension {
  const object = name.toUpperCase();
  const field = `${object}ID`;
  const isShort = object === "LOCATION" || object === "DEPARTMENT";
  return { name, object, journalField: isShort ? object : field, lineField: field, label, isOwn: false, requireFlag };
}

const standardDimensions: readonly Dimension[] = [
  standard("location", "Location", "REQUIRELOC"),
  standard("department", "Department", "REQUIREDEPT"),
  standard("project", "Project", "REQUIREPROJECT"),
  standard("customer", "Customer", "REQUIRECUSTOMER"),
  standard("vendor", "Vendor", "REQUIREVENDOR"),
  standard("employee", "Employee", "REQUIREEMPLOYEE"),
  standard("item", "Item", "REQUIREITEM"),
  standard("class", "Class", "REQUIRECLASS"),
];

/** The dimensions of a company: those of Sage and the customer's own. */
export function dimensionsOf({ rules }: Company): Dimension[] {
  const own = rules.ownDimensions.map((object): Dimension => {
    const field = `GLDIM${object}`;
    const label = (object[0] ?? "") + object.slice(1).toLowerCase();
    return {
      name: object.toLowerCase(),
      object,
      journalField: field,
      lineField: field,
      label,
      isOwn: true,
      requireFlag: `REQUIRE${field}`,
    };
  });
  return [...standardDimensions, ...own];
}

export function termOf({ rules }: Company, { object, label }: Dimension): string {
  return rules.terms[object] ?? label;
}

/** The field of a line of `object` that names a dimension. */
export function fieldOf(dimension: Dimension, object: string): string {
  return object === "GLENTRY" ? dimension.journalField : dimension.lineField;
}

const notValid: Readonly<Record<string, (id: string, term: string) => string>> = {
  department: (id) => `Department '${id}' is invalid`,
  location: (id) => `Location '${id}' is not valid`,
  project: (id, term) => `Invalid ${term} '${id}' specified.`,
  customer: (id) => `Customer '${id}' specified is not valid.`,
  vendor: (id) => `Vendor '${id}' specified is not valid.`,
};

/** Dimension values of a line by the dimension's name, all of them looked up. */
export type Dims = Readonly<Record<string, string>>;

export function readDims(work: Work, object: string, values: Values): Dims {
  const dims: Record<string, string> = {};
  for (const dimension of dimensionsOf(work.company)) {
    const id = values[fieldOf(dimension, object)];
    if (id === null || id === undefined || id === "") continue;
    const found = dimensionValue(work, dimension, id);
    if (found === null || found.values["STATUS"] === "inactive" || !canSee(work, found, true)) {
      const term = termOf(work.company, dimension);
      const text = notValid[dimension.name]?.(id, term) ?? `${term} '${id}' is not valid`;
      refuseRule(text, { target: fieldOf(dimension, object), category: "invalidReference", correction: "Use a valid value." });
    }
    dims[dimension.name] = id;
  }
  return withEntity(work, dims);
}

/** A value of a standard dimension is named by its business id, one of the customer's own by its record id. */
function dimensionValue({ records, company }: Work, { object, isOwn }: Dimension, id: string): Stored | null {
  if (!isOwn) return records.withId(company.key, object, id)[0] ?? null;
  return /^\d{1,15}$/.test(id) ? records.find(company.key, object, Number(id)) : null;
}

/** In an entity's session every line belongs to that entity: it is added where it was left out. */
function withEntity(work: Work, dims: Record<string, string>): Dims {
  if (!work.company.rules.multiEntity || work.entity === "") return dims;
  const location = dims["location"] ?? work.entity;
  if (entityOfLocation(work, location) !== work.entity) refuseRule(`Location '${location}' is not valid`, { target: "LOCATION" });
  return { ...dims, location };
}

/** The entity that a location belongs to; empty where there are none. */
export function entityOfLocation({ records, company }: Work, location: string | undefined): string {
  if (!company.rules.multiEntity || location === undefined) return "";
  // Locations are a few levels deep; a circle would end here too.
  let id: string | null | undefined = location;
  for (let depth = 0; depth < 20 && id !== null && id !== undefined; depth += 1) {
    const found: Stored | undefined = records.withId(company.key, "LOCATION", id)[0];
    if (found === undefined) return "";
    if (found.values["ISENTITY"] === "true") return id;
    id = found.values["PARENTID"];
  }
  return "";
}

/** What an account asks of its lines, and what several entities ask of all. */
export function checkRequired(work: Work, account: Stored, dims: Dims): void {
  const number = account.id ?? "";
  const needsLocation = work.company.rules.multiEntity && work.entity === "";
  for (const dimension of dimensionsOf(work.company)) {
    const isRequired = account.values[dimension.requireFlag] === "true" || (dimension.name === "location" && needsLocation);
    if (!isRequired || dims[dimension.name] !== undefined) continue;
    const term = termOf(work.company, dimension);
    const text = `This transaction is missing the ${term} dimension for the Account ${number}`;
    refuse("BL03000018", text, { category: "missingRequiredDimension", correction: `Select a ${term}.`, target: dimension.lineField });
  }
}
