import { Fault } from "../../../core/errors.ts";
import type { ConnectionSettings } from "../connector.ts";

/** What a connection says about its company beyond addresses and keys. All of it is text that an administrator set. */
export interface BooksOptions {
  /** `rest`: OAuth and JSON, with the XML gateway for what JSON lacks. `xml`: a sender id and a Web Services user. */
  readonly transport: "xml" | "rest";
  readonly senderId: string;
  readonly userId: string;
  /** The entity that is written in; empty is the top level. */
  readonly entity: string;
  readonly journal: string;
  readonly statisticalJournal: string;
  readonly homeCurrency: string;
  /** Location of lines that name none: the top level of a company with several entities wants one on each. */
  readonly location: string;
  /** Source entity of entries that do not balance within each entity. */
  readonly baseLocation: string;
  /** Bank and card accounts by the number of their ledger account: `1010=BANK1, 1020=BANK2`. */
  readonly banks: ReadonlyMap<string, string>;
  readonly cards: ReadonlyMap<string, string>;
  /** Ledger account of received money that has not been put into the bank. */
  readonly undepositedAccount: string;
  /** How a payment is told to be made. `Printed Check` waits in Intacct until somebody prints it. */
  readonly paymentMethod: string;
  /** Sage's pages leave open which sign an adjustment has that lowers what is owed to a vendor. */
  readonly vendorCreditSign: "negative" | "positive";
  /** Folder of attachments. */
  readonly folder: string;
  /** Whether removals are read from the audit history, which needs a permission. */
  readonly deletions: "audit" | "off";
  /** Whether a company refuses a document number that is in use, as far as its administrator knows. */
  readonly duplicateNumbers: "refused" | "accepted";
  /** How far a sweep for changes reaches behind the last one, in minutes. */
  readonly overlapMinutes: number;
}

const defaults = {
  transport: "",
  senderId: "",
  userId: "",
  entity: "",
  journal: "GJ",
  statisticalJournal: "SJ",
  homeCurrency: "USD",
  location: "",
  baseLocation: "",
  banks: "",
  cards: "",
  undepositedAccount: "",
  paymentMethod: "EFT",
  vendorCreditSign: "negative",
  folder: "Ledgerlane",
  deletions: "audit",
  duplicateNumbers: "refused",
  overlapMinutes: "75",
};
type Name = keyof typeof defaults;

/** Reads the options of a connection. Fault: `configuration_invalid` for a name or value that is none. */
export function optionsOf(settings: Pick<ConnectionSettings, "options" | "clientId">): BooksOptions {
  const given = settings.options ?? {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw wrong(`There is no option "${name}" for Sage Intacct; there are ${Object.keys(defaults).join(", ")}.`);
    }
  }
  const text = (name: Name): string => (given[name] ?? defaults[name]).trim() || defaults[name];
  const oneOf = <Value extends string>(name: Name, values: readonly Value[], fallback: Value): Value => {
    const value = text(name) || fallback;
    return values.find((each) => each === value) ?? fail(`Option ${name} is one of ${values.join(", ")}, not "${value}".`);
  };
  const overlapMinutes = Number(text("overlapMinutes"));
  if (!Number.isInteger(overlapMinutes) || overlapMinutes < 1 || overlapMinutes > 1_440) {
    fail("Option overlapMinutes is a number of minutes from 1 to 1440.");
  }
  return {
    transport: oneOf("transport", ["xml", "rest"], settings.clientId === "" ? "xml" : "rest"),
    senderId: text("senderId"),
    userId: text("userId"),
    entity: text("entity"),
    journal: text("journal"),
    statisticalJournal: text("statisticalJournal"),
    homeCurrency: text("homeCurrency"),
    location: text("location"),
    baseLocation: text("baseLocation"),
    banks: pairs("banks", text("banks")),
    cards: pairs("cards", text("cards")),
    undepositedAccount: text("undepositedAccount"),
    paymentMethod: text("paymentMethod"),
    vendorCreditSign: oneOf("vendorCreditSign", ["negative", "positive"], "negative"),
    folder: text("folder"),
    deletions: oneOf("deletions", ["audit", "off"], "audit"),
    duplicateNumbers: oneOf("duplicateNumbers", ["refused", "accepted"], "refused"),
    overlapMinutes,
  };
}

/** `1010=BANK1, 1020=BANK2`, by ledger account. */
function pairs(name: Name, text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/[,;\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => {
        const [account = "", id = "", ...more] = part.split("=").map((each) => each.trim());
        if (account === "" || id === "" || more.length > 0)
          fail(`Option ${name} is a list such as "1010=BANK1, 1020=BANK2"; "${part}" is no part of one.`);
        return [account, id] as const;
      }),
  );
}

function fail(message: string): never {
  throw wrong(message);
}

function wrong(message: string): Fault {
  return new Fault("configuration_invalid", message);
}
