import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg, LedgerParty } from "../ledger.ts";
import { minorOf, toAmount } from "../amount.ts";
import { exchangeAccount } from "./control-accounts.ts";
import { checkAccountCurrency, homeCurrency, homeMembers, inHome, rateOf, toHome, type Money } from "./currency.ts";
import { business, missing, Refusal } from "./errors.ts";
import type { Kind, Link, Work } from "./kind.ts";
import { payersOf } from "./links.ts";
import { balancingLeg } from "./purchases.ts";
import type { Referent, Stored } from "./records.ts";
import { dimensionsOf, ledgerAccount, refMember, resolve, resolveClass, resolveDepartment, toRef } from "./references.ts";
import * as fields from "./settling-fields.ts";
import { lineIds, readHeader, readTerms } from "./transaction.ts";

/** One line of a deposit: money from an account, or a payment out of undeposited funds. */
interface DepositLine {
  readonly line: JsonObject;
  readonly minor: bigint;
  readonly account: Referent;
  readonly party: LedgerParty | null;
  readonly klass: Referent | null;
  readonly link: Link | null;
  /** Of a payment: its own currency and rate. */
  readonly payment: JsonObject | null;
}

/** Money brought to the bank: debits it, and credits the accounts of the lines. */
export const deposit: Kind = {
  name: "Deposit",
  type: "transaction",
  fields: fields.deposit,
  prepare(work, draft, before) {
    if (draft["DepositToAccountRef"] === undefined) throw missing("DepositToAccountRef");
    const given = listOf(draft["Line"]).map(objectOf);
    if (given.length === 0) throw new Refusal("2250", "Missing lines : You must enter at least one split line.", "Line");
    const bank = accountOf(work, draft["DepositToAccountRef"], "DepositToAccountRef");
    const department = resolveDepartment(work, draft["DepartmentRef"]);
    const terms = readTerms(work, draft, before, { currency: bank.currency });
    checkAccountCurrency(bank, terms.money, "DepositToAccountRef");
    const lines = given.map((line) => readLine(work, line, before));
    checkPaymentCurrencies(lines, terms.money);
    const cashBack = readCashBack(work, draft);
    const total = lines.reduce((sum, { minor }) => sum + minor, 0n) - (cashBack?.minor ?? 0n);
    if (total < 0n) throw new Refusal("2290", "Negative Amount : The total of a transaction cannot be negative", "TotalAmt");
    const numbering = { entity: "Deposit", display: "Deposit", party: null, assigns: false, refusesDuplicates: false };
    const header = readHeader(work, draft, before, { terms, ...numbering });
    const legs = [
      balancingLeg({ account: bank, minor: total, party: null, department }),
      ...(cashBack === null ? [] : [balancingLeg({ account: cashBack.account, minor: cashBack.minor, party: null, department })]),
      ...lines.map((line) => toLeg(line, department)),
    ];
    const { DepartmentRef: _department, ...kept } = draft;
    return {
      body: {
        ...kept,
        DepositToAccountRef: toRef(bank),
        TotalAmt: toAmount(total),
        ...header.shown,
        ...homeMembers(work, terms.money, { total }),
        ...refMember("DepartmentRef", department),
        Line: showLines(lines, before),
      },
      legs: atPaymentRates(work, inHome(legs, terms.money), lines, terms.money),
      links: lines.flatMap(({ link }) => link ?? []),
      columns: { number: header.number, date: header.date },
      active: true,
    };
  },
};

function accountOf(work: Work, value: JsonObject[string] | undefined, member: string): Referent {
  const account = resolve(work, "Account", value);
  if (account === null) throw missing(member);
  if (account.kind === "Bank" || account.kind === "Other Current Asset") return account;
  throw new Refusal("6430", `Invalid account type used : ${member} must be a Bank or Other Current Asset account`, member);
}

function readCashBack(work: Work, draft: JsonObject): { account: Referent; minor: bigint } | null {
  if (draft["CashBack"] === undefined) return null;
  const given = objectOf(draft["CashBack"]);
  const account = resolve(work, "Account", given["AccountRef"]);
  if (account === null) throw missing("AccountRef");
  if (given["Amount"] === undefined) throw missing("Amount");
  return { account, minor: minorOf(given["Amount"]) };
}

