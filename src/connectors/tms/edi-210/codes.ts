/** Special charge codes (X12 data element 150) and what senders write instead, in our revenue codes. */
const byCharge: ReadonlyMap<string, string> = new Map(
  Object.entries({
    LH: "400 LHS DLH LHC",
    FSC: "405 FUE ENS FSC",
    DET: "DET DEP DTV TDT",
    DETL: "DTL",
    DETU: "DTU",
    DETT: "DEW",
    WAIT: "WTG",
    LAY: "LAY LYC",
    STOP: "SOC",
    SPU: "SPU",
    SDL: "SDL",
    TONU: "VOR VFN TON",
    CANC: "CAA",
    LOADC: "LDG",
    TOLLR: "TRU IHT BRD",
    PERR: "PER",
    ESCR: "MES",
    OVD: "OVR",
    TARP: "TAR",
    HAZ: "HAZ",
    TEAM: "EXD",
    EXPD: "EXP",
    REDEL: "RCL",
    RECON: "RCC DIV",
    STOR: "SRG",
    SCLR: "SCL",
    PALX: "PLT PEC",
    LIFT: "LFT",
    RESI: "RES",
    INSD: "IDL",
    WKND: "SAT",
    LHDH: "DMC",
    LHEXM: "EXM",
    LHMIN: "MIN",
    TEMP: "PSC",
    CHAS: "CHE",
    CUST: "CUS",
    BORD: "FCB",
    GSTC: "GST",
    DISC: "DSC",
    ADV: "ADV",
  }).flatMap(([code, charges]) => charges.split(" ").map((charge) => [charge, code] as const)),
);

/** Unloading and labor: a lumper's receipt billed on at cost, or the driver's own help. */
const unloading: ReadonlySet<string> = new Set(["UND", "UNL", "LAB", "LUM", "HHB"]);
/** Codes that say nothing: the text beside them decides. */
const vague: ReadonlySet<string> = new Set(["", "MSG", "ZZZ"]);

const byText: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/FUEL/, "FSC"],
  [/LINE ?HAUL|FREIGHT/, "LH"],
  [/DETENTION/, "DET"],
  [/LAYOVER/, "LAY"],
  [/LUMPER/, "LUM"],
  [/UNLOAD/, "UNLC"],
  [/STOP/, "STOP"],
  [/TONU|NOT USED/, "TONU"],
  [/TOLL/, "TOLLR"],
  [/PERMIT/, "PERR"],
  [/DISCOUNT/, "DISC"],
];

export interface Charge {
  /** L1-08. */
  readonly code: string;
  /** L1-03. */
  readonly rateQualifier: string;
  /** L5-02 or L1-12. */
  readonly text: string;
  readonly isNegative: boolean;
  /** The first charge of the invoice: without any code it is the linehaul. */
  readonly isFirst: boolean;
}

/** Our revenue code. A charge code nobody knows is kept as it is: the rules then report it as unmapped. */
export function revenueCode({ code, rateQualifier, text, isNegative, isFirst }: Charge): string {
  const charge = code.toUpperCase();
  const words = text.toUpperCase();
  if (unloading.has(charge)) return /LUMPER|RECEIPT/.test(words) ? "LUM" : "UNLC";
  if (charge === "DET" && rateQualifier === "PD") return "DETT";
  if (!vague.has(charge)) return byCharge.get(charge) ?? code;
  const spoken = byText.find(([pattern]) => pattern.test(words))?.[1];
  return spoken ?? (isNegative ? "DISC" : isFirst && charge === "" ? "LH" : "MISCR");
}

const carrierCodes: Readonly<Record<string, string>> = {
  LH: "PTLH",
  FSC: "PTFSC",
  DET: "PTDET",
  DETL: "PTDET",
  DETU: "PTDET",
  DETT: "PTDET",
  WAIT: "PTDET",
  LAY: "PTLAY",
  STOP: "PTSTOP",
  SPU: "PTSTOP",
  SDL: "PTSTOP",
  TONU: "PTTONU",
  LUM: "PTLUM",
  UNLC: "PTLUM",
  LOADC: "PTLUM",
  TOLLR: "PTTOLL",
  PERR: "PTTOLL",
  CHAS: "PTCHAS",
  ADV: "PTADV",
  DISC: "PTADJ",
};
const revenueCodes: ReadonlySet<string> = new Set([...byCharge.values(), ...byText.map(([, code]) => code), "UNLC", "LUM", "MISCR"]);

/** The same charge as a cost: what a carrier bills to us. */
export function carrierCode(code: string): string {
  return carrierCodes[code] ?? (revenueCodes.has(code) ? "PTMISC" : code);
}

/** Units of L0-03 (billed-as qualifier) and, behind it, of L1-03 (rate qualifier). PH is per hundredweight, not per hour. */
export function uomOf(billedAs: string, rateQualifier: string): string | null {
  const units: Readonly<Record<string, string>> = { DM: "mi", KM: "km", HR: "hr", DA: "day", DY: "day", ST: "stop", EA: "ea", PC: "piece" };
  const rates: Readonly<Record<string, string>> = { PM: "mi", PR: "hr", PD: "day", SP: "stop", PU: "ea", PH: "cwt", CW: "cwt", LB: "lb" };
  return units[billedAs] ?? (billedAs === "FR" ? null : (rates[rateQualifier] ?? null));
}

/** Trailer types of N7-11; `TR` is a tractor. */
export const trailerTypes: Readonly<Record<string, string>> = {
  TL: "VAN",
  TF: "VAN",
  RT: "REEFER",
  FT: "FLATBED",
  CN: "CONTAINER",
  TN: "TANK",
};
