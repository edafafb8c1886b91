import type { Segment } from "./segments.ts";

/** A name with its place, from an N1 loop. */
export interface NamedPlace {
  readonly name: string;
  readonly id: string;
  city: string;
  region: string;
  country: string;
}

/** One L1 with what stands around it in its LX loop. */
export interface ChargeSegments {
  readonly charge: Segment;
  description: string;
  /** The sender's own code: L5-03 where L5-04 says `Z`, mutually defined. */
  ownCode: string;
  quantity: string;
  billedAs: string;
  load: string;
}

/** The parts of one 210, sorted but not yet understood. */
export interface FreightBill {
  header: Segment | null;
  currency: string;
  terms: Segment | null;
  readonly references: { readonly qualifier: string; readonly value: string; readonly text: string }[];
  readonly dates: Map<string, string>;
  readonly parties: Map<string, NamedPlace>;
  readonly equipment: Segment[];
  readonly charges: ChargeSegments[];
  summary: Segment | null;
}

interface Sorting {
  readonly bill: FreightBill;
  /** Header until the first stop or line; names inside lines (parcel bills) are not the bill's parties. */
  section: "header" | "stops" | "lines";
  party: NamedPlace | null;
  around: Omit<ChargeSegments, "charge">;
}

const nothingAround = (): Omit<ChargeSegments, "charge"> => ({ description: "", ownCode: "", quantity: "", billedAs: "", load: "" });

/** Sorts the segments of one set, ST and SE left out. */
export function sortSegments(segments: readonly Segment[]): FreightBill {
  const bill: FreightBill = {
    header: null,
    currency: "",
    terms: null,
    references: [],
    dates: new Map(),
    parties: new Map(),
    equipment: [],
    charges: [],
    summary: null,
  };
  const sorting: Sorting = { bill, section: "header", party: null, around: nothingAround() };
  for (const segment of segments) sort(sorting, segment);
  return bill;
}

function sort(sorting: Sorting, segment: Segment): void {
  const { bill } = sorting;
  switch (segment.id) {
    case "B3":
      bill.header ??= segment;
      break;
    case "C3":
      bill.currency = segment.at(1).toUpperCase();
      break;
    case "ITD":
      bill.terms = segment;
      break;
    case "N9":
    case "L11":
      takeReference(sorting, segment);
      break;
    case "G62":
      if (sorting.section === "header") bill.dates.set(segment.at(1), segment.at(2));
      break;
    case "N1":
    case "N4":
      takeParty(sorting, segment);
      break;
    case "N7":
      if (sorting.section !== "lines") bill.equipment.push(segment);
      break;
    case "S5":
      sorting.section = "stops";
      break;
    case "L3":
      bill.summary = segment;
      break;
    default:
      takeLine(sorting, segment);
  }
}

/** N9 has qualifier and value, L11 value and qualifier. */
function takeReference({ bill, section, around }: Sorting, segment: Segment): void {
  const [qualifier, value] = segment.id === "N9" ? [segment.at(1), segment.at(2)] : [segment.at(2), segment.at(1)];
  if (section === "stops" || value === "") return;
  if (section === "header") bill.references.push({ qualifier, value, text: segment.at(3) });
  else if (qualifier === "LO") around.load = value;
}

function takeParty(sorting: Sorting, segment: Segment): void {
  if (sorting.section !== "header") return;
  if (segment.id === "N1") {
    const name = segment.at(2);
    const id = segment.at(4) || name;
    sorting.party = { name: name || id, id, city: "", region: "", country: "" };
    if (!sorting.bill.parties.has(segment.at(1))) sorting.bill.parties.set(segment.at(1), sorting.party);
  } else if (sorting.party !== null) {
    sorting.party.city = segment.at(1);
    sorting.party.region = segment.at(2).toUpperCase();
    sorting.party.country = segment.at(4).toUpperCase() || (/^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i.test(segment.at(3)) ? "CA" : "US");
  }
}

function takeLine(sorting: Sorting, segment: Segment): void {
  const { around, bill } = sorting;
  if (segment.id === "LX") {
    sorting.section = "lines";
    sorting.around = nothingAround();
  } else if (segment.id === "L5") {
    around.description = [around.description, segment.at(2)].filter((text) => text !== "").join(" ");
    if (segment.at(4).toUpperCase() === "Z") around.ownCode = segment.at(3);
  } else if (segment.id === "L0") {
    around.quantity = segment.at(2);
    around.billedAs = segment.at(3).toUpperCase();
  } else if (segment.id === "L1") {
    sorting.section = "lines";
    bill.charges.push({ charge: segment, ...around });
    // A second L1 in the loop has its own L5 and L0, or none.
    sorting.around = { ...nothingAround(), load: around.load };
  }
}
