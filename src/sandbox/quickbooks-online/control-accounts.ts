import type { Json } from "../json.ts";
import { homeCurrency } from "./currency.ts";
import { business, missing, Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import { account } from "./lists.ts";
import type { Referent } from "./records.ts";
import { defaultAccount, resolve } from "./references.ts";

export interface Control {
  readonly kind: "Accounts Receivable" | "Accounts Payable";
  readonly member: "ARAccountRef" | "APAccountRef";
  readonly currency: string;
}

/** The receivable or payable account of a transaction: as sent, or the company's own of that currency. */
export function controlAccount(work: Work, sent: Json | undefined, { kind, member, currency }: Control): Referent {
  const chosen = resolve(work, "Account", sent) ?? defaultAccount(work, { kind, currency }) ?? foreignControl(work, kind, currency);
  if (chosen === null) throw missing(member);
  if (chosen.kind !== kind) throw new Refusal("6430", `Invalid account type used : ${member} must be an ${kind} account`, member);
  if (chosen.currency !== currency) throw business(`${member} must be an account in the currency of the transaction.`, member);
  return chosen;
}

/** Each foreign currency gets a receivable and a payable account of its own when it is first needed. */
function foreignControl(work: Work, kind: Control["kind"], currency: string): Referent | null {
  if (currency === homeCurrency) return null;
  const short = kind === "Accounts Receivable" ? "A/R" : "A/P";
  return plantAccount(work, { Name: `${kind} (${short}) - ${currency}`, AccountType: kind, CurrencyRef: { value: currency } });
}

/** The account that differences of exchange rates go to. */
export function exchangeAccount(work: Work): Referent {
  const found = defaultAccount(work, { subkind: "ExchangeGainOrLoss" });
  return found ?? plantAccount(work, { Name: "Exchange Gain or Loss", AccountType: "Other Expense", AccountSubType: "ExchangeGainOrLoss" });
}

function plantAccount(work: Work, draft: Parameters<typeof account.prepare>[1]): Referent {
  const { company, records, atMs } = work;
  const prepared = account.prepare(work, draft, null);
  const id = records.nextId(company.key, "Account");
  records.insert(company.key, { entity: "Account", id, sync: 0, ...prepared, createdMs: atMs, updatedMs: atMs });
  const planted = records.referent(company.key, "Account", id);
  if (planted === null) throw new Error(`Account ${id} vanished`);
  return planted;
}
