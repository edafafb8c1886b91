import type { FaultCode } from "../../../core/errors.ts";

/** Where in an answer an error stands: the sender, the sign-in, one function, or the JSON gateway. */
export type Level = "control" | "authentication" | "function" | "rest";

/** What one of their errors means to us: the fault, a sentence for the bookkeeper, and what to do about it. */
export interface ErrorRow {
  /** `errorno`, or `errorId` of a detail; without any, words decide alone. */
  readonly codes?: readonly string[];
  readonly words?: RegExp;
  readonly levels?: readonly Level[];
  readonly fault: FaultCode;
  readonly says: string;
  readonly todo: string;
}

const data = "Correct the value in the event or in the mapping, then retry.";
const mapping = "Correct the mapping or the record in Intacct, then retry.";
const inIntacct = "Settle this in Intacct first, then retry.";
const report = "This is a mistake in the connector's request, not in your data: report it with the support id below.";
const wait = "It is tried again by itself.";
const lookUp = "It is looked up before anything is sent again.";

/**
 * Errors of both gateways, the telling ones first; the first row that fits wins. Their numbers are few and shared, so that
 * level and words decide together with them (developer.intacct.com and developer.sage.com, "Error handling").
 */
export const errorRows: readonly ErrorRow[] = [
  // The way there.
  {
    codes: ["GW-0010"],
    fault: "upstream_busy",
    says: "Intacct asks for a pause: too many requests run at once in this company.",
    todo: wait,
  },
  { words: /API rate limit exceeded/i, fault: "upstream_busy", says: "Intacct asks for a pause.", todo: wait },
  { words: /Service is Temporarily Off-?line/i, fault: "upstream_busy", says: "Intacct is off line for maintenance.", todo: wait },
  { codes: ["GW-0011", "XL03000003"], fault: "books_refused", says: "Intacct cannot read the request.", todo: report },
  { words: /is not a valid transport policy/i, fault: "books_refused", says: "Intacct does not know the transport policy.", todo: report },
  {
    words: /Incorrect Intacct XML Partner ID or password/i,
    fault: "credentials_refused",
    says: "Intacct refuses our sender id or its password.",
    todo: "Correct both in the connection; capitals count.",
  },
  {
    codes: ["PL04000055"],
    fault: "credentials_expired",
    says: "This Intacct company has expired.",
    todo: "Renew it with Sage, or connect another company.",
  },
  {
    words: /Invalid Web Services Authorization/i,
    fault: "credentials_refused",
    says: "This company has not authorized our sender id.",
    todo: "An administrator adds it in Intacct under Company, Setup, Company, Security, Web Services authorizations.",
  },
  {
    codes: ["XMLGW_JPP0002", "UJPP0002", "invalidRequest"],
    levels: ["control", "authentication"],
    fault: "credentials_expired",
    says: "Intacct does not accept our sign-in to this company.",
    todo: "Check company id, Web Services user, its password and the entity, then reconnect.",
  },
  {
    codes: ["XL03000006"],
    levels: ["control", "authentication"],
    fault: "credentials_expired",
    says: "Intacct does not accept our sign-in to this company.",
    todo: "Check company id, Web Services user, its password and the entity, then reconnect. Intacct says the same for a wrong entity.",
  },
  {
    codes: ["REST-2102"],
    fault: "credentials_expired",
    says: "Intacct no longer accepts our sign-in to this company.",
    todo: "Reconnect the company as an Intacct administrator.",
  },
  {
    words: /\btoken\b.*\bnot valid\b|invalid token/i,
    levels: ["rest"],
    fault: "credentials_expired",
    says: "Intacct no longer accepts our sign-in to this company.",
    todo: "Reconnect the company as an Intacct administrator.",
  },
  // The questions.
  { words: /cannot be queried/i, fault: "books_refused", says: "A field that is asked for cannot be read in this company.", todo: report },
  {
    codes: ["DL02000001", "Query Failed"],
    fault: "books_refused",
    says: "Intacct cannot answer the question as it was put.",
    todo: report,
  },
  {
    words: /Object definition .* not found/i,
    fault: "books_refused",
    says: "This company does not have that kind of record.",
    todo: inIntacct,
  },
  {
    codes: ["PL04000005"],
    fault: "books_readonly",
    says: "The Web Services user lacks a permission in Intacct.",
    todo: "An administrator gives it the permission named below, or the module is not subscribed.",
  },
  {
    words: /do(es)? not have permission/i,
    fault: "books_readonly",
    says: "The Web Services user lacks a permission in Intacct.",
    todo: "An administrator gives it the permission named below, or the module is not subscribed.",
  },
  {
    codes: ["XL03000009"],
    words: /rolled back|abort/i,
    fault: "upstream_busy",
    says: "Intacct undid this entry because another one of the same request failed.",
    todo: wait,
  },
  { words: /skipped due to atomic/i, fault: "upstream_busy", says: "Intacct skipped this entry because another one failed.", todo: wait },
  {
    words: /controlid.*(already|previously)|(already|previously) (been )?(executed|processed)|duplicate (function|control)|idempoten/i,
    fault: "upstream_silent",
    says: "Intacct has executed this very entry before.",
    todo: lookUp,
  },
  // Numbers.
  {
    words: /a transaction with the number .* already exists/i,
    fault: "number_taken",
    says: "The number is in use in Intacct.",
    todo: lookUp,
  },
  { codes: ["BL34000061", "PL05000104", "GL-0493"], fault: "number_taken", says: "Intacct already has such a record.", todo: lookUp },
  {
    words: /\balready exists\b|Duplicate account number/i,
    fault: "number_taken",
    says: "Intacct already has such a record.",
    todo: lookUp,
  },
  {
    codes: ["BL03002128"],
    fault: "books_refused",
    says: "Intacct wants a number and gives none itself.",
    todo: data,
  },
  // Periods.
  {
    words: /period.*\bclosed\b|\bclosed\b.*period|books are closed|Date must be on or after/i,
    fault: "period_closed",
    says: "The books are closed for that date in Intacct.",
    todo: "Reopen the period there, or post into an open one.",
  },
  // What a document names.
  {
    words: /missing the .* dimension for the account|account number .* requires a/i,
    fault: "books_refused",
    says: "The account needs a dimension that the line does not have.",
    todo: "Set the dimension named below in the mapping, then retry.",
  },
  {
    words: /is restricted by|auto-?filled/i,
    fault: "books_refused",
    says: "A restriction between dimensions or accounts in Intacct forbids this line.",
    todo: mapping,
  },
  {
    words: /Activate the \w+ .*then try again|is inactive/i,
    fault: "reference_unknown",
    says: "Something the entry uses was made inactive in Intacct.",
    todo: "Make it active again there, or map to another one.",
  },
  {
    words:
      /Invalid [\w ]+ '[^']*' (specified|selected)|'[^']*' (specified )?is (not valid|invalid)|Account \S+ is not valid|is not a valid (account|vendor|customer|employee|location|department|class|item|project)/i,
    fault: "reference_unknown",
    says: "Something the entry names is not in Intacct, is inactive, or cannot be seen from this entity.",
    todo: "Refresh the company's lists and correct the mapping, then retry.",
  },
  // Business rules.
  {
    codes: ["GL-1009"],
    fault: "books_refused",
    says: "Debits and credits differ, in total or within one entity.",
    todo: "Check the locations of the lines; between entities a base location must be set in the connection.",
  },
  {
    words: /do(es)? not balance|out of balance/i,
    fault: "books_refused",
    says: "Debits and credits differ, in total or within one entity.",
    todo: "Check the locations of the lines; between entities a base location must be set in the connection.",
  },
  {
    words: /direct posting|cannot be posted to directly/i,
    fault: "books_refused",
    says: "The journal does not take entries from outside.",
    todo: "Allow direct posting to it in Intacct, or set another journal in the connection.",
  },
  {
    words: /already paid|exceeds (the )?total amount due|can't find this transaction/i,
    fault: "books_refused",
    says: "What the payment settles is paid already, or gone.",
    todo: "Look at its payments in Intacct, then correct or drop this payment.",
  },
  {
    words: /provide a payment batch key/i,
    fault: "books_refused",
    says: "This company wants a payment summary named for each payment.",
    todo: "Set payment summaries to automatic in Intacct's configuration.",
  },
  {
    codes: ["BL02000051"],
    fault: "books_refused",
    says: "Undeposited funds take the base currency only.",
    todo: "Name a bank account for this payment.",
  },
  { codes: ["BL03000018"], fault: "books_refused", says: "A value has a form that Intacct does not take.", todo: data },
  { codes: ["PL03000006"], fault: "books_refused", says: "A date is not one Intacct takes.", todo: data },
  { codes: ["REST-1028", "REST-1043"], fault: "books_refused", says: "Intacct does not understand the request.", todo: report },
];

/** Codes that only say that something failed; the reason stands beside them. */
export const wrapperCodes: readonly string[] = ["BL01001973", "XL03000009", "GL-0951", "GL-0504", "REST-7001", "unableToCreateRecordError"];
