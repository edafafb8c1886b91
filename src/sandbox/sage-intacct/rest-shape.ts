/** How one member of a REST object is called in XML's object. */
export interface Member {
  /** Dotted: `currency.txnCurrency`. */
  readonly path: string;
  readonly field: string;
  /** The object that a reference names, with its address and the field of its name; null for plain values. */
  readonly target: { readonly object: string; readonly byNumber: boolean } | null;
  /** Values that are called otherwise than lower camel makes them: theirs by ours. */
  readonly words: Readonly<Record<string, string>>;
}

export interface RestLines {
  readonly path: string;
  readonly list: string;
  readonly address: string;
}

export interface RestObject {
  /** `accounts-payable/bill`. */
  readonly address: string;
  readonly object: string;
  readonly members: readonly Member[];
  readonly lines: RestLines | null;
  /** What can be done with it beside reading. */
  readonly verbs: string;
  /** Documents whose state comes with them. */
  readonly hasDefaultState: boolean;
  /** Of objects that two addresses share: which rows are here. */
  readonly only: { readonly field: string; readonly value: string } | null;
}

/** `path FIELD`, `path FIELD @OBJECT` for a reference by id, `#OBJECT` by number, and `Ours=theirs` for words. */
export function membersOf(notation: string): Member[] {
  return notation
    .trim()
    .split(/\s*\n\s*/)
    .filter((line) => line !== "")
    .map((line) => {
      const [path = "", field = "", ...rest] = line.split(/\s+/);
      const target = rest.find((word) => /^[@#]/.test(word));
      const words = rest.filter((word) => word.includes("=")).map((word) => word.replaceAll("_", " ").split("=") as [string, string]);
      return {
        path,
        field,
        target: target === undefined ? null : { object: target.slice(1), byNumber: target.startsWith("#") },
        words: Object.fromEntries(words),
      };
    });
}

const audit = `
audit.createdDateTime AUWHENCREATED
audit.modifiedDateTime WHENMODIFIED
audit.createdByUser CREATEDBY
audit.modifiedByUser MODIFIEDBY
entity MEGAENTITYID @LOCATION`;

interface Order {
  readonly lines?: RestLines;
  readonly verbs?: string;
  readonly hasDefaultState?: boolean;
  readonly isStatistical?: boolean;
}

export function rest(
  address: string,
  object: string,
  members: string,
  { lines, verbs = "crud", hasDefaultState = false, isStatistical }: Order = {},
): RestObject {
  const creation = members.includes("AUWHENCREATED") || listObjects.has(object) ? audit.replace("AUWHENCREATED", "WHENCREATED") : audit;
  const only = isStatistical === undefined ? null : { field: "STATISTICAL", value: String(isStatistical) };
  return { address, object, members: membersOf(members + creation), lines: lines ?? null, verbs, hasDefaultState, only };
}

/** Objects whose creation time is called WHENCREATED. */
const listObjects = new Set(
  "GLBATCH GLACCOUNT STATACCOUNT VENDOR CUSTOMER EMPLOYEE CONTACT DEPARTMENT LOCATION LOCATIONENTITY CLASS PROJECT ITEM APTERM ARTERM GLJOURNAL STATJOURNAL CHECKINGACCOUNT SAVINGSACCOUNT CREDITCARD EEACCOUNTLABEL EXPENSEPAYMENTTYPE EXCHANGERATE EXCHANGERATETYPES EXCHANGERATEENTRY GLBUDGETHEADER GLBUDGETITEM REPORTINGPERIOD TAXDETAIL TAXSOLUTION SUPDOC SUPDOCFOLDER USERINFO UNIT".split(
    " ",
  ),
);
