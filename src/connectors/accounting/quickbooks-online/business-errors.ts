import type { FaultCode } from "../../../core/errors.ts";

/** Code 6000 is a collection: its text decides. The first row whose words occur wins; without one it is a plain refusal. */
export const businessRows: readonly { readonly words: RegExp; readonly fault: FaultCode; readonly says: string; readonly todo: string }[] =
  [
    {
      words: /at least two detail lines/i,
      fault: "books_refused",
      says: "A journal entry needs at least two lines.",
      todo: "Check the mapping: one of the lines has no amount.",
    },
    {
      words: /Accounts Receivable, you must choose a customer/i,
      fault: "books_refused",
      says: "A line on an accounts receivable account needs a customer.",
      todo: "Set the party of that line in the mapping.",
    },
    {
      words: /Accounts Payable[\s\S]*(vendor|supplier)/i,
      fault: "books_refused",
      says: "A line on an accounts payable account needs a vendor.",
      todo: "Set the party of that line in the mapping.",
    },
    {
      words: /must set a transaction amount/i,
      fault: "books_refused",
      says: "The payment has no total.",
      todo: "Correct the amount in the event, then retry.",
    },
    {
      words: /GST\/HST rate/i,
      fault: "books_refused",
      says: "Each line needs a sales tax rate in this company.",
      todo: "Set the tax code in the mapping.",
    },
    {
      words: /balance debits and credits/i,
      fault: "books_refused",
      says: "QuickBooks says that debits and credits differ.",
      todo: "Check the rounding of the lines.",
    },
    // Told as a validation error, yet a passing failure over there: what it left behind is not known.
    {
      words: /unexpected error occurred while accessing or saving/i,
      fault: "upstream_silent",
      says: "QuickBooks had a passing failure while saving.",
      todo: "It is looked up, then tried again by itself.",
    },
    {
      words: /Unexpected Internal Error/i,
      fault: "upstream_silent",
      says: "QuickBooks had an internal failure while saving.",
      todo: "It is looked up, then tried again by itself.",
    },
    {
      words: /currenc/i,
      fault: "books_refused",
      says: "The entry's currency does not fit its party or account.",
      todo: "Use a vendor, customer and A/P or A/R account of the same currency.",
    },
  ];
