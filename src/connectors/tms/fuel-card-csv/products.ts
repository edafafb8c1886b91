/** What a product code of a card provider is to us: the event's product, our line code and the usual unit of measure. */
export interface Product {
  readonly product: string;
  readonly code: string;
  /** Sold by volume: gallons, or litres where the file says so. Otherwise by the piece. */
  readonly isVolume: boolean;
}

const volume = (product: string, code: string): Product => ({ product, code, isVolume: true });
const piece = (product: string, code: string): Product => ({ product, code, isVolume: false });

const ours: Readonly<Record<string, Product>> = {
  ULSD: volume("ULSD", "FULSD"),
  DSL1: volume("DSL1", "FULSD"),
  DSL2: volume("DSL2", "FULSD"),
  BIO: volume("BIO", "FULSD"),
  REEFER: volume("REEFER", "FREEF"),
  DYED: volume("DYED", "FREEF"),
  DEF: volume("DEF", "FDEF"),
  UNLEADED: volume("UNLEADED", "FALT"),
  PROPANE: volume("PROPANE", "FALT"),
  CNG: volume("CNG", "FALT"),
  LNG: volume("LNG", "FALT"),
  OIL: piece("OIL", "FOIL"),
  ADDITIVE: piece("ADDITIVE", "FOIL"),
  TIRE: piece("TIRE", "FREP"),
  REPAIR: piece("REPAIR", "FREP"),
  SCALE: piece("SCALE", "FSCALE"),
  WASH: piece("WASH", "FWASH"),
  PARKING: piece("PARKING", "FPARK"),
  CASH: piece("CASH", "FCASH"),
  FEE: piece("FEE", "FFEE"),
};

/** Spellings of the card networks and of truck-stop tickets, in capitals without blanks and punctuation. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  ULSD: ["ULSD", "DSL", "DIESEL", "AUTODIESEL", "2ULS", "ULS", "8192"],
  DSL1: ["DSL1", "DIESEL1", "1"],
  DSL2: ["DSL2", "DIESEL2", "2", "20"],
  BIO: ["BIO", "BIODIESEL", "B20", "256"],
  REEFER: ["RFR", "REEF", "REEFER", "REEFERDIESEL", "DYEDREEFER"],
  DYED: ["DYED", "OFFROAD", "128"],
  DEF: ["DEF", "DEFD", "BULKDEF", "DEFJUG", "140"],
  UNLEADED: ["UNL", "UNLEADED", "GAS", "4", "8", "16"],
  PROPANE: ["PROPANE", "LPG", "32"],
  CNG: ["CNG", "8388608"],
  LNG: ["LNG", "16777216"],
  OIL: ["OIL", "MOTOROIL"],
  ADDITIVE: ["ADD", "ADDITIVE"],
  TIRE: ["TIRE"],
  REPAIR: ["REPR", "REPAIR"],
  SCALE: ["SCLE", "SCALE", "CATSCALE"],
  WASH: ["WASH"],
  PARKING: ["PARK", "PARKING"],
  CASH: ["CADV", "CASH", "ADV", "CASHADVANCE"],
  FEE: ["FEE"],
};

const byAlias = new Map(
  Object.entries(aliases).flatMap(([name, spellings]) => spellings.map((spelling) => [spelling, ours[name]!] as const)),
);

/**
 * Our product for a provider's code. A code nobody knows stays the line's code, with product `OTHER`: the rules then
 * report it as unmapped, and an alias or a rule mends it for good.
 */
export function productOf(providerCode: string): Product {
  return byAlias.get(providerCode.toUpperCase().replace(/[^A-Z0-9]/g, "")) ?? { product: "OTHER", code: providerCode, isVolume: false };
}

const chains: readonly (readonly [prefix: RegExp, id: string, name: string])[] = [
  [/^PILOT\b/, "PILOT", "Pilot Travel Centers"],
  [/^FLYING ?J\b/, "FLYINGJ", "Flying J Travel Centers"],
  [/^LOVE'?S\b/, "LOVES", "Love's Travel Stops"],
  [/^(?:TA|T\/A|TRAVELCENTERS?)\b/, "TA", "TravelCenters of America"],
  [/^PETRO\b/, "PETRO", "Petro Stopping Centers"],
  [/^KWIK TRIP\b/, "KWIKTRIP", "Kwik Trip"],
  [/^CASEY'?S\b/, "CASEYS", "Casey's General Stores"],
  [/^SPEEDWAY\b/, "SPEEDWAY", "Speedway"],
];

/** The chain a site belongs to, by its printed name; null for an independent one. */
export function chainOf(siteName: string): { id: string; name: string } | null {
  const upper = siteName.toUpperCase();
  const chain = chains.find(([prefix]) => prefix.test(upper));
  return chain === undefined ? null : { id: chain[1], name: chain[2] };
}
