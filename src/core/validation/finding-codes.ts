/** Where in the life of an event a finding is made. */
export const findingStages = [
  "intake",
  "file",
  "rules",
  "mapping",
  "books",
  "duplicates",
  "periods and budgets",
  "posting",
  "changes",
] as const;
export type FindingStage = (typeof findingStages)[number];

/** A finding that is not a check of the catalog: nothing about it can be set, or it is set where the remedy says. */
export interface FindingCode {
  readonly code: string;
  readonly stage: FindingStage;
  /** When it is said, one sentence. */
  readonly cause: string;
  /** What to do then, one sentence. */
  readonly remedy: string;
}

const row =
  (stage: FindingStage) =>
  (code: string, cause: string, remedy: string): FindingCode => ({ code, stage, cause, remedy });
const intake = row("intake");
const file = row("file");
const rules = row("rules");
const mapping = row("mapping");
const books = row("books");
const later = row("periods and budgets");
const posting = row("posting");
const again = "Send the event again from the TMS.";

/** Lists of the books a dimension's value is looked up in. */
const lists = ["class", "department", "location", "project", "entity", "segment"] as const;

/** Every other code of a finding the product can make. docs/validation.md is written from it. */
export const findingCodes: readonly FindingCode[] = [
  intake("type_unknown", "The event type is none we know.", "Send one of the types of docs/events.md."),
  intake("field_missing", "A field the type needs is missing or empty.", `Fill it in the TMS. ${again}`),
  intake(
    "field_invalid",
    "A field holds something else than it should: no such day, no such currency, a list where a text belongs.",
    `Correct it in the TMS. ${again}`,
  ),
  intake("amount_not_text", "An amount is a JSON number, which loses cents on the way.", 'Send amounts in quotes, such as "411.34".'),
  intake("sign_wrong", "An amount has the wrong sign for its type.", "Turn the sign round, or send the type that means the opposite."),
  intake("total_wrong", "A stated total is not what its parts come to.", `Find the line that is missing or wrong in the TMS. ${again}`),
  intake("line_duplicate", "Two lines have one number.", "Number the lines so that each number stands once."),
  intake("text_invalid", "A text holds control characters or is broken.", `Remove the unprintable characters in the TMS. ${again}`),
  intake("card_number_full", "A field holds a whole card number.", "Have the source mask it: only the last four digits may be sent."),
  intake(
    "event_too_large",
    "The event is deeper or longer than is taken.",
    "Leave out what our fields do not need, or cut it into several events.",
  ),
  intake("revision_conflict", "The same revision came again with other content.", "Send the newer content with the next revision."),
  intake(
    "revision_behind",
    "A revision came that is older than what is here.",
    "Nothing to do if it was late; otherwise send it with a higher revision.",
  ),
  file("event_unreadable", "One event of a message cannot be read.", `Correct it where the message names. ${again}`),
  file(
    "line_unreadable",
    "One line of an NDJSON message is no JSON.",
    "Correct the line and send the message again: what was taken is recognized.",
  ),
  file(
    "body_malformed",
    "The message breaks off or is malformed from a place on.",
    "Mend it from there on and send it again: what was taken is recognized.",
  ),
  file("body_too_large", "The message is larger than is taken at once.", "Cut it, or send it as a file."),
  file("xml_shape", "An XML event is not in the shape we read.", "Send it in the shape of docs/formats.md."),
  file("xml_text", "An XML event holds a character that XML does not allow.", "Remove the character."),
  file("xml_name", "An element of an XML event has a name that no field may have.", "Leave the field out or name it otherwise."),
  file("xml_twice", "A field stands twice in one XML event.", "Send every field once: which of two amounts is meant cannot be guessed."),
  file(
    "row_unreadable",
    "A row of a fuel-card file cannot be read.",
    "Correct the row the message names and send the file again: what was taken is recognized.",
  ),
  file("row_after_totals", "Rows stand after the totals of a fuel-card file.", "Ask the card company for the complete file."),
  file("ticket_incomplete", "A fuel ticket lacks what a ticket needs.", "Complete the rows of the ticket and send the file again."),
  file(
    "currency_mixed",
    "The rows of one ticket are in several currencies.",
    "Correct the currency, or give the rows tickets of their own.",
  ),
  file(
    "fee_repeated",
    "A fee stands on several rows of a ticket and was counted once.",
    "Nothing to do, unless each row had a fee of its own.",
  ),
  file(
    "discount_columns_missing",
    "A fuel-card file has discounts and no column says whether prices contain them.",
    "Set the discount option of the source.",
  ),
  file(
    "control_total_mismatch",
    "The rows of a file do not come to its own control total.",
    "Ask the card company for the complete file before the statement is paid.",
  ),
  file("edi_envelope", "Counts or numbers of an EDI envelope do not fit.", "Ask the partner to send the interchange again."),
  file("edi_set_unreadable", "One transaction set of an EDI file cannot be read.", "Ask the partner to correct it and send it again."),
  file("edi_amount_remark", "An amount of an EDI file was read in a way worth knowing.", "Compare with the printed invoice."),
  rules("value_invalid", "A value of a rule set is not what belongs there.", "Correct it where the message points."),
  rules("key_unknown", "A rule set has a key that means nothing.", "Take it out, or write the one that is suggested."),
  rules("field_unknown", "A rule names a field that events of its types do not have.", "Write the field that is suggested."),
  rules("event_type_unknown", "A rule names an event type that does not exist.", "Write the type that is suggested."),
  rules("expression_invalid", "An expression of a rule cannot be used.", "Correct it as the message says."),
  rules("lookup_unknown", "A rule names a look-up table that is not there.", "Add the table, or correct its name."),
  rules("code_unlisted", "A rule names a code that is not under codes.", "Add the code to codes, or correct it."),
  rules("kind_unlisted", "A category is for a kind that no code has.", "Give a code that kind, or take the category out."),
  rules("row_twice", "Two rows of a rule set stand for the same thing.", "Take one of the two out."),
  rules("options_conflict", "Two options of a rule set exclude each other.", "Choose one of the two."),
  rules("dimension_untracked", "A rule fills a dimension the books do not keep.", "Turn it on in the books, or take it out of dimensions."),
  mapping("document_unmapped", "No row of documents is for this event.", "Add a row for its type to documents in the rule set."),
  mapping("excluded_by_rule", "A row of the rules says that nothing is to be posted.", "Nothing to do, unless the row is wrong."),
  mapping("document_zero", "The document has no money in it, so nothing is posted.", "Nothing to do, unless an amount is missing."),
  mapping(
    "code_unmapped",
    "A code has no account, or a line has no code.",
    "Add a row for it to accounts, codes or lineCodes in the rule set, or correct the code in the TMS.",
  ),
  mapping("balance_unmapped", "No balancing account fits.", "Add a row without conditions to balance of the document."),
  mapping("item_unmapped", "An account has no product or service, and invoices need one.", "Add the account to items in the rule set."),
  mapping(
    "rate_unmapped",
    "A line of the rules needs a rate that its table does not have.",
    "Add the rate to the look-up table in the rule set.",
  ),
  mapping(
    "rounding_exceeded",
    "Shares differ from their total by more than rounding may.",
    "Correct the amounts, or raise the limit under rounding in the rule set.",
  ),
  mapping("rounding_unmapped", "A rounding difference has no account.", "Name the account under rounding in the rule set."),
  mapping(
    "dimension_unmapped",
    "A value of the TMS has no value of the books' dimension.",
    "Add it to the values of the dimension in the rule set.",
  ),
  mapping(
    "dimension_missing",
    "The rules ask for a dimension and the event does not say it.",
    `Fill the field in the TMS, or give the dimension a default. ${again}`,
  ),
  mapping("entity_missing", "An intercompany charge does not say a company the rules need.", `Fill the company in the TMS. ${again}`),
  mapping("intercompany_unmapped", "Two companies have no accounts to owe each other.", "Add the pair under intercompany in the rule set."),
  mapping(
    "party_missing",
    "A leg on receivables or payables names nobody, or an event has no party to post to.",
    `Name the party in the TMS. ${again}`,
  ),
  mapping(
    "net_negative",
    "A settlement is below zero: the driver owes us.",
    "Carry it forward in the TMS, or let the rule set do so (settlement.negativeNet).",
  ),
  mapping("net_carried_forward", "A settlement below zero was carried forward.", "Nothing to do; the next settlement takes it off."),
  mapping(
    "rate_confirmation_exceeded",
    "A carrier bills more than was agreed by more than the tolerance.",
    "Settle it with the carrier, or release it to post what was billed.",
  ),
  mapping(
    "rate_confirmation_differs",
    "A carrier bills another amount than was agreed, within the tolerance.",
    "Nothing to do; it is posted as billed.",
  ),
  mapping(
    "event_unprocessable",
    "The rules could not be applied to the event at all.",
    "Correct the rule or the event and retry; otherwise report it with the log of that moment.",
  ),
  mapping(
    "check_failed",
    "The checks could not be applied to the event at all.",
    "Look at the event by hand and release it; report it with the log of that moment.",
  ),
  books(
    "custom_field_unknown",
    "The rule set fills a custom field that the books do not show to us.",
    "Correct its name in the rule set, or add the field to the forms of the books and give our user access to it.",
  ),
  books("account_unknown", "The books have no such account.", "Create it, or name the right one in the rule set."),
  books("account_inactive", "The account is inactive in the books.", "Make it active, or name another one in the rule set."),
  books(
    "account_type_wrong",
    "The account is of a type this leg cannot use, such as a control account.",
    "Name an account of the right type in the rule set.",
  ),
  books("statistical_account_unknown", "The books have no such statistical account.", "Create it, or take the row out of statistics."),
  books("item_unknown", "The books have no such product or service.", "Create it, or correct its name under items."),
  books("item_inactive", "The product or service is inactive in the books.", "Make it active, or name another one under items."),
  books(
    "item_account_differs",
    "The product or service leads to another account than the rules chose.",
    "Change its income account in the books, or the item in the rule set.",
  ),
  ...lists.flatMap((list) => [
    books(
      `${list}_unknown`,
      `The books have no such ${list}.`,
      "Create it, or add the TMS's code to the values of the dimension in the rule set.",
    ),
    books(
      `${list}_inactive`,
      `The ${list} is inactive in the books.`,
      "Make it active, or add the TMS's code to the values of the dimension in the rule set.",
    ),
  ]),
  books(
    "term_unknown",
    "The books have no such payment term; the due date goes along anyway.",
    "Create the term, or translate the TMS's code under terms.",
  ),
  books(
    "party_unknown",
    "The books have no such vendor or customer, and the rules do not let it be created.",
    "Create it in the books, or allow it under parties in the rule set.",
  ),
  books("party_inactive", "The vendor or customer is inactive in the books.", "Make it active, or correct the party in the TMS."),
  books("document_unbalanced", "Debits are not credits.", "Report it with the event: builders never make such a document."),
  books("number_too_long", "The number is longer than the books take.", "Shorten the number template of documents in the rule set."),
  books(
    "currency_unsupported",
    "The books do not keep this currency.",
    "Turn on multicurrency in the books, or route the event to books in its currency.",
  ),
  row("duplicates")(
    "number_duplicate",
    "Another event made a document of this number for this party.",
    "Exclude this event if it is the same; otherwise correct its number in the TMS.",
  ),
  row("duplicates")(
    "edit_held",
    "A newer revision differs from what stands in the books.",
    "Approve it, or set edits.posted to replace in the rule set.",
  ),
  later(
    "period_closed",
    "The document is dated in a month that is closed.",
    "Decide where it goes (docs/approvals.md), or open the month and retry.",
  ),
  later("budget_near", "A budget is nearly used up.", "Nothing to do; tell its owner."),
  later("budget_exceeded", "The document would take more than a budget has left.", "Have it approved, or raise the budget."),
  later(
    "budget_unpriced",
    "The document is in another currency than the budget and names no rate.",
    "Have the TMS send the exchange rate.",
  ),
  posting(
    "reference_unknown",
    "The books refused a name: it was deleted or made inactive meanwhile.",
    "Mend it in the books or in the rules; the list is read anew by itself.",
  ),
  posting("books_refused", "The books refused the document for a reason of their own.", "Mend what the message names, then retry."),
  posting("record_stale", "Somebody changed the record in the books meanwhile.", "Retry: it is compared anew."),
  posting(
    "number_taken",
    "The books have another document of this number.",
    "Exclude the event if it is the same; otherwise correct the number in the TMS.",
  ),
  posting(
    "books_hold_several",
    "The books hold the document several times.",
    "Delete the ones too many in the books, then retry: the one that stays is taken over.",
  ),
  posting("retries_exhausted", "The document was tried for days and never arrived.", "See whether the books are reachable, then retry."),
  row("changes")(
    "drift",
    "Somebody changed or deleted in the books what we posted.",
    "Undo it there, or correct the event in the TMS; ledgerlane review --class drift lists them.",
  ),
];
