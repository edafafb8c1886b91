import type { Leg } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import type { Records, Stored } from "./records.ts";
import type { Values } from "./values.ts";

export type { Values } from "./values.ts";

export type FieldType = "text" | "date" | "amount" | "number" | "integer" | "boolean" | "created" | "modified";
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  readonly isReadOnly: boolean;
  readonly isCustom: boolean;
  readonly max: number | null;
  /** The values it may have; empty: any. Compared without regard to case. */
  readonly choices: readonly string[];
}
export type Fields = Readonly<Record<string, Field>>;

/** What was sent, before anything is checked. Names are upper case; groups are flat: `DISPLAYCONTACT.PRINTAS`. */
export interface Input {
  readonly values: Values;
  readonly lists: Readonly<Record<string, readonly Input[]>>;
}

/** The same with its values checked and spelt our way. On a change it holds what was not sent as well. */
export interface Draft {
  readonly values: Values;
  readonly lists: Readonly<Record<string, readonly Draft[]>>;
}

/** One leg of a document with what the general ledger shows of it. */
export interface Entry extends Leg {
  readonly memo: string | null;
  readonly document: string | null;
}

/** What a payment settles: so many cents of another document, in the sign of that document's open amount. */
export interface Link {
  readonly object: string;
  readonly recordno: number;
  readonly minor: bigint;
}

/** A checked record, ready to be kept. */
export interface Prepared {
  readonly values: Values;
  /** Lines by their object, in order; absent lists stay as they are. */
  readonly lines?: Readonly<Record<string, readonly Values[]>>;
  readonly entries?: readonly Entry[];
  /** The statistical part, in hundredths of units: it is in no ledger of money. */
  readonly statistics?: readonly Entry[];
  /** Business id or number, for look-ups. */
  readonly id?: string | null;
  readonly date?: string | null;
  /** Posting date of the entries, where it is another. */
  readonly postingDate?: string | null;
  readonly links?: readonly Link[];
  readonly isConfirmed?: boolean;
  readonly module?: string;
  readonly title?: string;
}

export interface ListShape {
  /** Element around the lines. */
  readonly list: string;
  /** Object of one line. */
  readonly object: string;
  /** Field of the line that names its header. */
  readonly parent: string;
}

/** What a request works with. */
export interface Work {
  readonly company: Company;
  readonly storage: Storage;
  readonly records: Records;
  readonly atMs: number;
  /** Entity of the session; empty at the top level. */
  readonly entity: string;
  readonly user: string;
  /** Control id or idempotency key, for the oracle. */
  readonly key: string | null;
  /** Records written so far by this request: what the vendor counts. */
  readonly meter: { transactions: number };
  /** Where this server is reached, for links. */
  readonly origin: string;
  /** An object of this company by its name in any case; null when there is none. */
  readonly kindOf: (object: string) => Kind | null;
}

/** One object of the API. */
export interface Kind {
  readonly object: string;
  /** For people: "Class". */
  readonly name: string;
  /** The field that identifies it for people; `RECORDNO` where there is none. */
  readonly id: string;
  readonly fields: Fields;
  readonly lists: readonly ListShape[];
  readonly type: "list" | "document" | "line" | "view";
  /** Documents of several objects share one row of record numbers. */
  readonly counter: string;
  /** One-letter codes of STATE, for readByQuery. */
  readonly stateLetters?: Readonly<Record<string, string>>;
  /** Not to be created or changed by API. */
  readonly isReadOnly?: boolean;
  /** Checks references and business rules. Throws a Refusal. */
  readonly prepare?: (work: Work, draft: Draft, before: Stored | null) => Prepared;
  /** What a record brings about once it is kept. */
  readonly after?: (work: Work, kept: Stored) => void;
  /** Refuses a change or deletion of what is there. */
  readonly guard?: (work: Work, before: Stored, operation: "update" | "delete") => void;
}

const types: Readonly<Record<string, FieldType>> = {
  t: "text",
  d: "date",
  a: "amount",
  n: "number",
  i: "integer",
  b: "boolean",
  c: "created",
  m: "modified",
};

/**
 * Fields from a short notation: `NAME:t40*` is a required text of at most 40 characters, `TOTAL:a!` an amount that only the
 * server writes, `STATUS:t=active|inactive` one of two. Types: text, date, amount, number, integer, boolean, created, modified.
 */
export function fieldsOf(notation: string): Fields {
  return Object.fromEntries(
    notation
      .trim()
      .split(/\s+/)
      .map((word) => {
        const [, name = "", type = "t", max = "", flags = "", choices = ""] =
          /^([\w.]+)(?::([tdanibcm])(\d*)([*!]*)(?:=(\S+))?)?$/.exec(word) ?? [];
        if (name === "") throw new Error(`Cannot read the field "${word}"`);
        return [
          name,
          {
            name,
            type: types[type] ?? "text",
            isRequired: flags.includes("*"),
            isReadOnly: flags.includes("!") || type === "c" || type === "m",
            isCustom: false,
            max: max === "" ? null : Number(max),
            choices: choices === "" ? [] : choices.split("|").map((choice) => choice.replaceAll("_", " ")),
          } satisfies Field,
        ];
      }),
  );
}

/** What every record has. */
export const auditFields = "RECORDNO:i! WHENMODIFIED:m CREATEDBY:t! MODIFIEDBY:t! MEGAENTITYKEY:t! MEGAENTITYID:t! MEGAENTITYNAME:t!";
