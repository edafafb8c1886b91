/** Account type: its classification and the detail type it gets when none is given. */
export const accountTypes: Readonly<Record<string, { classification: string; subtype: string }>> = {
  Bank: { classification: "Asset", subtype: "Checking" },
  "Accounts Receivable": { classification: "Asset", subtype: "AccountsReceivable" },
  "Other Current Asset": { classification: "Asset", subtype: "OtherCurrentAssets" },
  "Fixed Asset": { classification: "Asset", subtype: "OtherFixedAssets" },
  "Other Asset": { classification: "Asset", subtype: "OtherLongTermAssets" },
  "Accounts Payable": { classification: "Liability", subtype: "AccountsPayable" },
  "Credit Card": { classification: "Liability", subtype: "CreditCard" },
  "Other Current Liability": { classification: "Liability", subtype: "OtherCurrentLiabilities" },
  "Long Term Liability": { classification: "Liability", subtype: "OtherLongTermLiabilities" },
  Equity: { classification: "Equity", subtype: "OwnersEquity" },
  Income: { classification: "Revenue", subtype: "ServiceFeeIncome" },
  "Other Income": { classification: "Revenue", subtype: "OtherMiscellaneousIncome" },
  "Cost of Goods Sold": { classification: "Expense", subtype: "SuppliesMaterialsCogs" },
  Expense: { classification: "Expense", subtype: "OtherMiscellaneousServiceCost" },
  "Other Expense": { classification: "Expense", subtype: "OtherMiscellaneousExpense" },
};

const subtypesByType: Readonly<Record<string, string>> = {
  Bank: "Checking Savings CashOnHand MoneyMarket TrustAccounts RentsHeldInTrust",
  "Accounts Receivable": "AccountsReceivable",
  "Other Current Asset":
    "UndepositedFunds PrepaidExpenses EmployeeCashAdvances LoansToOthers LoansToOfficers LoansToStockholders OtherCurrentAssets AllowanceForBadDebts Inventory Retainage DevelopmentCosts",
  "Fixed Asset":
    "Vehicles AccumulatedDepreciation MachineryAndEquipment FurnitureAndFixtures Buildings Land LeaseholdImprovements OtherFixedAssets AccumulatedAmortization FixedAssetComputers",
  "Other Asset": "SecurityDeposits OtherLongTermAssets Goodwill Licenses LeaseBuyout OrganizationalCosts",
  "Accounts Payable": "AccountsPayable",
  "Credit Card": "CreditCard",
  "Other Current Liability":
    "PayrollClearing PayrollTaxPayable LineOfCredit LoanPayable SalesTaxPayable DeferredRevenue OtherCurrentLiabilities TrustAccountsLiabilities InsurancePayable FederalIncomeTaxPayable PrepaidExpensesPayable",
  "Long Term Liability": "NotesPayable OtherLongTermLiabilities ShareholderNotesPayable",
  Equity:
    "OpeningBalanceEquity RetainedEarnings OwnersEquity CommonStock PaidInCapitalOrSurplus PartnerDistributions PartnerContributions PreferredStock TreasuryStock",
  Income: "ServiceFeeIncome SalesOfProductIncome OtherPrimaryIncome DiscountsRefundsGiven UnappliedCashPaymentIncome NonProfitIncome",
  "Other Income": "InterestEarned OtherMiscellaneousIncome OtherInvestmentIncome DividendIncome TaxExemptInterest",
  "Cost of Goods Sold":
    "CostOfLaborCos EquipmentRentalCos ShippingFreightDeliveryCos FreightAndDeliveryCos OtherCostsOfServiceCos SuppliesMaterialsCogs",
  Expense:
    "Auto GasAndFuel VehicleRepairs VehicleInsurance VehicleLease VehicleLoanInterest VehicleRegistration ParkingAndTolls WashAndRoadServices OtherVehicleExpenses RepairMaintenance Insurance PayrollExpenses TaxesPaid Travel TravelMeals BankCharges ShippingFreightDelivery OtherMiscellaneousServiceCost UnappliedCashBillPaymentExpense AdvertisingPromotional BadDebts DuesSubscriptions EntertainmentMeals EquipmentRental InterestPaid LegalProfessionalFees OfficeGeneralAdministrativeExpenses OtherBusinessExpenses RentOrLeaseOfBuildings SuppliesMaterials Utilities CostOfLabor CharitableContributions",
  "Other Expense": "Depreciation ExchangeGainOrLoss OtherMiscellaneousExpense PenaltiesSettlements Amortization",
};

const typesBySubtype = new Map(
  Object.entries(subtypesByType).flatMap(([type, names]) => names.split(" ").map((name) => [name, type] as const)),
);

/** The account type a detail type belongs to; undefined when there is no such detail type. */
export function typeOfSubtype(subtype: string): string | undefined {
  return typesBySubtype.get(subtype);
}