function readLine(work: Work, line: JsonObject, before: Stored | null): DepositLine {
  const [first] = listOf(line["LinkedTxn"]);
  if (first !== undefined) return readLinked(work, line, { link: objectOf(first), before });
  if (line["Amount"] === undefined) throw missing("Amount");
  const detail = objectOf(line["DepositLineDetail"]);
  if (line["DepositLineDetail"] === undefined) {
    throw new Refusal("6440", "Transaction Detail Information Required : DepositLineDetail is missing", "DepositLineDetail");
  }
  const account = resolve(work, "Account", detail["AccountRef"]);
  if (account === null) throw missing("AccountRef");
  const party = readEntity(work, detail);
  if (account.kind === "Accounts Receivable" && party?.type !== "Customer") {
    throw business("When you use Accounts Receivable, you must choose a customer in the Name field.");
  }
  if (account.kind === "Accounts Payable" && party?.type !== "Vendor") {
    throw business("When you use Accounts Payable, you must choose a vendor in the Name field.");
  }
  return {
    line,
    minor: minorOf(line["Amount"]),
    account,
    party,
    klass: resolveClass(work, detail["ClassRef"], "line"),
    link: null,
    payment: null,
  };
}

/** Who the money is from: here a flat reference with a type. */
function readEntity(work: Work, detail: JsonObject): LedgerParty | null {
  const given = objectOf(detail["Entity"]);
  if (given["value"] === undefined) return null;
  const sent = textOf(given["type"]) ?? "Customer";
  const type = ["Customer", "Vendor", "Employee"].find((name) => name.toLowerCase() === sent.toLowerCase());
  if (type === undefined) throw new Refusal("2170", `Invalid Enumeration : ${sent}`, "Entity");
  const referent = resolve(work, type, detail["Entity"]);
  return referent === null ? null : { type, id: referent.id, name: referent.name };
}

function readLinked(work: Work, line: JsonObject, { link, before }: { link: JsonObject; before: Stored | null }): DepositLine {
  const { TxnId: id, TxnType: type, TxnLineId: lineId } = link;
  if (typeof id !== "string") throw missing("TxnId");
  if (lineId === undefined) throw missing("TxnLineId");
  const refuse = (reason: string) =>
    new Refusal("620", `Txn ID Cannot Be Linked : ${String(type)} ${id} cannot be linked, ${reason}`, "TxnId");
  if (type !== "Payment") throw refuse("it is not of a type that can be deposited here");
  const found = work.records.find(work.company.key, "Payment", id);
  if (found === null || found.deleted) throw new Refusal("2500", `Invalid Reference Id : Txns element id ${id} not found`, "TxnId");
  const account = resolve(work, "Account", found.body["DepositToAccountRef"]);
  if (account === null || account.subkind !== "UndepositedFunds") throw refuse("it is not in undeposited funds");
  if (payersOf(work, found).some((payer) => payer.id !== before?.id)) throw refuse("it has been deposited");
  const total = minorOf(found.body["TotalAmt"]);
  if (total === 0n) throw refuse("it has no amount");
  if (line["Amount"] !== undefined && minorOf(line["Amount"]) !== total) throw business("A payment is deposited as a whole.", "Amount");
  const shown = { Amount: toAmount(total), LinkedTxn: [{ TxnId: id, TxnType: "Payment", TxnLineId: String(lineId) }] };
  const customer = objectOf(found.body["CustomerRef"]);
  const party = { type: "Customer", id: String(customer["value"]), name: String(customer["name"]) };
  return { line: shown, minor: total, account, party, klass: null, link: { entity: "Payment", id, minor: total }, payment: found.body };
}

function checkPaymentCurrencies(lines: readonly DepositLine[], { currency }: Money): void {
  for (const { payment } of lines) {
    if (payment === null || objectOf(payment["CurrencyRef"])["value"] === currency) continue;
    throw business("The currency of the deposit must be the currency of its payments.", "CurrencyRef");
  }
}

