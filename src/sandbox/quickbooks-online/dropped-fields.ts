import { system, type Shape } from "./schema.ts";

// Members of the published schema that have no effect in a company in the United States, or that only the service
// sets: they are taken and not kept, because refusing them would be untrue. What would move money and is not
// emulated (a deposit on an invoice, goods in stock) is not among them: that is refused.
const dropped = (names: string): Shape => Object.fromEntries(names.split(" ").map((name) => [name, system]));

export const droppedOfHeader = dropped("TransactionLocationType TxnStatus TaxFormType TaxFormNum CreditCardPayment RootTxnId");
export const droppedOfLine = dropped("ProjectRef Received CustomField TaxLineDetail");
export const droppedOfExpense = dropped("TaxInclusiveAmt ExpenseDetailLineDetailEx ItemAccountRef PriceLevelRef LotNumber SerialNumber");
export const droppedOfSale = dropped(
  "DiscountRate DiscountAmt TaxInclusiveAmt TaxClassificationRef MarkupInfo DeferredRevenue PriceLevelRef",
);
export const droppedOfSalesForm = dropped(
  "BillEmailCc BillEmailBcc ShipFromAddr ShipMethodRef ProjectRef EInvoiceStatus SalesRepRef PONumber InvoiceStatus RemitToRef FOB AutoDocNumber",
);
export const droppedOfPayable = dropped("RemitToAddr ReplyEmail Memo PayerRef TxnSourceRef IncludeInAnnualTPAR HasTPAR VendorAddrRef");
export const droppedOfParty = dropped(
  "OtherAddr Notes Source ContactName AltContactName TaxRegime GSTIN GSTRegistrationType BusinessNumber PrimaryTaxIdentifier SecondaryTaxIdentifier " +
    "IntuitId ClientEntityId ClientCompanyId Organization CustomField AttachableRef UserId NameOf OpenBalanceDate",
);
export const droppedOfVendor = dropped(
  "T4AEligible T5018Eligible CostRate BillRate VendorPaymentBankDetail TaxReportingBasis HasTPAR VendorType DefaultTaxCodeRef OpenBalance",
);
export const droppedOfCustomer = dropped(
  "OverDueBalance TotalRevenue TotalExpense CreditLimit ARAccountRef TaxExemptionReasonId RootCustomerRef SalesRepRef CCDetail PaymentMethodRef",
);
