import { Fault } from "../../../core/errors.ts";
import type { LedgerRow, ProfitAndLossRow, ReportName, ReportOf, ReportPeriod } from "../connector.ts";
import type { Desk } from "./desk.ts";
import { isoDate, minorOf } from "./formats.ts";
import { listRows } from "./query.ts";
import type { Filter, Row } from "./tasks.ts";
import { childOf, field, tag, textIn, type Element } from "./xml.ts";

/** Reads one report. Balances come from their own trial balance, legs from the view over all sub-ledgers. */
export async function readReport<Name extends ReportName>(desk: Desk, name: Name, period: ReportPeriod): Promise<ReportOf[Name]> {
  return (await readers[name](desk, period)) as ReportOf[Name];
}

const readers: { readonly [Name in ReportName]: (desk: Desk, period: ReportPeriod) => Promise<ReportOf[Name]> } = {
  trial_balance: readTrialBalance,
  profit_and_loss: readProfitAndLoss,
  general_ledger: readLedger,
};

/** An account's balances over some days; credits are negative. */
interface Balance {
  readonly account: string;
  readonly startMinor: bigint;
  readonly movedMinor: bigint;
  readonly endMinor: bigint;
}

async function readTrialBalance(desk: Desk, period: ReportPeriod): Promise<ReportOf["trial_balance"]> {
  const [balances, accounts] = [await readBalances(desk, period), await readAccounts(desk)];
  const rows = balances
    .filter(({ endMinor }) => endMinor !== 0n)
    .map(({ account, endMinor }) => ({
      accountId: account,
      account: nameOf(accounts, account),
      debitMinor: endMinor > 0n ? endMinor : 0n,
      creditMinor: endMinor < 0n ? -endMinor : 0n,
    }));
  return { ...headOf(desk, period), rows };
}

async function readProfitAndLoss(desk: Desk, period: ReportPeriod): Promise<ReportOf["profit_and_loss"]> {
  const [balances, accounts] = [await readBalances(desk, period), await readAccounts(desk)];
  const rows = balances.flatMap(({ account, movedMinor }): ProfitAndLossRow[] => {
    const row = accounts.get(account);
    if (movedMinor === 0n || row?.["ACCOUNTTYPE"] !== "incomestatement") return [];
    const isIncome = row["NORMALBALANCE"] === "credit";
    return [
      {
        accountId: account,
        account: nameOf(accounts, account),
        section: isIncome ? "Income" : "Expenses",
        amountMinor: isIncome ? -movedMinor : movedMinor,
      },
    ];
  });
  const netIncomeMinor = rows.reduce((sum, { section, amountMinor }) => sum + (section === "Income" ? amountMinor : -amountMinor), 0n);
  return { ...headOf(desk, period), rows, netIncomeMinor };
}

const headOf = (desk: Desk, { from, through, basis }: ReportPeriod) => ({ from, through, basis, currency: desk.options.homeCurrency });

/** Their trial balance as data, which the JSON gateway does not have. Debits must equal credits. */
async function readBalances(desk: Desk, { from, through, basis }: ReportPeriod): Promise<readonly Balance[]> {
  const { homeCurrency, entity, location } = desk.options;
  const dateParts = (name: string, date: string) => {
    const [year, month, day] = date.split("-");
    return tag(name, [field("year", year), field("month", month), field("day", day)]);
  };
  const answer = await desk.transport.ask(
    tag("get_trialbalance", [
      dateParts("startdate", from),
      dateParts("enddate", through),
      field("showzerobalances", "false"),
      field("reportingbook", basis === "cash" ? "CASH" : "ACCRUAL"),
      field("statistical", "exclude"),
      // A company with several base currencies wants one; the entity that is written in, or the usual location.
      field("locationid", entity || location || undefined),
    ]),
  );
  const balances = (childOf(answer, "data")?.children ?? []).map((row) => balanceOf(row, homeCurrency));
  const sum = balances.reduce((total, { endMinor }) => total + endMinor, 0n);
  if (sum !== 0n) throw untrusted("its debits and credits differ");
  return balances;
}

function balanceOf(row: Element, currency: string): Balance {
  const account = textIn(row, "glaccountno") || textIn(row, "accountno");
  const amount = (name: string): bigint => {
    const minor = minorOf(textIn(row, name) || "0", currency);
    return minor ?? fail(`the ${name} of ${account} is no amount`);
  };
  if (account === "" || textIn(row, "endbalance") === "") fail("a row has no account or no balance");
  const [startMinor, endMinor] = [amount("startbalance"), amount("endbalance")];
  return { account, startMinor, endMinor, movedMinor: endMinor - startMinor };
}

