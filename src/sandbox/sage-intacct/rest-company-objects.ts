import { membersOf, rest, type RestObject } from "./rest-shape.ts";
import { contact, document, idName, line, lineOf, money, payment } from "./rest-words.ts";

/** Receivables, money, the company and its people. */
export const companyObjects: readonly RestObject[] = [
  rest(
    "accounts-receivable/customer",
    "CUSTOMER",
    `${idName("CUSTOMERID", "NAME")}\nterm TERMNAME @ARTERM\ncustomerType.id CUSTTYPE\ncreditLimit CREDITLIMIT\ntaxId TAXID\nisOnHold ONHOLD\ncurrency CURRENCY\nparent PARENTID @CUSTOMER\nnotes COMMENTS\ncontacts.default.id DISPLAYCONTACT.CONTACTNAME${contact("DISPLAYCONTACT.", "contacts.default.")}`,
  ),
  rest(
    "accounts-receivable/term",
    "ARTERM",
    "id NAME\ndescription DESCRIPTION\nstatus STATUS\ndue.days DUEDAYS\ndue.from DUEFROM\ndiscount.days DISCDAYS\ndiscount.amount DISCAMOUNT\ndiscount.unit DISCPERCAMN",
  ),
  rest(
    "accounts-receivable/invoice",
    "ARINVOICE",
    `invoiceNumber RECORDID\ncustomer CUSTOMERID @CUSTOMER\ninvoiceDate WHENCREATED\npostingDate WHENPOSTED\nterm TERMNAME @ARTERM\ncontacts.billTo.id BILLTOPAYTOCONTACTNAME\ncontacts.shipTo.id SHIPTORETURNTOCONTACTNAME\ntaxSolution TAXSOLUTIONID @TAXSOLUTION\n${document}`,
    { ...lineOf("accounts-receivable/invoice-line", "ARINVOICEITEMS"), hasDefaultState: true },
  ),
  rest("accounts-receivable/invoice-line", "ARINVOICEITEM", line("invoice", "ARINVOICE"), { verbs: "rd" }),
  rest(
    "accounts-receivable/adjustment",
    "ARADJUSTMENT",
    `adjustmentNumber RECORDID\ncustomer CUSTOMERID @CUSTOMER\ncreatedDate WHENCREATED\nadjustmentDate WHENCREATED\npostingDate WHENPOSTED\n${document}`,
    { ...lineOf("accounts-receivable/adjustment-line", "ARADJUSTMENTITEMS"), hasDefaultState: true },
  ),
  rest("accounts-receivable/adjustment-line", "ARADJUSTMENTITEM", line("adjustment", "ARADJUSTMENT"), { verbs: "rd" }),
  rest(
    "accounts-receivable/payment",
    "ARPYMT",
    `${payment("customer CUSTOMERID @CUSTOMER")}\npayerName PAYERNAME\nundepositedGLAccount UNDEPOSITEDACCOUNTNO @GLACCOUNT\npaymentMethod PAYMENTMETHOD EFT=eft Online_ACH_Debit=onlineAchDebit\nreceiptDate RECEIPTDATE\npaymentSummary.receiptDate RECEIPTDATE\nstate STATE Complete=completed Reversed=voided Reversal=voided\noverPaymentAmount OVERPAYMENTAMOUNT\noverPaymentDimensions.locationId OVERPAYMENTLOCATIONID\noverPaymentDimensions.departmentId OVERPAYMENTDEPARTMENTID`,
    { ...lineOf("accounts-receivable/payment-detail", "ARPYMTDETAILS", "paymentDetails"), verbs: "crd", hasDefaultState: true },
  ),
  rest(
    "accounts-receivable/payment-detail",
    "ARPYMTDETAIL",
    "payment PAYMENTKEY #ARPYMT\narInvoice RECORDKEY #ARINVOICE\npositiveAdjustment POSADJKEY #ARADJUSTMENT\nadjustment ADJUSTMENTKEY #ARADJUSTMENT\nadvance ADVANCEKEY #ARPYMT\noverpayment OVERPAYMENTKEY #ARPYMT\nnegativeInvoice NEGATIVEINVOICEKEY #ARINVOICE\ntxnCurrency.paymentAmount TRX_PAYMENTAMOUNT\ntxnCurrency.adjustmentAmount TRX_ADJUSTMENTAMOUNT\ntxnCurrency.advanceAmount TRX_POSTEDADVANCEAMOUNT\ntxnCurrency.overpaymentAmount TRX_POSTEDOVERPAYMENTAMOUNT\ntxnCurrency.negativeInvoiceAmount TRX_NEGATIVEINVOICEAMOUNT\ntxnCurrency.discountAmount TRX_TOTALDISCOUNTTOAPPLY\ndiscountDate DISCOUNTDATE",
    { verbs: "r" },
  ),
  rest(
    "cash-management/checking-account",
    "CHECKINGACCOUNT",
    "id BANKACCOUNTID\nbankName BANKNAME\nglAccount GLACCOUNTNO @GLACCOUNT\ncurrency CURRENCY\nstatus STATUS",
  ),
  rest(
    "cash-management/savings-account",
    "SAVINGSACCOUNT",
    "id BANKACCOUNTID\nbankName BANKNAME\nglAccount GLACCOUNTNO @GLACCOUNT\ncurrency CURRENCY\nstatus STATUS",
  ),
  rest(
    "cash-management/credit-card-account",
    "CREDITCARD",
    "id CARDID\ndescription DESCRIPTION\ncardType CARDTYPE\nglAccount LIABACCTNO @GLACCOUNT\nvendor VENDORID @VENDOR\ncurrency CURRENCY\nstatus STATUS",
  ),
  rest(
    "cash-management/credit-card-txn",
    "CCTRANSACTION",
    `creditCardAccount FINANCIALENTITY @CREDITCARD\ntxnDate WHENCREATED\nreferenceNumber REFERENCENO\npayee PAYEE\ndescription DESCRIPTION\nisInclusiveTax INCLUSIVETAX\nstate STATE\nattachment SUPDOCID @SUPDOC${money}`,
    lineOf("cash-management/credit-card-txn-line", "CCTRANSACTIONITEMS"),
  ),
  rest(
    "cash-management/credit-card-txn-line",
    "CCTRANSACTIONENTRY",
    `${line("creditCardTxn", "CCTRANSACTION")}\ndescription ENTRYDESCRIPTION`,
    { verbs: "r" },
  ),
  rest(
    "company-config/department",
    "DEPARTMENT",
    `${idName("DEPARTMENTID", "TITLE")}\nparent PARENTID @DEPARTMENT\nsupervisor SUPERVISORID @EMPLOYEE`,
  ),
  rest(
    "company-config/location",
    "LOCATION",
    `${idName("LOCATIONID", "NAME")}\nparent PARENTID @LOCATION\nstartDate STARTDATE\nendDate ENDDATE`,
  ),
  rest("company-config/entity", "LOCATIONENTITY", idName("LOCATIONID", "NAME"), { verbs: "r" }),
  rest("company-config/class", "CLASS", `${idName("CLASSID", "NAME")}\ndescription DESCRIPTION\nparent PARENTID @CLASS`),
  rest("company-config/contact", "CONTACT", `id CONTACTNAME\nstatus STATUS${contact("", "")}`),
  rest(
    "company-config/employee",
    "EMPLOYEE",
    "id EMPLOYEEID\nname NAME\nstatus STATUS\nprimaryContact PERSONALINFO.CONTACTNAME @CONTACT\nlocation LOCATIONID @LOCATION\ndepartment DEPARTMENTID @DEPARTMENT\nstartDate STARTDATE\nendDate ENDDATE\njobTitle TITLE",
  ),
  rest("company-config/user", "USERINFO", "id LOGINID\nname DESCRIPTION\nuserType USERTYPE\nstatus STATUS", { verbs: "r" }),
  rest("company-config/attachment", "SUPDOC", "id SUPDOCID\nname SUPDOCNAME\ndescription DESCRIPTION\nfolder FOLDER @SUPDOCFOLDER"),
  rest(
    "company-config/folder",
    "SUPDOCFOLDER",
    "id NAME\nname NAME\ndescription DESCRIPTION\nparent PARENTFOLDER @SUPDOCFOLDER\nstatus STATUS",
  ),
  rest(
    "company-config/exchange-rate",
    "EXCHANGERATE",
    "exchangeRateType TYPENAME @EXCHANGERATETYPES\nfromCurrency FROM_CURRENCY\ntoCurrency TO_CURRENCY",
    lineOf("company-config/exchange-rate-line", "EXCHANGERATEENTRIES"),
  ),
  rest(
    "company-config/exchange-rate-line",
    "EXCHANGERATEENTRY",
    "exchangeRate EXCHANGERATEKEY #EXCHANGERATE\neffectiveDate EFFECTIVE_START_DATE\nrate EXCHANGE_RATE\nreciprocalRate RECIPROCAL_RATE",
    { verbs: "r" },
  ),
  rest("company-config/exchange-rate-type", "EXCHANGERATETYPES", "id NAME\ndescription DESCRIPTION\nstatus STATUS"),
  {
    address: "company-config/audit-history",
    object: "AUDITHISTORY",
    members: membersOf(
      "id ID\nobjectType OBJECTTYPE\nobjectKey OBJECTKEY\naccessMode ACCESSMODE C=create M=modify D=delete A=access\naccessTime ACCESSTIME\nuserId USERID",
    ),
    lines: null,
    verbs: "r",
    hasDefaultState: false,
    only: null,
  },
  rest(
    "expenses/employee-expense",
    "EEXPENSES",
    `expenseReportNumber RECORDID\nemployee EMPLOYEEID @EMPLOYEE\ncreatedDate WHENCREATED\npostingDate WHENPOSTED\ndescription DESCRIPTION\nmemo MEMO\nstate STATE\nattachment SUPDOCID @SUPDOC\nbasePayment.baseCurrency BASECURR\nbasePayment.totalEntered TOTALENTERED\nbasePayment.totalDue TOTALDUE\nreimbursement.reimbursementCurrency CURRENCY\nreimbursement.totalEntered TRX_TOTALENTERED\nreimbursement.totalDue TRX_TOTALDUE`,
    lineOf("expenses/employee-expense-line", "EEXPENSESITEMS"),
  ),
  rest(
    "expenses/employee-expense-line",
    "EEXPENSESITEM",
    "employeeExpense RECORDKEY #EEXPENSES\nlineNumber LINE_NO\nexpenseType EXPENSETYPE @EEACCOUNTLABEL\nglAccount ACCOUNTNO @GLACCOUNT\ntxnAmount TRX_AMOUNT\nreimbursementAmount AMOUNT\ntxnCurrency CURRENCY\nentryDate ENTRYDATE\npaymentType EXPPMTTYPE @EXPENSEPAYMENTTYPE\npaidTo PAIDTO\npaidFor PAIDFOR\nquantity QUANTITY\nunitRate RATE\nisBillable BILLABLE",
    { verbs: "r" },
  ),
  rest(
    "expenses/employee-expense-type",
    "EEACCOUNTLABEL",
    "id ACCOUNTLABEL\ndescription DESCRIPTION\nglAccount GLACCOUNTNO @GLACCOUNT\nstatus STATUS",
  ),
  rest(
    "expenses/employee-expense-payment-type",
    "EXPENSEPAYMENTTYPE",
    "id NAME\ndescription DESCRIPTION\nisNonReimbursable NONREIMBURSABLE\nstatus STATUS",
  ),
  rest(
    "tax/tax-detail",
    "TAXDETAIL",
    "id DETAILID\ndescription DESCRIPTION\ntaxRate VALUE\ntaxSolution TAXSOLUTIONID @TAXSOLUTION\nstatus STATUS",
  ),
  rest("tax/tax-solution", "TAXSOLUTION", "id SOLUTIONID\ndescription DESCRIPTION\ntaxMethod TAXMETHOD\nstatus STATUS", { verbs: "r" }),
  rest(
    "projects/project",
    "PROJECT",
    `${idName("PROJECTID", "NAME")}\ndescription DESCRIPTION\ncategory PROJECTCATEGORY\ncustomer CUSTOMERID @CUSTOMER\nparent PARENTID @PROJECT\nstartDate BEGINDATE\nendDate ENDDATE\nlocation LOCATIONID @LOCATION\ndepartment DEPARTMENTID @DEPARTMENT\nclass CLASSID @CLASS`,
  ),
  rest(
    "inventory-control/item",
    "ITEM",
    `${idName("ITEMID", "NAME")}\nitemType ITEMTYPE Non-Inventory=nonInventory\nextendedDescription EXTENDED_DESCRIPTION`,
  ),
];
