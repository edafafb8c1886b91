import type { FaultCode } from "../../../core/errors.ts";

/** What one of their answers means to us: the fault, a sentence for the bookkeeper, and what to do about it. */
export interface Meaning {
  readonly fault: FaultCode;
  readonly says: string;
  readonly todo: string;
}

export interface CodeRow extends Meaning {
  readonly codes: readonly string[];
}

export interface SentenceRow extends Meaning {
  /** Found anywhere in the sentence, whatever the case. The first row that fits decides. */
  readonly words: RegExp;
}

const mapping = "Correct the mapping or the record in NetSuite, then retry.";
const report = "This is a mistake in the connector's request, not in your data: report it with the operation id below.";
const looked = "It is looked up before anything is sent again.";
const setUp = "Have a NetSuite administrator settle this, then retry.";

/** Every error code Oracle lists for REST that can meet us ("REST Web Services Error Details"). `USER_ERROR` is read by its sentence. */
export const codeRows: readonly CodeRow[] = [
  {
    codes: ["INVALID_LOGIN", "INVALID_LOGIN_ATTEMPT", "INVALID_LOGIN_CREDENTIALS"],
    fault: "credentials_expired",
    says: "NetSuite no longer accepts our sign-in.",
    todo: "See Setup > Users/Roles > View Login Audit Trail for the reason, mend it and reconnect.",
  },
  {
    codes: ["INSUFFICIENT_PERMISSION"],
    fault: "books_readonly",
    says: "The role of the integration lacks a permission.",
    todo: "Add the permission that the words name to the role (REST needs Edit or Full even for reading), then reconnect.",
  },
  {
    codes: ["CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_REQUEST_BLOCKED", "WS_CONCUR_SESSION_DISALLWD"],
    fault: "upstream_busy",
    says: "All of the account's lanes are in use, by us or by another integration.",
    todo: "It is tried again by itself.",
  },
  {
    codes: ["NONEXISTENT_ID"],
    fault: "record_stale",
    says: "The record is not in NetSuite any more, or its feature is switched off.",
    todo: "See in NetSuite who removed it, then decide whether to post it again.",
  },
  {
    codes: ["RCRD_HAS_BEEN_CHANGED"],
    fault: "record_stale",
    says: "Somebody changed the record at the same moment.",
    todo: "Look at the change and decide whether ours is still wanted.",
  },
  {
    codes: ["NONEXISTENT_FIELD"],
    fault: "books_refused",
    says: "A field does not exist on this record or is hidden from the role.",
    todo: "Correct the name of the custom field or segment, and show the field on the form of the integration's role.",
  },
  {
    codes: ["INVALID_KEY_OR_REF"],
    fault: "reference_unknown",
    says: "Something the entry names is not in NetSuite, or is inactive.",
    todo: mapping,
  },
  {
    codes: ["INVALID_PARAMETER", "INVALID_REQUEST"],
    fault: "books_refused",
    says: "NetSuite does not understand the request.",
    todo: report,
  },
  { codes: ["INVALID_CONTENT"], fault: "books_refused", says: "NetSuite does not take the content of the request.", todo: report },
  // A look-up by external id tells what became of the first request.
  { codes: ["IDEMPOTENCY_ERROR"], fault: "upstream_silent", says: "NetSuite has a job for this entry already.", todo: looked },
  {
    codes: ["DUP_RCRD", "UNIQUE_CUST_ID_REQD", "UNIQUE_ENTITY_NAME_REQD", "UNIQUE_RCRD_ID_REQD"],
    fault: "number_taken",
    says: "NetSuite has such a record already.",
    todo: "It is looked up whether that record is the one meant.",
  },
  {
    codes: ["TRAN_PERIOD_CLOSED", "TRAN_PRD_CLOSED"],
    fault: "period_closed",
    says: "The accounting period is closed or locked.",
    todo: "Reopen the period in NetSuite, or move the entry to an open date.",
  },
  {
    codes: ["UNEXPECTED_ERROR"],
    fault: "upstream_silent",
    says: "NetSuite had an internal failure and does not say whether the entry was saved.",
    todo: looked,
  },
];

