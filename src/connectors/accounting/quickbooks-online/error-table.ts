import type { FaultCode } from "../../../core/errors.ts";

/** What one of their codes means to us: the fault, a sentence for the bookkeeper, and what to do about it. */
export interface ErrorRow {
  readonly codes: readonly string[];
  readonly fault: FaultCode;
  readonly says: string;
  readonly todo: string;
}

const mapping = "Correct the mapping or the record in QuickBooks, then retry.";
const data = "Correct the value in the event or in the mapping, then retry.";
const report = "This is a mistake in the connector's request, not in your data: report it with the trace id below.";
const inQuickBooks = "Settle this in QuickBooks first, then retry.";
const wait = "It is tried again by itself.";

/**
 * Every code of Intuit's published list that can meet us, by what it asks for. `upstream_silent` stands where the code
 * leaves open whether the entry was saved.
 */
export const errorRows: readonly ErrorRow[] = [
  {
    codes: ["100", "110", "3200"],
    fault: "credentials_expired",
    says: "QuickBooks no longer accepts our sign-in to this company.",
    todo: "Reconnect the company as a QuickBooks administrator.",
  },
  {
    codes: ["120"],
    fault: "books_readonly",
    says: "The person who connected this company no longer has administrator rights in QuickBooks.",
    todo: "Have a QuickBooks administrator reconnect the company.",
  },
  { codes: ["130"], fault: "upstream_busy", says: "Intuit is moving this company to other servers.", todo: wait },
  {
    codes: ["140"],
    fault: "upstream_busy",
    says: "Intuit has locked this company for now.",
    todo: `${wait} If it lasts, sign in to QuickBooks and see what it asks for.`,
  },
  { codes: ["150"], fault: "upstream_busy", says: "The company is under maintenance at Intuit.", todo: wait },
  { codes: ["500"], fault: "books_refused", says: "QuickBooks does not offer this operation for this kind of record.", todo: report },
  {
    codes: ["600"],
    fault: "upstream_silent",
    says: "QuickBooks has seen this request before, so the entry may exist already.",
    todo: "It is looked up before anything is sent again.",
  },
  {
    codes: ["610"],
    fault: "record_stale",
    says: "The record was deleted or cannot be found in QuickBooks.",
    todo: "See in QuickBooks' audit log who removed it, then decide whether to post it again.",
  },
  {
    codes: ["620"],
    fault: "books_refused",
    says: "The transactions cannot be linked: one is paid already, or belongs to another party.",
    todo: inQuickBooks,
  },
  { codes: ["630"], fault: "books_refused", says: "QuickBooks already has such a record.", todo: mapping },
  {
    codes: ["700", "900", "6150", "6180"],
    fault: "books_refused",
    says: "The parent of a list entry is missing, or the levels are too deep.",
    todo: mapping,
  },
  { codes: ["800"], fault: "books_refused", says: "The record cannot be deleted because other records depend on it.", todo: inQuickBooks },
  {
    codes: ["1000", "1010", "1020"],
    fault: "upstream_silent",
    says: "QuickBooks failed while saving and does not say whether the entry was saved.",
    todo: "It is looked up before anything is sent again.",
  },
  {
    codes: ["1040"],
    fault: "books_refused",
    says: "The batch was larger than QuickBooks takes.",
    todo: "Lower the batch size in the connection's limits.",
  },
  {
    codes: ["1050", "2000", "2010", "2130", "2170", "2260", "2270", "2280", "2600", "3202", "4000", "4001", "4002", "5000"],
    fault: "books_refused",
    says: "QuickBooks does not understand the request.",
    todo: report,
  },
  { codes: ["2020"], fault: "books_refused", says: "A value that QuickBooks requires is missing.", todo: data },
  {
    codes: ["2030"],
    fault: "reference_unknown",
    says: "An id that the entry uses is no QuickBooks id.",
    todo: "Refresh the company's lists, then retry.",
  },
  { codes: ["2040"], fault: "books_refused", says: "A text has characters that QuickBooks does not take.", todo: data },
  { codes: ["2050"], fault: "books_refused", says: "A text is longer or shorter than QuickBooks allows.", todo: data },
  {
    codes: ["2060", "2070", "2080", "2090", "2100", "2110"],
    fault: "books_refused",
    says: "A date or number is not one QuickBooks takes.",
    todo: data,
  },
  {
    codes: ["2120", "2180", "2190", "2200", "2210", "2230", "2240"],
    fault: "books_refused",
    says: "A value has the wrong kind or lies outside what QuickBooks allows.",
    todo: data,
  },
  {
    codes: ["2140", "2150", "2160"],
    fault: "books_refused",
    says: "An amount, percentage or quantity is not one QuickBooks takes.",
    todo: data,
  },
  {
    codes: ["2220"],
    fault: "books_refused",
    says: "The currency is not switched on in this company.",
    todo: "Switch on the currency in QuickBooks, or correct it in the event.",
  },
  { codes: ["2250"], fault: "books_refused", says: "The entry has no lines.", todo: data },
  {
    codes: ["2290"],
    fault: "books_refused",
    says: "QuickBooks refuses a negative amount on a line.",
    todo: "Map the deduction to a vendor credit, a credit memo or a journal entry.",
  },
  {
    codes: ["2300"],
    fault: "books_refused",
    says: "QuickBooks says that debits and credits differ.",
    todo: "Check the rounding of the lines.",
  },
  {
    codes: ["2500"],
    fault: "reference_unknown",
    says: "An account, item, class, location or name that the entry uses is not in this company.",
    todo: `${mapping} Refresh the lists if it was created lately.`,
  },
  { codes: ["3000"], fault: "books_refused", says: "A custom field is not defined in this company.", todo: mapping },
  { codes: ["3001"], fault: "upstream_busy", says: "QuickBooks asks for a pause: too many requests.", todo: wait },
  {
    codes: ["3100"],
    fault: "credentials_refused",
    says: "Our sign-in belongs to another company or to the other environment (sandbox or production), or lacks the accounting scope.",
    todo: "Check company id, API address and scope of the connection, then reconnect.",
  },
  {
    codes: ["5010"],
    fault: "record_stale",
    says: "Somebody changed the record in QuickBooks while it was being saved.",
    todo: "Look at the change and decide whether ours is still wanted.",
  },
  {
    codes: ["5020"],
    fault: "books_refused",
    says: "The QuickBooks plan or the connecting person's role does not allow this.",
    todo: "Change the plan or the role in QuickBooks, or stop using the feature in the mapping.",
  },
  {
    codes: ["5030"],
    fault: "books_refused",
    says: "This company's QuickBooks plan has no such feature.",
    todo: "Change the plan, or stop using the feature in the mapping.",
  },
  { codes: ["6010"], fault: "books_refused", says: "An account needs a type.", todo: mapping },
  {
    codes: ["6030", "6040", "6041", "6050"],
    fault: "books_refused",
    says: "QuickBooks does not take the attached file.",
    todo: "Attach it in another format or smaller.",
  },
  {
    codes: ["6070"],
    fault: "books_refused",
    says: "A line's amount is not quantity times price.",
    todo: "Correct quantity, price or amount in the event, then retry.",
  },
  { codes: ["6080"], fault: "books_refused", says: "The vendor or customer has no name.", todo: data },
  { codes: ["6090"], fault: "books_refused", says: "A discount line is incomplete.", todo: data },
  {
    codes: ["6100", "6160", "6170", "6230", "6470"],
    fault: "books_refused",
    says: "QuickBooks does not accept the sales tax on this entry.",
    todo: "Check the company's sales tax settings and the tax code in the mapping.",
  },
  {
    codes: ["6140"],
    fault: "number_taken",
    says: "The document number is in use already.",
    todo: "It is looked up whether that document is ours; if it is not, give this one another number.",
  },
  {
    codes: ["6190"],
    fault: "books_readonly",
    says: "The company's QuickBooks subscription has ended or has a billing problem, so nothing can be added.",
    todo: "Renew the subscription in QuickBooks, then reconnect.",
  },
  {
    codes: ["6200", "6210"],
    fault: "period_closed",
    says: "The books are closed on that date.",
    todo: "Reopen the period in QuickBooks (the closing password cannot be given by us), or move the entry to an open date.",
  },
  {
    codes: ["6220", "6280"],
    fault: "books_refused",
    says: "The record cannot be deleted while it has a balance or unbilled amounts.",
    todo: inQuickBooks,
  },
  {
    codes: ["6240"],
    fault: "number_taken",
    says: "Another customer, vendor or employee has this name already.",
    todo: "It is looked up whether that record is the one meant.",
  },
  {
    codes: ["6250"],
    fault: "reference_unknown",
    says: "The customer is missing or inactive.",
    todo: "Make the customer active in QuickBooks, or correct the link.",
  },
  { codes: ["6270"], fault: "books_refused", says: "The date lies before the inventory start date of an item.", todo: data },
  { codes: ["6310", "6320"], fault: "books_refused", says: "A billable line needs a customer, or cannot be billed.", todo: mapping },
  {
    codes: ["6400", "6450", "6480"],
    fault: "books_refused",
    says: "A link, a settlement or a bank match keeps this transaction from being removed.",
    todo: inQuickBooks,
  },
  {
    codes: ["6430"],
    fault: "books_refused",
    says: "The account has the wrong type for its place in this entry.",
    todo: "Map it to an account of the right type: a bank or credit card account to pay from, accounts payable for bills.",
  },
  { codes: ["6440"], fault: "books_refused", says: "A line has an amount but no account or item.", todo: mapping },
  { codes: ["6490", "6500", "6510"], fault: "books_refused", says: "The budget's lines do not fit its accounts.", todo: data },
  {
    codes: ["6530"],
    fault: "books_refused",
    says: "A text holds digits that look like a full card number.",
    todo: "Mask the card number in the event (last four digits only), then retry.",
  },
  {
    codes: ["6540"],
    fault: "books_refused",
    says: "The payment stands in a bank deposit and cannot be changed.",
    todo: "Take it out of the deposit in QuickBooks first.",
  },
  {
    codes: ["10000"],
    fault: "upstream_silent",
    says: "QuickBooks had an internal failure and does not say whether the entry was saved.",
    todo: "It is looked up before anything is sent again.",
  },
  { codes: ["10100"], fault: "books_refused", says: "The answer would be too large.", todo: report },
  {
    codes: ["10200"],
    fault: "credentials_expired",
    says: "The company's data was wiped in QuickBooks.",
    todo: "Reconnect the company and load its lists anew.",
  },
];
