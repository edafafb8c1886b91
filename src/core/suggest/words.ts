/** Several words, or a short form, that stand for one word. Looked at in this order, before a name is cut into words. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [
    /\bowner[\s-]*op(erator|s)?s?\b|\bo\s*\/\s*o\b|\boo\b|\bindependent contractors?\b|\bcontractor fleet\b|\blease(d)? operators?\b/g,
    " owneroperator ",
  ],
  [
    /\bpurch(ased?|\.)? trans(portation|p|port)?\b|\bcarrier (pay|cost|costs|expense|freight)\b|\btruck ?hire\b|\bhired haulers?\b|\boutside carriers?\b/g,
    " purchasedtransport ",
  ],
  [/\baccounts? receivables?\b|\ba\s*\/\s*r\b|\btrade receivables?\b|\bar\b/g, " receivable "],
  [/\baccounts? payables?\b|\ba\s*\/\s*p\b|\btrade payables?\b|\bap\b/g, " payable "],
  [/\bline[\s-]*haul\b|\bfreight (revenue|income|sales)\b|\b(hauling|trucking|transportation) (revenue|income)\b/g, " linehaul revenue "],
  [/\bf\s*\/\s*s\s*c\b|\bfsc\b|\bfuel surcharges?\b|\bfuel s\/c\b/g, " fuelsurcharge "],
  [/\btruck ordered not used\b|\btonu\b/g, " tonu "],
  [/\bdiesel exhaust fluid\b|\bdef\b/g, " dieselexhaustfluid "],
  [/\bheavy (vehicle|highway) use tax\b|\bhvut\b|\bform 2290\b|\b2290\b/g, " hvut "],
  [/\bfuel tax(es)?\b|\bifta( tax| fuel tax)?\b/g, " fueltax "],
  [/\bauto(mobile)? liab(ility)?\b|\btruck liab(ility)?\b/g, " autoliability "],
  [/\bphys(ical|\.)? dam(age)?\b/g, " physicaldamage "],
  [/\bgen(eral|\.)? liab(ility)?\b/g, " generalliability "],
  [/\bwork(er|ers|ers'|men|mens)['’]?s? comp(ensation)?\b/g, " workerscomp "],
  [/\bline of credit\b|\bloc\b/g, " creditline "],
  [/\bstop[\s-]*offs?\b|\bextra stops?\b/g, " stopoff "],
  [/\blay[\s-]*overs?\b/g, " layover "],
  [/\bper[\s-]*diem\b/g, " perdiem "],
  [/\bquick[\s-]*pay\b/g, " quickpay "],
  [/\bload[\s-]*boards?\b/g, " loadboard "],
  [/\bbad debts?\b|\buncollectible\b/g, " baddebt "],
  [/\bmoney[\s-]*codes?\b|\bcom[\s-]*checks?\b|\bt[\s-]*che(ck|k)s?\b/g, " moneycode "],
  [/\bundeposited funds\b/g, " undeposited "],
  [/\bcredit cards?\b/g, " creditcard "],
  [/\bpreventi(ve|tive) maint(enance)?\b|\bpm service\b/g, " preventivemaintenance "],
  [/\bdry van\b/g, " van "],
  [/\bover the road\b|\botr\b/g, " otr "],
];

/** Short forms and other words for one word, by what they stand for. */
const sameWords: Readonly<Record<string, string>> = {
  ...{ revenue: "revenue", income: "revenue", sales: "revenue", rev: "revenue", inc: "revenue" },
  ...{ wage: "wage", pay: "wage", salary: "wage", payroll: "payroll", labor: "labor", labour: "labor" },
  ...{ repair: "repair", rep: "repair", maintenance: "repair", maint: "repair", rm: "repair" },
  ...{ reefer: "reefer", refrigerated: "reefer", refrigeration: "reefer", refer: "reefer", tru: "reefer" },
  ...{ tractor: "tractor", truck: "tractor", trk: "tractor", "power unit": "tractor", trlr: "trailer", trl: "trailer" },
  ...{ insurance: "insurance", ins: "insurance", insur: "insurance" },
  ...{ depreciation: "depreciation", depr: "depreciation", accum: "accumulated", accumulated: "accumulated" },
  ...{ telephone: "phone", phone: "phone", cell: "phone", professional: "professional", prof: "professional" },
  ...{ lumper: "lumper", unloading: "unload", loading: "load", tarping: "tarp", tarp: "tarp" },
  ...{ toll: "toll", ezpass: "toll", plate: "plate", registration: "plate", irp: "plate", tag: "plate", license: "plate" },
  ...{ fine: "fine", violation: "fine", citation: "fine", ticket: "fine", towing: "tow", tow: "tow", breakdown: "roadside" },
  ...{
    equipment: "equipment",
    equip: "equipment",
    eqpt: "equipment",
    admin: "administrative",
    brokerage: "brokerage",
    broker: "brokerage",
  },
  ...{
    brokered: "brokerage",
    chargeback: "chargeback",
    advance: "advance",
    adv: "advance",
    accessorial: "accessorial",
    acc: "accessorial",
  },
  ...{ advertising: "advertising", marketing: "advertising", meal: "meal", entertainment: "meal", interest: "interest", int: "interest" },
  ...{
    software: "software",
    tms: "software",
    warehouse: "warehouse",
    whse: "warehouse",
    dept: "department",
    checking: "checking",
    chk: "checking",
  },
  ...{ lease: "lease", rental: "rent", rent: "rent", leasing: "lease", escrow: "escrow", drayage: "drayage", dray: "drayage" },
};

const silent = new Set([
  "the",
  "of",
  "and",
  "for",
  "to",
  "on",
  "a",
  "an",
  "in",
  "by",
  "from",
  "expense",
  "exp",
  "cost",
  "account",
  "acct",
  "other",
  "misc",
]);

/** The words of a name that tell it from others, in one spelling each: `Truck Maint. & Rep` → tractor, repair. */
export function wordsOf(name: string): string[] {
  let text = ` ${name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()} `;
  for (const [pattern, word] of phrases) text = text.replaceAll(pattern, word);
  const words = text.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const known = words.map((word) => sameWords[word] ?? sameWords[singular(word)] ?? singular(word));
  const told = [...new Set(known)].filter((word) => !silent.has(word));
  // A name of nothing but such words still is one.
  return told.length > 0 ? told : [...new Set(known)];
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss") || word.endsWith("us")) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}

/** Letters and digits alone, to tell whether two names or identifiers are the same but for their spelling. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("&", "and")
    .replaceAll(/[^a-z0-9]/g, "");
}

const forms = /\b(incorporated|inc|llc|l\.l\.c|ltd|limited|corp|corporation|company|co|lp|llp|plc|sa de cv|the)\b/g;

/** A company's name without its legal form, cut into words. */
export function companyWordsOf(name: string): string[] {
  const bare = name
    .normalize("NFKD")
    .replaceAll(/\p{M}|['’]/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replaceAll(forms, " ");
  const words = bare.split(/[^a-z0-9]+/).filter((word) => word !== "" && word !== "and");
  return words.length > 0 ? words : [plain(name)];
}
