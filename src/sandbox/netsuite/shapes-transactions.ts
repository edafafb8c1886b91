import { shapeOf, type Shape } from "./fields.ts";

// Names as the REST API Browser of release 2026.1 has them; where it spells them in lower case, so do we.

const own = "-id:text externalId:text(60) -createdDate:datetime -lastModifiedDate:datetime -refName:text customForm:ref(customForm)";
const header = `subsidiary:ref(subsidiary) tranDate:date postingPeriod:ref(accountingPeriod) currency:ref(currency) exchangeRate:number
  memo:text(999) tranId:text(45) department:ref(department) class:ref(classification) location:ref(location)
  -transactionNumber:text`;
const approval = "approvalStatus:enum(approval) nextApprover:ref(employee)";
const dimensions = "department:ref(department) class:ref(classification) location:ref(location)";
const expenseLine = `line:number account:ref(account) category:ref(expenseCategory) amount:amount memo:text(4000) ${dimensions}
  customer:ref(customer) isBillable:boolean projecttask:text taxCode:text taxRate1:number tax1Amt:amount taxAmount:amount grossAmt:amount
  taxDetailsReference:text orderDoc:text orderLine:number`;
const itemLine = `line:number item:ref(item) quantity:number rate:number amount:amount description:text(4000) units:text ${dimensions}
  customer:ref(customer) isBillable:boolean taxCode:text taxDetailsReference:text vendorName:text orderDoc:text orderLine:number uniqueKey:number`;
const applyLine = `line:number doc:ref(transaction) apply:boolean amount:amount -applyDate:date -refNum:text -due:amount -total:amount -type:text
  -currency:text -createdFrom:text`;

const journalLine = `line:number account:ref(account) debit:amount credit:amount memo:text(4000) entity:ref(entity) ${dimensions} eliminate:boolean
    schedule:text scheduleType:text startDate:date endDate:date residual:text amortizationType:text revenueRecognitionRule:text taxCode:text
    tax1Acct:ref(account) tax1Amt:amount taxAccount:ref(account) taxBasis:amount taxRate1:number grossAmt:amount baseGrossAmt:amount totalAmount:amount
    item:ref(item) cleared:boolean clearedDate:date -lineCreatedDate:datetime -lineLastModifiedDate:datetime`;

const journal = `${own} ${header} ${approval} approved:boolean reversalDate:date reversalDefer:boolean isBookSpecific:boolean accountingBook:text
  excludeFromGLNumbering:boolean toSubsidiary:ref(subsidiary) void:boolean -isReversal:boolean -reversalEntry:ref(transaction) -createdFrom:ref(transaction)
  -primaryBookBaseCurrency:text -nexus:text -status:enum(status)`;

