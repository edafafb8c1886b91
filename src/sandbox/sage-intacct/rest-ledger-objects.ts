import { rest, type RestObject } from "./rest-shape.ts";
import { account, contact, document, idName, line, lineOf, payment } from "./rest-words.ts";

/** General ledger and payables. */
export const ledgerObjects: readonly RestObject[] = [
  rest("general-ledger/account", "GLACCOUNT", account),
  rest("general-ledger/statistical-account", "STATACCOUNT", account),
  rest("general-ledger/journal", "GLJOURNAL", `${idName("SYMBOL", "TITLE")}\nisDirectPostingDisallowed DISALLOWDIRECTPOSTING`),
  rest("general-ledger/statistical-journal", "STATJOURNAL", idName("SYMBOL", "TITLE")),
  rest(
    "general-ledger/journal-entry",
    "GLBATCH",
    `glJournal JOURNAL @GLJOURNAL
postingDate BATCH_DATE
description BATCH_TITLE
referenceNumber REFERENCENO
automaticReversalDate REVERSEDATE
baseLocation BASELOCATION_NO @LOCATION
state STATE
attachment SUPDOCID @SUPDOC
txnNumber BATCHNO
moduleName MODULE
reversedBy REVERSEDKEY
reversedFromDate REVERSEDFROM
tax.taxImplication TAXIMPLICATIONS None=none
tax.taxSolution TAXSOLUTIONID @TAXSOLUTION`,
    { ...lineOf("general-ledger/journal-entry-line", "ENTRIES"), isStatistical: false },
  ),
  rest(
    "general-ledger/journal-entry-line",
    "GLENTRY",
    `journalEntry BATCHNO #GLBATCH
lineNumber LINE_NO
txnType TR_TYPE 1=debit -1=credit
txnAmount TRX_AMOUNT
baseAmount AMOUNT
glAccount ACCOUNTNO @GLACCOUNT
description DESCRIPTION
documentId DOCUMENT
entryDate ENTRY_DATE
isBillable BILLABLE
allocation.id ALLOCATION
currency.txnCurrency CURRENCY
currency.exchangeRateDate EXCH_RATE_DATE
currency.exchangeRateTypeId EXCH_RATE_TYPE_ID
currency.exchangeRate EXCHANGE_RATE`,
    { verbs: "rd" },
  ),
  rest(
    "general-ledger/statistical-journal-entry",
    "GLBATCH",
    "statisticalJournal JOURNAL @STATJOURNAL\npostingDate BATCH_DATE\ndescription BATCH_TITLE\nreferenceNumber REFERENCENO\nstate STATE\nautomaticReversalDate REVERSEDATE",
    { ...lineOf("general-ledger/statistical-journal-entry-line", "ENTRIES"), isStatistical: true },
  ),
  rest(
    "general-ledger/statistical-journal-entry-line",
    "GLENTRY",
    "txnType TR_TYPE 1=increase -1=decrease\nlineNumber LINE_NO\ntxnAmount TRX_AMOUNT\nstatisticalAccount ACCOUNTNO @STATACCOUNT\ndescription DESCRIPTION\ndocumentId DOCUMENT",
    { verbs: "rd" },
  ),
  rest(
    "general-ledger/reporting-period",
    "REPORTINGPERIOD",
    `${idName("NAME", "HEADER1")}\nstartDate START_DATE\nendDate END_DATE\nisBudgetable BUDGETING`,
  ),
  rest(
    "general-ledger/budget",
    "GLBUDGETHEADER",
    "id BUDGETID\ndescription DESCRIPTION\nisDefault DEFAULT_BUDGET\nconsolidateAmounts ISCONSOLIDATED\ncurrency CURRENCY\nstatus STATUS",
    lineOf("general-ledger/budget-detail", "GLBUDGETITEMS"),
  ),
  rest(
    "general-ledger/budget-detail",
    "GLBUDGETITEM",
    "budget BUDGETKEY #GLBUDGETHEADER\nlineNumber LINE_NO\nglAccount ACCT_NO @GLACCOUNT\nreportingPeriod PERIODNAME @REPORTINGPERIOD\namount AMOUNT\ndimensions.location LOCATION_NO @LOCATION\ndimensions.department DEPT_NO @DEPARTMENT",
    { verbs: "r" },
  ),
  rest(
    "accounts-payable/vendor",
    "VENDOR",
    `${idName("VENDORID", "NAME")}\nterm TERMNAME @APTERM\nvendorType.id VENDTYPE\nvendorAccountNumber VENDORACCOUNTNO\ntaxId TAXID\nisOnHold ONHOLD\ncurrency CURRENCY\nparent PARENTID @VENDOR\nnotes COMMENTS\ncontacts.default.id DISPLAYCONTACT.CONTACTNAME${contact("DISPLAYCONTACT.", "contacts.default.")}`,
  ),
  rest(
    "accounts-payable/term",
    "APTERM",
    "id NAME\ndescription DESCRIPTION\nstatus STATUS\ndue.days DUEDAYS\ndue.from DUEFROM\ndiscount.days DISCDAYS\ndiscount.from DISCFROM\ndiscount.amount DISCAMOUNT\ndiscount.unit DISCPERCAMN\ndiscount.graceDays DISCGRACEDAYS\ndiscount.calculateOn DISCCALCON",
  ),
  rest(
    "accounts-payable/bill",
    "APBILL",
    `billNumber RECORDID\nvendor VENDORID @VENDOR\ncreatedDate WHENCREATED\npostingDate WHENPOSTED\nrecommendedPaymentDate RECPAYMENTDATE\npaymentPriority PAYMENTPRIORITY\nisOnHold ONHOLD\nisTaxInclusive INCLUSIVETAX\nterm TERMNAME @APTERM\ncontacts.payTo.id BILLTOPAYTOCONTACTNAME\ncontacts.returnTo.id SHIPTORETURNTOCONTACTNAME\ntaxSolution TAXSOLUTIONID @TAXSOLUTION\n${document}`,
    { ...lineOf("accounts-payable/bill-line", "APBILLITEMS"), hasDefaultState: true },
  ),
  rest(
    "accounts-payable/bill-line",
    "APBILLITEM",
    `${line("bill", "APBILL")}\nhasForm1099 FORM1099\nform1099.type FORM1099TYPE\nform1099.box FORM1099BOX`,
    { verbs: "rd" },
  ),
  rest(
    "accounts-payable/adjustment",
    "APADJUSTMENT",
    `adjustmentNumber RECORDID\nvendor VENDORID @VENDOR\ncreatedDate WHENCREATED\npostingDate WHENPOSTED\n${document}`,
    { ...lineOf("accounts-payable/adjustment-line", "APADJUSTMENTITEMS"), hasDefaultState: true },
  ),
  rest("accounts-payable/adjustment-line", "APADJUSTMENTITEM", line("adjustment", "APADJUSTMENT"), { verbs: "rd" }),
  rest(
    "accounts-payable/payment",
    "APPYMT",
    `${payment("vendor VENDORID @VENDOR")}\npaymentDate PAYMENTDATE\npaymentMethod PAYMENTMETHOD raw=raw\nstate STATE Complete=confirmed Selected=approved Reversed=voided Reversal=voided`,
    { ...lineOf("accounts-payable/payment-detail", "APPYMTDETAILS", "details"), hasDefaultState: true },
  ),
  rest(
    "accounts-payable/payment-detail",
    "APPYMTDETAIL",
    "payment PAYMENTKEY #APPYMT\nbill RECORDKEY #APBILL\npositiveAdjustment POSADJKEY #APADJUSTMENT\nadjustment ADJUSTMENTKEY #APADJUSTMENT\nadvance ADVANCEKEY #APPYMT\ntxnCurrency.paymentAmount TRX_PAYMENTAMOUNT\ntxnCurrency.adjustmentAmount TRX_ADJUSTMENTAMOUNT\ntxnCurrency.advanceAmount TRX_POSTEDADVANCEAMOUNT\ntxnCurrency.discountAmount TRX_TOTALDISCOUNTTOAPPLY\ndiscountDate DISCOUNTDATE",
    { verbs: "r" },
  ),
];