async function readAccounts(desk: Desk): Promise<ReadonlyMap<string, Row>> {
  const rows = await listRows(desk.transport, "GLACCOUNT", ["RECORDNO", "ACCOUNTNO", "TITLE", "ACCOUNTTYPE", "NORMALBALANCE"]);
  return new Map(rows.map((row) => [row["ACCOUNTNO"] ?? "", row]));
}

function nameOf(accounts: ReadonlyMap<string, Row>, account: string): string {
  return accounts.get(account)?.["TITLE"] || account;
}

/** Legs in the order of their days, each account beginning with its balance before; the balance after each leg is worked out here. */
async function readLedger(desk: Desk, period: ReportPeriod): Promise<ReportOf["general_ledger"]> {
  const [balances, accounts, legs] = [await readBalances(desk, period), await readAccounts(desk), await readLegs(desk, period)];
  const { homeCurrency } = desk.options;
  const starts = new Map(balances.map(({ account, startMinor }) => [account, startMinor]));
  const byAccount = Map.groupBy(
    legs.filter((leg) => accounts.has(leg["ACCOUNTNO"] ?? "")),
    (leg) => leg["ACCOUNTNO"] ?? "",
  );
  const rows: LedgerRow[] = [];
  for (const account of new Set([...starts.keys(), ...byAccount.keys()])) {
    let balanceMinor = starts.get(account) ?? 0n;
    const about = { accountId: account, account: nameOf(accounts, account) };
    rows.push({
      ...about,
      date: null,
      transactionId: null,
      transactionType: "",
      number: null,
      party: null,
      memo: "",
      amountMinor: 0n,
      balanceMinor,
    });
    const ordered = (byAccount.get(account) ?? []).toSorted((a, b) =>
      isoDate(a["ENTRY_DATE"] ?? "") < isoDate(b["ENTRY_DATE"] ?? "") ? -1 : 1,
    );
    for (const leg of ordered) {
      const amountMinor = minorOf(leg["AMOUNT"] ?? "", homeCurrency) ?? fail(`a leg of ${account} has no amount`);
      balanceMinor += amountMinor;
      rows.push({ ...about, ...legOf(leg), amountMinor, balanceMinor });
    }
    const told = balances.find((balance) => balance.account === account);
    if (told !== undefined && told.endMinor !== balanceMinor)
      throw untrusted(`the legs of ${account} do not give its balance; it is being posted to, ask again`);
  }
  return { ...headOf(desk, period), rows };
}

function legOf(leg: Row): Omit<LedgerRow, "accountId" | "account" | "amountMinor" | "balanceMinor"> {
  const isJournal = leg["MODULEKEY"] === "2.GL";
  return {
    date: isoDate(leg["ENTRY_DATE"] ?? "") || null,
    // A sub-ledger's batch in the ledger is a summary: the document behind it is the one to look at.
    transactionId: (isJournal ? leg["BATCHKEY"] : leg["RECORDKEY"]) || null,
    transactionType: leg["MODULEKEY"] ?? "",
    number: leg["RECORDID"] || leg["DOCNUMBER"] || null,
    party: leg["VENDORID"] || leg["CUSTOMERID"] || null,
    memo: leg["DESCRIPTION"] || leg["BATCH_TITLE"] || "",
  };
}

const legFields = [
  ...["RECORDNO", "BATCHKEY", "BATCH_TITLE", "MODULEKEY", "ENTRY_DATE", "ACCOUNTNO", "AMOUNT", "RECORDID"],
  ...["DESCRIPTION", "VENDORID", "CUSTOMERID"],
];

/** Always bound by days, or it runs into their time limit. Not every company has the key of the document behind a leg. */
async function readLegs(desk: Desk, { from, through }: ReportPeriod): Promise<readonly Row[]> {
  const filter: Filter = {
    all: [
      { field: "ENTRY_DATE", is: "from", values: [from], as: "date" },
      { field: "ENTRY_DATE", is: "until", values: [through], as: "date" },
      { field: "ENTRY_STATE", is: "equal", values: ["P"] },
    ],
  };
  const ask = (fields: readonly string[]) => listRows(desk.transport, "GLDETAIL", fields, filter);
  return ask([...legFields, "RECORDKEY"]).catch((error: unknown) => {
    if (error instanceof Fault && error.code === "books_refused") return ask(legFields);
    throw error;
  });
}

function fail(what: string): never {
  throw untrusted(what);
}

function untrusted(what: string): Fault {
  return new Fault("upstream_silent", `A report of Sage Intacct cannot be trusted: ${what}`);
}
