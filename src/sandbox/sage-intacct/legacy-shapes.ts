import { tableEntry } from "../json.ts";
import type { Element } from "../xml.ts";

/** Children of legacy elements in the order they must have. A name with a bar stands for either of two. */
const dates = "year month day";
const exchange = "basecurr currency exchratedate exchratetype exchrate";
const dimensions = "projectid taskid costtypeid customerid vendorid employeeid itemid classid contractid warehouseid";

const orders: Readonly<Record<string, string>> = {
  create_invoice: `customerid datecreated dateposted datedue termname batchkey|action action|batchkey invoiceno ponumber description externalid billto shipto ${exchange} nogl supdocid customfields taxsolutionid invoiceitems`,
  create_bill: `vendorid datecreated dateposted datedue termname action batchkey billno ponumber onhold description externalid payto returnto ${exchange} nogl supdocid customfields inclusivetax taxsolutionid billitems`,
  create_apadjustment: `vendorid datecreated dateposted batchkey adjustmentno action billno description externalid ${exchange} nogl customfields inclusivetax taxsolutionid apadjustmentitems`,
  create_aradjustment: `customerid datecreated dateposted batchkey adjustmentno action invoiceno description externalid ${exchange} nogl customfields taxsolutionid aradjustmentitems`,
  lineitem: `glaccountno|accountlabel offsetglaccountno amount memo locationid departmentid item1099 key totalpaid totaldue customfields revrectemplate defrevaccount revrecstartdate revrecenddate ${dimensions} taxentries`,
  create_paymentrequest:
    "bankaccountid|chargecardid vendorid memo paymentmethod grouppayments paymentdate paymentoption paymentrequestitems documentnumber paymentdescription paymentcontact",
  paymentrequestitem: "key paymentamount credittoapply discounttoapply",
  create_appayment: "bankaccountid|chargecardid vendorid memo paymentmethod paymentdate documentnumber description payitems",
  create_arpayment:
    "customerid paymentamount translatedamount batchkey|bankaccountid|undepfundsacct refid overpaylocid overpaydeptid datereceived paymentmethod basecurr currency exchratedate exchratetype exchrate cctype authcode arpaymentitem onlinecardpayment onlineachpayment",
  arpaymentitem: "invoicekey amount",
  create_expensereport: `employeeid datecreated dateposted batchkey expensereportno state description memo externalid ${exchange} customfields expenses`,
  expense: `expensetype|glaccountno amount currency trx_amount exchratedate exchratetype exchrate expensedate memo form1099 paidfor locationid departmentid customfields ${dimensions} billable exppmttype quantity rate`,
  create_reimbursementrequest:
    "bankaccountid employeeid memo paymentmethod paymentdate paymentoption eppaymentrequestitems documentnumber paymentdescription paymentcontact",
  eppaymentrequestitem: "key paymentamount credittoapply",
  record_cctransaction: `chargecardid paymentdate referenceno payee description supdocid currency exchratedate exchratetype exchrate customfields inclusivetax taxsolutionid ccpayitems`,
  ccpayitem:
    "glaccountno|accountlabel description paymentamount departmentid locationid customerid vendorid employeeid projectid itemid classid contractid warehouseid customfields totaltrxamount taxentries billable",
  create_supdoc: "supdocid supdocname supdocfoldername supdocdescription attachments",
  attachment: "attachmentname attachmenttype attachmentdata",
  datecreated: dates,
  dateposted: dates,
  datedue: dates,
  paymentdate: dates,
  expensedate: dates,
};

/** Elements below which the order of the whole is the document type's business. */
const legacyFunction = /^(create|update|record)_/;

/** What is wrong with the order of a legacy function's elements; null when nothing is. */
export function checkShape(element: Element): string | null {
  return legacyFunction.test(element.name) ? checkOrder(element) : null;
}

function checkOrder(element: Element): string | null {
  const order = tableEntry(orders, element.name)
    ?.split(" ")
    .map((name) => name.split("|"));
  if (order !== undefined) {
    let at = 0;
    for (const { name } of element.children) {
      const found = order.findIndex((names, index) => index >= at && names.includes(name));
      if (found < 0) {
        const isKnown = order.some((names) => names.includes(name));
        return isKnown ? `${name} stands too late in ${element.name}` : `${element.name} has no ${name}`;
      }
      at = isRepeated(name) ? found : found + 1;
    }
  }
  for (const child of element.children) {
    const wrong = checkOrder(child);
    if (wrong !== null) return wrong;
  }
  return null;
}

const isRepeated = (name: string) => name === "arpaymentitem";