/** The business sentences behind `USER_ERROR` and `INVALID_CONTENT`, in the order in which they must be tried. */
export const sentenceRows: readonly SentenceRow[] = [
  {
    words: /Transaction type specified is incorrect/i,
    fault: "record_stale",
    says: "There is no such transaction in NetSuite: it was deleted, or became another type.",
    todo: "See in NetSuite who removed it, then decide whether to post it again.",
  },
  {
    words: /already exists|duplicate record/i,
    fault: "number_taken",
    says: "NetSuite has a record with this external id, number or name already.",
    todo: "It is looked up whether that record is ours; if it is not, give this one another number or name.",
  },
  {
    words: /Invalid combination of entity and subsidiary/i,
    fault: "reference_unknown",
    says: "The vendor or customer is not assigned to the subsidiary of the entry.",
    todo: "Add the subsidiary to the vendor or customer in NetSuite (Subsidiaries subtab), or correct the entity in the mapping, then retry.",
  },
  {
    words: /outside of valid min\/max range for field/i,
    fault: "books_refused",
    says: "An amount lies outside of what NetSuite takes there; a payment of 0.00, for example.",
    todo: "Correct the amount in the event, then retry.",
  },
  {
    words: /Please enter value\(s\) for:/i,
    fault: "books_refused",
    says: "The form of this NetSuite account requires fields that the mapping does not give.",
    todo: "Map a value for each field named (a department, class or location, for example), or make the field optional on the integration's form.",
  },
  {
    words: /Invalid Field Value|Invalid .*reference key/i,
    fault: "reference_unknown",
    says: "A record the entry names is unknown, inactive, or not allowed for the subsidiary.",
    todo: mapping,
  },
  {
    words: /not within the date range of your accounting period/i,
    fault: "period_closed",
    says: "There is no accounting period for the date, or the date lies outside of the posting period.",
    todo: "Set up or reopen the period in NetSuite, or move the entry to an open date.",
  },
  {
    words: /period[^.]*\b(closed|locked)\b|\b(closed|locked)\b[^.]*period/i,
    fault: "period_closed",
    says: "The accounting period is closed, or locked for payables, receivables or everything.",
    todo: "Reopen or unlock the period in NetSuite, or move the entry to an open date.",
  },
  {
    words: /out of balance|must balance|do(es)? not balance|debits/i,
    fault: "books_refused",
    says: "NetSuite says that debits and credits differ, in all or by subsidiary, class, department or location.",
    todo: "Check the rounding of the lines, and whether every line has the segments that must balance.",
  },
  {
    words: /nexus[\s\S]*not valid for transaction subsidiary/i,
    fault: "books_refused",
    says: "The subsidiary has no tax nexus for this address.",
    todo: setUp,
  },
  {
    words: /permissions? to set a value for element/i,
    fault: "books_refused",
    says: "A field is hidden or fixed on the form of the integration's role.",
    todo: "Give the integration a form of its own that shows the field; for a document number switch on Allow Override, or let NetSuite number (option numbering).",
  },
  {
    words: /permission/i,
    fault: "books_readonly",
    says: "The role of the integration lacks a permission.",
    todo: "Add the permission that the words name to the role, then reconnect.",
  },
  {
    words: /has been changed/i,
    fault: "record_stale",
    says: "Somebody changed the record at the same moment.",
    todo: "Look at the change and decide whether ours is still wanted.",
  },
  {
    words: /Invalid URL|Spaces are not allowed in the URL/i,
    fault: "books_refused",
    says: "A link field holds no usable address.",
    todo: "Correct the value in the event, then retry.",
  },
  {
    words: /employee with external access/i,
    fault: "books_refused",
    says: "Another person signs in with this e-mail address.",
    todo: setUp,
  },
  {
    words: /already voided|in use|cannot (be )?delete|dependent records|child records/i,
    fault: "books_refused",
    says: "Other records depend on this one, so it cannot be changed or removed.",
    todo: "Take the payments or links off it in NetSuite first, or post the opposite document.",
  },
  {
    words: /greater than the (amount )?(due|remaining)|exceeds? the (open|remaining|amount)/i,
    fault: "books_refused",
    says: "More is settled than is open.",
    todo: "Look at the document's payments in NetSuite, then correct or drop this payment.",
  },
];

export const silent: Meaning = {
  fault: "upstream_silent",
  says: "NetSuite had a failure and does not say whether the entry was saved.",
  todo: looked,
};

export const unknownSentence: Meaning = {
  fault: "books_refused",
  says: "NetSuite refuses the entry.",
  todo: "Read its words, correct the data, the mapping or the account's set-up, then retry.",
};