export const transactionShapes: Readonly<Record<string, Shape>> = {
  journalEntry: shapeOf(`${journal} line:lines(journal)`),
  intercompanyJournalEntry: shapeOf(`${journal} line:lines(icJournal)`),
  advIntercompanyJournalEntry: shapeOf(`${journal} line:lines(advJournal)`),
  statisticalJournalEntry: shapeOf(`${own} ${header} -status:enum(status) line:lines(statistical)`),
  vendorBill: shapeOf(`${own} ${header} ${approval} entity:ref(vendor) account:ref(account) dueDate:date terms:ref(term) paymentHold:boolean
    discountAmount:amount discountDate:date userTotal:amount userTaxTotal:amount -taxTotal:amount -total:amount billingAddress:sub(address)
    intercoTransaction:ref(transaction) intercoStatus:text taxDetailsOverride:boolean -status:enum(status) -balance:amount -documentStatus:text
    -availableVendorCredit:amount -received:text expense:lines(expense) item:lines(item)`),
  vendorCredit:
    shapeOf(`${own} ${header} ${approval} entity:ref(vendor) account:ref(account) userTotal:amount userTaxTotal:amount -taxTotal:amount
    -total:amount billingAddress:sub(address) autoApply:boolean -applied:amount -unapplied:amount -status:enum(status)
    expense:lines(expense) item:lines(item) apply:lines(apply)`),
  vendorPayment:
    shapeOf(`${own} ${header} ${approval} entity:ref(vendor) account:ref(account) apAcct:ref(account) toBePrinted:boolean -total:amount
    -unapplied:amount -balance:amount -status:enum(status) -voidJournal:ref(transaction) -isInTransitPayment:boolean -cleared:boolean
    apply:lines(apply) credit:lines(credit)`),
  expenseReport: shapeOf(`${own} ${header} entity:ref(employee) complete:boolean supervisorapproval:boolean accountingapproval:boolean
    expensereportcurrency:ref(currency) expensereportexchangerate:number usemulticurrency:boolean acctcorpcardexp:ref(account) advanceaccount:ref(account)
    duedate:date nextApprover:ref(employee) -status:enum(status) -total:amount -amount:amount -account:ref(account) expense:lines(expenseReport)`),
  check:
    shapeOf(`${own} ${header} account:ref(account) entity:ref(entity) toBePrinted:boolean address:text -total:amount -balance:amount -status:enum(status)
    expense:lines(expense) item:lines(item)`),
  deposit:
    shapeOf(`${own} ${header} account:ref(account) -total:amount -status:enum(status) payment:lines(depositPayment) other:lines(depositOther)
    cashBack:lines(depositCash)`),
  invoice: shapeOf(`${own} ${header} ${approval} entity:ref(customer) account:ref(account) dueDate:date terms:ref(term) otherRefNum:text(45)
    salesRep:ref(employee) billingAddress:sub(address) shippingAddress:sub(address) email:text(254) toBeEmailed:boolean toBePrinted:boolean
    discountItem:ref(item) discountRate:number -status:enum(status) -subtotal:amount -discountTotal:amount -taxTotal:amount -total:amount
    -amountPaid:amount -amountRemaining:amount -createdFrom:ref(transaction) item:lines(saleItem)`),
  creditMemo:
    shapeOf(`${own} ${header} entity:ref(customer) account:ref(account) otherRefNum:text(45) salesRep:ref(employee) billingAddress:sub(address)
    shippingAddress:sub(address) email:text(254) toBeEmailed:boolean toBePrinted:boolean autoApply:boolean -status:enum(status) -subtotal:amount
    -discountTotal:amount -taxTotal:amount -total:amount -applied:amount -unapplied:amount -amountRemaining:amount -createdFrom:ref(transaction)
    item:lines(saleItem) apply:lines(apply)`),
  customerPayment:
    shapeOf(`${own} ${header} customer:ref(customer) payment:amount account:ref(account) undepFunds:enum(undeposited) arAcct:ref(account)
    checkNumber:text(45) paymentOption:text autoApply:boolean -applied:amount -unapplied:amount -pending:amount -total:amount -balance:amount
    -status:enum(status) apply:lines(apply) credit:lines(credit) deposit:lines(appliedDeposit)`),
};

export const transactionLists: Readonly<Record<string, Shape>> = {
  journal: shapeOf(journalLine),
  icJournal: shapeOf(`${journalLine} lineSubsidiary:ref(subsidiary)`),
  advJournal:
    shapeOf(`line:number lineSubsidiary:ref(subsidiary) account:ref(account) debit:amount credit:amount memo:text(4000) entity:ref(entity) ${dimensions}
    dueToFromSubsidiary:ref(subsidiary) entityrepresentssubsidiary:ref(subsidiary) eliminate:boolean lineFxRate:number -lineBaseCurrency:text
    -lineTotalAmt:amount -lineCreatedDate:datetime -lineLastModifiedDate:datetime`),
  statistical: shapeOf(`line:number account:ref(account) debit:amount memo:text(4000) ${dimensions}`),
  expense: shapeOf(expenseLine),
  item: shapeOf(itemLine),
  saleItem: shapeOf(`${itemLine} price:ref(priceLevel) isClosed:boolean`),
  expenseReport:
    shapeOf(`line:number expensedate:date category:ref(expenseCategory) amount:amount currency:ref(currency) exchangerate:number foreignamount:amount
    quantity:number rate:number memo:text(4000) ${dimensions} customer:ref(customer) isBillable:boolean isnonreimbursable:boolean
    corporatecreditcard:boolean receipt:boolean refnumber:number expenseaccount:ref(account) taxCode:text`),
  apply: shapeOf(applyLine),
  credit: shapeOf(`${applyLine} -creditDate:date -appliedTo:text`),
  appliedDeposit: shapeOf("doc:ref(transaction) apply:boolean amount:amount -depositDate:date -remaining:amount -total:amount"),
  depositPayment: shapeOf("id:ref(transaction) deposit:boolean -amount:amount"),
  depositOther: shapeOf(
    `line:number account:ref(account) amount:amount entity:ref(entity) paymentMethod:text memo:text(4000) ${dimensions}`,
  ),
  depositCash: shapeOf(`line:number account:ref(account) amount:amount memo:text(4000) ${dimensions}`),
};
