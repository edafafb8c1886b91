/** Members that many objects share, in the notation of `rest-shape.ts`. */
import type { RestLines } from "./rest-shape.ts";

export const idName = (id: string, name: string) => `id ${id}\nname ${name}\nstatus STATUS`;

export const contact = (prefix: string, path: string) => `
${path}printAs ${prefix}PRINTAS
${path}companyName ${prefix}COMPANYNAME
${path}firstName ${prefix}FIRSTNAME
${path}lastName ${prefix}LASTNAME
${path}email1 ${prefix}EMAIL1
${path}email2 ${prefix}EMAIL2
${path}phone1 ${prefix}PHONE1
${path}mailingAddress.addressLine1 ${prefix}MAILADDRESS.ADDRESS1
${path}mailingAddress.addressLine2 ${prefix}MAILADDRESS.ADDRESS2
${path}mailingAddress.city ${prefix}MAILADDRESS.CITY
${path}mailingAddress.state ${prefix}MAILADDRESS.STATE
${path}mailingAddress.postCode ${prefix}MAILADDRESS.ZIP
${path}mailingAddress.country ${prefix}MAILADDRESS.COUNTRY`;

export const account = `${idName("ACCOUNTNO", "TITLE")}
accountType ACCOUNTTYPE balancesheet=balanceSheet incomestatement=incomeStatement
normalBalance NORMALBALANCE
closingType CLOSINGTYPE non-closing_account=nonClosingAccount closing_account=closingAccount
alternativeGLAccount ALTERNATIVEACCOUNT
requiredDimensions.department REQUIREDEPT
requiredDimensions.location REQUIRELOC
requiredDimensions.project REQUIREPROJECT
requiredDimensions.customer REQUIRECUSTOMER
requiredDimensions.vendor REQUIREVENDOR
requiredDimensions.employee REQUIREEMPLOYEE
requiredDimensions.item REQUIREITEM
requiredDimensions.class REQUIRECLASS`;

export const money = `
currency.txnCurrency CURRENCY
currency.baseCurrency BASECURR
currency.exchangeRate.date EXCH_RATE_DATE
currency.exchangeRate.typeId EXCH_RATE_TYPE_ID
currency.exchangeRate.rate EXCHANGE_RATE
totalBaseAmount TOTALENTERED
totalBaseAmountDue TOTALDUE
totalBaseAmountPaid TOTALPAID
totalTxnAmount TRX_TOTALENTERED
totalTxnAmountDue TRX_TOTALDUE
totalTxnAmountPaid TRX_TOTALPAID`;

export const document = `${money}
referenceNumber DOCNUMBER
description DESCRIPTION
state STATE
dueDate WHENDUE
paidDate WHENPAID
attachment SUPDOCID @SUPDOC`;

export const line = (header: string, object: string) => `
${header} RECORDKEY #${object}
lineNumber LINE_NO
glAccount ACCOUNTNO @GLACCOUNT
accountLabel ACCOUNTLABEL
overrideOffsetGLAccount OFFSETGLACCOUNTNO @GLACCOUNT
txnAmount TRX_AMOUNT
baseAmount AMOUNT
totalTxnAmount TOTALTRXAMOUNT
memo ENTRYDESCRIPTION
isBillable BILLABLE`;

export const lineOf = (address: string, list: string, path = "lines"): { lines: RestLines } => ({ lines: { path, list, address } });

export const payment = (party: string) => `
${party}
documentNumber DOCNUMBER
description DESCRIPTION
financialEntity.entityId FINANCIALENTITY
financialEntity.id FINANCIALENTITY
txnCurrency.currency CURRENCY
baseCurrency.currency BASECURR
baseCurrency.amount TOTALENTERED
txnCurrency.amount TRX_TOTALENTERED
attachment SUPDOCID @SUPDOC`;