/** Payments leave undeposited funds at the rate they came in at; the difference is gained or lost. */
function atPaymentRates(work: Work, legs: readonly Leg[], lines: readonly DepositLine[], { currency }: Money): Leg[] {
  if (currency === homeCurrency) return [...legs];
  const first = legs.length - lines.length;
  const posted = legs.map((leg, index): Leg => {
    const payment = lines[index - first]?.payment ?? null;
    return payment === null || leg.foreign === undefined ? leg : { ...leg, minor: toHome(leg.foreign.minor, rateOf(payment)) };
  });
  const over = posted.reduce((sum, { minor }) => sum + minor, 0n);
  if (over === 0n) return posted;
  return [...posted, { account: ledgerAccount(exchangeAccount(work)), minor: -over, party: null, dimensions: {}, isControl: false }];
}

function toLeg({ account, minor, party, klass }: DepositLine, department: Referent | null): Leg {
  const isControl = account.kind === "Accounts Receivable" || account.kind === "Accounts Payable";
  return { account: ledgerAccount(account), minor: -minor, party, dimensions: dimensionsOf(klass, department), isControl };
}

/** Payments come without an id; lines of their own are counted from one. */
function showLines(lines: readonly DepositLine[], before: Stored | null): JsonObject[] {
  const own = lines.filter(({ link }) => link === null);
  const ids = lineIds(
    own.map(({ line }) => line),
    before,
    1,
  );
  return lines.map((entry) => {
    if (entry.link !== null) return entry.line;
    const index = own.indexOf(entry);
    const { Entity: _entity, ClassRef: _class, ...detail } = objectOf(entry.line["DepositLineDetail"]);
    const { party, klass, account } = entry;
    return {
      ...entry.line,
      Id: ids[index] ?? "",
      LineNum: index + 1,
      DetailType: "DepositLineDetail",
      DepositLineDetail: {
        ...detail,
        ...(party === null ? {} : { Entity: { value: party.id, name: party.name, type: party.type } }),
        ...refMember("ClassRef", klass),
        AccountRef: toRef(account),
      },
    };
  });
}

const positions = new Set(["Asset", "Liability", "Equity"]);

/** Money from one of our accounts to another. */
export const transfer: Kind = {
  name: "Transfer",
  type: "transaction",
  fields: fields.transfer,
  prepare(work, draft, before) {
    for (const member of ["FromAccountRef", "ToAccountRef", "Amount"]) if (draft[member] === undefined) throw missing(member);
    const minor = minorOf(draft["Amount"]);
    if (minor < 0n) throw new Refusal("2290", "Negative Amount : The amount of a transfer cannot be negative", "Amount");
    const from = positionOf(work, draft, "FromAccountRef");
    const to = positionOf(work, draft, "ToAccountRef");
    if (from.id === to.id) throw business("You can't transfer from an account to itself.", "ToAccountRef");
    const terms = readTerms(work, draft, before, null);
    checkAccountCurrency(from, terms.money, "FromAccountRef");
    checkAccountCurrency(to, terms.money, "ToAccountRef");
    const numbering = { entity: "Transfer", display: "Transfer", party: null, assigns: false, refusesDuplicates: false };
    const header = readHeader(work, draft, before, { terms, ...numbering });
    const leg = (account: Referent, amount: bigint) => balancingLeg({ account, minor: amount, party: null, department: null });
    return {
      body: { ...draft, FromAccountRef: toRef(from), ToAccountRef: toRef(to), Amount: toAmount(minor), ...header.shown },
      legs: inHome([leg(to, minor), leg(from, -minor)], terms.money),
      columns: { number: header.number, date: header.date },
      active: true,
    };
  },
};

function positionOf(work: Work, draft: JsonObject, member: "FromAccountRef" | "ToAccountRef"): Referent {
  const account = resolve(work, "Account", draft[member]);
  if (account === null) throw missing(member);
  const { body } = work.records.find(work.company.key, "Account", account.id) ?? { body: {} as JsonObject };
  const isControl = account.kind === "Accounts Receivable" || account.kind === "Accounts Payable";
  if (positions.has(String(body["Classification"])) && !isControl) return account;
  throw new Refusal("6430", `Invalid account type used : ${member} must be a balance sheet account`, member);
}
