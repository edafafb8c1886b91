import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Header, Line, Link, Prepared, TransactionKind } from "./kind.ts";
import { accountOf } from "./lines.ts";
import { converted, minorOf, toAmount } from "./money.ts";
import { controlAccount, mainLine } from "./purchases.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { invalidField, referent } from "./references.ts";
import { applyLinks, rateDifference, settledAtOwnRates, settledRows } from "./settle.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

const sum = (links: readonly Link[]): bigint => links.reduce((total, { minor }) => total + minor, 0n);
const outOfRange = (amount: bigint, field: string) =>
  userError(`The value ${toAmount(amount)} is outside of valid min/max range for field ${field}.`, field);

function moneyAccount(work: Work, id: JsonObject[string] | undefined, header: Header): Stored {
  const account = accountOf(work, id, { path: "account", header });
  if (!["Bank", "CredCard", "OthCurrAsset"].includes(account.kind)) throw invalidField(work, account.id, "account", "account");
  return account;
}

/** Lists of a payment that use up credits and deposits: what they would do is not emulated, so they are not silently kept. */
function refuseCredits(draft: JsonObject): void {
  for (const name of ["credit", "deposit"]) {
    const isUsed = listOf(draft[name]).some((row) => objectOf(row)["apply"] === true);
    if (isUsed)
      throw userError(
        `You do not have permissions to set a value for element ${name} due to one of the following reasons: 2) An associated feature is disabled.`,
        name,
      );
  }
}

/** Money on one side, the receivable or payable on the other, and what their rates differ by. */
function paymentLines(
  work: Work,
  { draft, header, entity }: { draft: JsonObject; header: Header; entity: Stored | null },
  order: { money: Stored; control: Stored; minor: bigint; links: readonly Link[]; isOut: boolean },
): Line[] {
  const { money, control, minor, links, isOut } = order;
  const sign = isOut ? 1n : -1n;
  const party = entity === null ? null : String(entity.id);
  const atOwnRates = settledAtOwnRates(work, header, links) + converted(minor - sum(links), header.rate);
  const main = {
    ...mainLine({ draft, header }, { account: money, minor: -sign * minor, entity: party }),
    baseMinor: -sign * converted(minor, header.rate),
  };
  const other: Line = { ...main, id: 1, isMain: false, account: control, minor: sign * minor, baseMinor: sign * atOwnRates };
  const difference = rateDifference(work, other, -(main.baseMinor + sign * atOwnRates));
  return difference === null ? [main, other] : [main, other, difference];
}

/** Pays bills. The amount is what is applied; a payment that pays nothing is refused. */
export function vendorPaymentKind(): TransactionKind {
  const type = typeNamed("vendorPayment");
  return {
    type,
    lock: "ap",
    prepare(work, draft, before) {
      refuseCredits(draft);
      const entity = referent(work, "vendor", draft["entity"]);
      const header = readHeader(work, draft, { type, lock: "ap", entity, required: ["entity", "account"], isNumbered: false, before });
      const money = moneyAccount(work, draft["account"], header);
      const control = controlAccount(work, { draft, header }, { named: "apAcct", own: entity?.body["payablesAccount"], kind: "AcctPay" });
      const links = applyLinks(work, { draft, header, entity, self: before?.id ?? null }, { available: null, targets: ["VendBill"] });
      const minor = sum(links);
      if (minor === 0n && work.company.switches.emptyVendorPayment === "refuse")
        throw userError("You must select at least one bill to pay.", "apply");
      const lines = paymentLines(work, { draft, header, entity }, { money, control, minor, links, isOut: true });
      const body = { ...settledRows(draft, links), account: String(money.id), apAcct: String(control.id), total: toAmount(minor) };
      return { body, header, entity: textOf(draft["entity"]), lines, total: -minor, links } satisfies Prepared;
    },
  };
}

/** Takes money of a customer. `payment` is the amount; without it, it is what is applied. */
export function customerPaymentKind(): TransactionKind {
  const type = typeNamed("customerPayment");
  return {
    type,
    lock: "ar",
    prepare(work, draft, before) {
      refuseCredits(draft);
      const entity = referent(work, "customer", draft["customer"]);
      const header = readHeader(work, draft, { type, lock: "ar", entity, required: ["customer"], isNumbered: true, before });
      const settling = { draft, header, entity, self: before?.id ?? null };
      const payment = typeof draft["payment"] === "number" ? minorOf(draft["payment"]) : null;
      if (payment !== null && payment <= 0n) throw outOfRange(payment, "payment");
      const links = applyLinks(work, settling, { available: payment, targets: ["CustInvc"] });
      const minor = payment ?? sum(links);
      if (minor <= 0n) requireFields(["payment"]);
      const isUndeposited = draft["account"] === undefined || draft["account"] === null;
      const money = isUndeposited ? undepositedFunds(work) : moneyAccount(work, draft["account"], header);
      const control = controlAccount(
        work,
        { draft, header },
        { named: "arAcct", own: entity?.body["receivablesAccount"], kind: "AcctRec" },
      );
      const lines = paymentLines(work, { draft, header, entity }, { money, control, minor, links, isOut: false });
      const members = {
        payment: toAmount(minor),
        total: toAmount(minor),
        arAcct: String(control.id),
        undepFunds: isUndeposited ? "T" : "F",
      };
      const body = { ...settledRows(draft, links), ...members, ...(isUndeposited ? {} : { account: String(money.id) }) };
      return { body, header, entity: textOf(draft["customer"]), lines, total: minor, links } satisfies Prepared;
    },
  };
}

function undepositedFunds(work: Work): Stored {
  const accounts = work.records.ofKind(work.company.key, "account", "OthCurrAsset");
  const found = accounts.find(({ body }) => body["sSpecAcct"] === "UndepFunds");
  if (found === undefined) throw userError("Please enter value(s) for: Account.");
  return found;
}
