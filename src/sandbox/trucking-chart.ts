/** The chart of accounts of a trucking company: number, name, account type and detail type in the vendor's spelling, one account a line. */
export const truckingChart = `
1010,Operating Checking,Bank,Checking
1020,Settlement & Payroll Checking,Bank,Checking
1030,Fuel Card & Money-Code Prefund Deposit,Other Current Asset,OtherCurrentAssets
1050,Undeposited Funds,Other Current Asset,UndepositedFunds
1100,Accounts Receivable - Trade,Accounts Receivable,AccountsReceivable
1110,Unbilled Revenue (Contract Asset),Other Current Asset,OtherCurrentAssets
1120,Due from Factor - Reserve,Other Current Asset,OtherCurrentAssets
1130,Insurance Claims Receivable,Other Current Asset,OtherCurrentAssets
1135,Fuel Rebates & Other Receivables,Other Current Asset,OtherCurrentAssets
1140,Owner-Operator & Driver Receivables (Chargebacks),Other Current Asset,LoansToOthers
1145,Driver Cash Advances Outstanding,Other Current Asset,EmployeeCashAdvances
1150,Carrier Advances (T-Checks & Money Codes),Other Current Asset,OtherCurrentAssets
1155,Notes Receivable - Lease-Purchase Tractors,Other Current Asset,LoansToOthers
1160,GST/HST Input Tax Credits,Other Current Asset,OtherCurrentAssets
1165,QST Input Tax Refunds,Other Current Asset,OtherCurrentAssets
1180,Warranty & Core Receivable,Other Current Asset,OtherCurrentAssets
1190,Allowance for Doubtful Accounts,Other Current Asset,AllowanceForBadDebts
1210,Prepaid Insurance,Other Current Asset,PrepaidExpenses
1220,Prepaid Plates & IRP,Other Current Asset,PrepaidExpenses
1225,Prepaid Heavy Vehicle Use Tax,Other Current Asset,PrepaidExpenses
1230,Prepaid Permits & UCR,Other Current Asset,PrepaidExpenses
1240,Prepaid Tolls (Transponder Balances),Other Current Asset,PrepaidExpenses
1250,Prepaid Software & Other,Other Current Asset,PrepaidExpenses
1310,Inventory - Bulk Fuel,Other Current Asset,OtherCurrentAssets
1320,Inventory - Parts,Other Current Asset,OtherCurrentAssets
1510,Tractors,Fixed Asset,Vehicles
1520,Trailers - Dry Van,Fixed Asset,Vehicles
1540,Shop & Terminal Equipment,Fixed Asset,MachineryAndEquipment
1550,Office Furniture & Computers,Fixed Asset,FurnitureAndFixtures
1610,Accum Depreciation - Tractors,Fixed Asset,AccumulatedDepreciation
1620,Accum Depreciation - Trailers,Fixed Asset,AccumulatedDepreciation
1630,Accum Depreciation - Other Equipment,Fixed Asset,AccumulatedDepreciation
1710,Security Deposits,Other Asset,SecurityDeposits
1810,Due from Affiliates,Other Current Asset,OtherCurrentAssets
2010,Accounts Payable - Trade,Accounts Payable,AccountsPayable
2020,Accounts Payable - Purchased Transportation,Accounts Payable,AccountsPayable
2030,Accounts Payable - Owner-Operator Settlements,Accounts Payable,AccountsPayable
2040,Corporate Credit Card,Credit Card,CreditCard
2050,Fuel Card Clearing (Accrued Fuel),Other Current Liability,OtherCurrentLiabilities
2055,Toll Clearing,Other Current Liability,OtherCurrentLiabilities
2060,Accrued Purchased Transportation (Unreceived Carrier Invoices),Other Current Liability,OtherCurrentLiabilities
2065,Accrued Maintenance (Unreceived Shop Invoices),Other Current Liability,OtherCurrentLiabilities
2070,Accrued Expenses - Other,Other Current Liability,OtherCurrentLiabilities
2110,Accrued Driver Wages,Other Current Liability,OtherCurrentLiabilities
2115,Accrued Owner-Operator Settlements,Other Current Liability,OtherCurrentLiabilities
2120,Payroll Clearing,Other Current Liability,PayrollClearing
2125,Payroll Taxes Payable,Other Current Liability,PayrollTaxPayable
2130,Garnishments & Child Support Withheld,Other Current Liability,OtherCurrentLiabilities
2135,Employee Benefits Withheld & Payable,Other Current Liability,OtherCurrentLiabilities
2210,Owner-Operator Escrow - Performance,Other Current Liability,TrustAccountsLiabilities
2215,Owner-Operator Escrow - Maintenance,Other Current Liability,TrustAccountsLiabilities
2220,Escrow Interest Payable,Other Current Liability,TrustAccountsLiabilities
2225,Insurance Withheld from Owner-Operators,Other Current Liability,InsurancePayable
2230,Plates & Permits Withheld from Owner-Operators,Other Current Liability,OtherCurrentLiabilities
2235,Third-Party Deductions Payable (Truck Lessors),Other Current Liability,OtherCurrentLiabilities
2310,Claims Reserve - Bodily Injury & Property Damage,Other Current Liability,OtherCurrentLiabilities
2315,Cargo Claims Payable,Other Current Liability,OtherCurrentLiabilities
2320,Insurance Premium Financing,Other Current Liability,InsurancePayable
2410,Fuel Tax (IFTA) Payable,Other Current Liability,OtherCurrentLiabilities
2425,Sales & Use Tax Payable,Other Current Liability,SalesTaxPayable
2430,GST/HST Collected,Other Current Liability,OtherCurrentLiabilities
2435,QST Collected,Other Current Liability,OtherCurrentLiabilities
2510,Unapplied Cash & Customer Deposits,Other Current Liability,OtherCurrentLiabilities
2530,Factoring Advances (Recourse),Other Current Liability,LoanPayable
2540,Line of Credit,Other Current Liability,LineOfCredit
2570,Due to Affiliates,Other Current Liability,OtherCurrentLiabilities
2590,Integration Suspense (must be zero),Other Current Liability,OtherCurrentLiabilities
2610,Equipment Notes Payable,Long Term Liability,NotesPayable
3010,Common Stock / Members' Capital,Equity,CommonStock
3030,Retained Earnings,Equity,RetainedEarnings
3050,Owner Distributions,Equity,PartnerDistributions
3900,Opening Balance Equity,Equity,OpeningBalanceEquity
4010,Linehaul Revenue - Company Fleet,Income,ServiceFeeIncome
4015,Linehaul Revenue - Owner-Operator Fleet,Income,ServiceFeeIncome
4020,Dedicated Contract Revenue,Income,ServiceFeeIncome
4025,Local Drayage & Shuttle Revenue,Income,ServiceFeeIncome
4030,LTL & Interline Revenue,Income,ServiceFeeIncome
4035,Intermodal Revenue,Income,ServiceFeeIncome
4040,Fuel Surcharge Revenue - Fleet,Income,ServiceFeeIncome
4045,Fuel Surcharge Revenue - Brokerage,Income,ServiceFeeIncome
4050,Brokerage Linehaul Revenue,Income,ServiceFeeIncome
4110,Detention Revenue,Income,ServiceFeeIncome
4115,Layover Revenue,Income,ServiceFeeIncome
4120,Stop-Off Revenue,Income,ServiceFeeIncome
4125,Truck Ordered Not Used Revenue,Income,ServiceFeeIncome
4130,Loading Unloading & Lumper Recovery,Income,ServiceFeeIncome
4135,Toll & Permit Recovery,Income,ServiceFeeIncome
4140,Tarp & Securement Revenue,Income,ServiceFeeIncome
4145,Hazmat Revenue,Income,ServiceFeeIncome
4150,Storage & Trailer Detention Revenue,Income,ServiceFeeIncome
4155,Redelivery & Reconsignment Revenue,Income,ServiceFeeIncome
4160,Team & Expedite Revenue,Income,ServiceFeeIncome
4165,Oversize & Escort Revenue,Income,ServiceFeeIncome
4170,Border & Customs Revenue,Income,ServiceFeeIncome
4190,Other Accessorial Revenue,Income,ServiceFeeIncome
4210,Brokerage Accessorial Revenue,Income,ServiceFeeIncome
4310,Warehouse & Handling Revenue,Income,ServiceFeeIncome
4320,Equipment Lease & Rental Revenue,Income,OtherPrimaryIncome
4330,Shop Revenue - Third Party,Income,OtherPrimaryIncome
4340,Fuel Sales to Owner-Operators,Income,OtherPrimaryIncome
4350,Quick-Pay & Administrative Fee Income,Income,OtherPrimaryIncome
4400,Intercompany Freight Revenue,Income,OtherPrimaryIncome
4910,Billing Adjustments & Allowances,Income,DiscountsRefundsGiven
4920,Customer Volume Rebates & Discounts,Income,DiscountsRefundsGiven
5010,Driver Wages - Mileage,Cost of Goods Sold,CostOfLaborCos
5015,Driver Wages - Hourly & Local,Cost of Goods Sold,CostOfLaborCos
5020,Driver Wages - Team & Specialized,Cost of Goods Sold,CostOfLaborCos
5025,Driver Accessorial Pay,Cost of Goods Sold,CostOfLaborCos
5030,Driver Bonuses,Cost of Goods Sold,CostOfLaborCos
5035,Driver Per Diem,Cost of Goods Sold,CostOfLaborCos
5040,Driver Orientation Training & Guarantee Pay,Cost of Goods Sold,CostOfLaborCos
5045,Driver Vacation & Holiday,Cost of Goods Sold,CostOfLaborCos
5050,Driver Payroll Taxes,Cost of Goods Sold,CostOfLaborCos
5055,Driver Health & Retirement Benefits,Cost of Goods Sold,CostOfLaborCos
5060,Driver Workers Compensation,Cost of Goods Sold,CostOfLaborCos
5065,Driver Recruiting & Sign-On,Cost of Goods Sold,OtherCostsOfServiceCos
5075,Driver Travel & Reimbursed Expense,Cost of Goods Sold,OtherCostsOfServiceCos
5110,Owner-Operator Linehaul,Cost of Goods Sold,OtherCostsOfServiceCos
5115,Owner-Operator Fuel Surcharge,Cost of Goods Sold,OtherCostsOfServiceCos
5120,Owner-Operator Accessorials & Bonuses,Cost of Goods Sold,OtherCostsOfServiceCos
5125,Owner-Operator Reimbursements,Cost of Goods Sold,OtherCostsOfServiceCos
5130,Purchased Transportation - Carrier Linehaul,Cost of Goods Sold,ShippingFreightDeliveryCos
5135,Purchased Transportation - Carrier Fuel Surcharge,Cost of Goods Sold,ShippingFreightDeliveryCos
5140,Purchased Transportation - Carrier Accessorials,Cost of Goods Sold,ShippingFreightDeliveryCos
5145,Rail & Intermodal Cost,Cost of Goods Sold,ShippingFreightDeliveryCos
5150,Drayage Interline & Cartage Cost,Cost of Goods Sold,ShippingFreightDeliveryCos
5152,Chassis & Container Per Diem,Cost of Goods Sold,EquipmentRentalCos
5155,Agent Commissions,Cost of Goods Sold,OtherCostsOfServiceCos
5160,Broker & Sales Commissions,Cost of Goods Sold,OtherCostsOfServiceCos
5170,Purchased Transportation Adjustments,Cost of Goods Sold,ShippingFreightDeliveryCos
5180,Intercompany Purchased Transportation,Cost of Goods Sold,ShippingFreightDeliveryCos
5210,Diesel - Tractor (Card),Cost of Goods Sold,SuppliesMaterialsCogs
5215,Diesel - Bulk Tanks,Cost of Goods Sold,SuppliesMaterialsCogs
5220,Reefer Fuel,Cost of Goods Sold,SuppliesMaterialsCogs
5225,Diesel Exhaust Fluid,Cost of Goods Sold,SuppliesMaterialsCogs
5227,Alternative Fuels (CNG LNG Electricity),Cost of Goods Sold,SuppliesMaterialsCogs
5230,Fuel Discounts & Rebates,Cost of Goods Sold,SuppliesMaterialsCogs
5235,Fuel Tax (IFTA) Expense,Cost of Goods Sold,OtherCostsOfServiceCos
5240,Weight-Distance Tax Expense,Cost of Goods Sold,OtherCostsOfServiceCos
5245,Fuel Card & Transaction Fees,Cost of Goods Sold,OtherCostsOfServiceCos
5250,Oil & Additives,Cost of Goods Sold,SuppliesMaterialsCogs
5310,Preventive Maintenance,Cost of Goods Sold,OtherCostsOfServiceCos
5315,Tractor Repairs - Outside,Cost of Goods Sold,OtherCostsOfServiceCos
5320,Tractor Repairs - Shop Parts,Cost of Goods Sold,SuppliesMaterialsCogs
5325,Shop Labor Applied,Cost of Goods Sold,CostOfLaborCos
5330,Trailer Repairs,Cost of Goods Sold,OtherCostsOfServiceCos
5335,Reefer Unit Repairs,Cost of Goods Sold,OtherCostsOfServiceCos
5340,Tires - Tractor,Cost of Goods Sold,SuppliesMaterialsCogs
5345,Tires - Trailer,Cost of Goods Sold,SuppliesMaterialsCogs
5350,Roadside Service & Towing,Cost of Goods Sold,OtherCostsOfServiceCos
5355,Accident Repairs (Uninsured),Cost of Goods Sold,OtherCostsOfServiceCos
5360,Wash & Trailer Washout,Cost of Goods Sold,OtherCostsOfServiceCos
5365,Warranty & Core Recoveries,Cost of Goods Sold,OtherCostsOfServiceCos
5370,Shop Supplies,Cost of Goods Sold,SuppliesMaterialsCogs
5410,Insurance - Auto Liability,Cost of Goods Sold,OtherCostsOfServiceCos
5415,Insurance - Cargo,Cost of Goods Sold,OtherCostsOfServiceCos
5420,Insurance - Physical Damage,Cost of Goods Sold,OtherCostsOfServiceCos
5425,Insurance - General Liability & Umbrella,Cost of Goods Sold,OtherCostsOfServiceCos
5430,Claims - Bodily Injury & Property Damage,Cost of Goods Sold,OtherCostsOfServiceCos
5435,Cargo Claims Expense,Cost of Goods Sold,OtherCostsOfServiceCos
5440,Insurance - Contingent Cargo & Broker,Cost of Goods Sold,OtherCostsOfServiceCos
5510,Tractor Lease & Rental,Cost of Goods Sold,EquipmentRentalCos
5515,Trailer Lease & Rental,Cost of Goods Sold,EquipmentRentalCos
5520,Depreciation - Tractors,Cost of Goods Sold,OtherCostsOfServiceCos
5525,Depreciation - Trailers & Other Revenue Equipment,Cost of Goods Sold,OtherCostsOfServiceCos
5530,Gain or Loss on Revenue Equipment,Cost of Goods Sold,OtherCostsOfServiceCos
5535,ELD Telematics & In-Cab Communication,Cost of Goods Sold,OtherCostsOfServiceCos
5610,Plates & IRP Registration,Cost of Goods Sold,OtherCostsOfServiceCos
5615,UCR & Authority Fees,Cost of Goods Sold,OtherCostsOfServiceCos
5620,Heavy Vehicle Use Tax,Cost of Goods Sold,OtherCostsOfServiceCos
5625,Trip & Oversize Permits,Cost of Goods Sold,OtherCostsOfServiceCos
5630,Tolls,Cost of Goods Sold,OtherCostsOfServiceCos
5635,Scales & Parking,Cost of Goods Sold,OtherCostsOfServiceCos
5640,Fines & Violations,Cost of Goods Sold,OtherCostsOfServiceCos
5645,Lumper & Loading Expense,Cost of Goods Sold,OtherCostsOfServiceCos
6010,Dispatch & Operations Wages,Expense,PayrollExpenses
6020,Shop Wages (Absorbed to 5325),Expense,PayrollExpenses
6030,Payroll Taxes - Non-Driver,Expense,TaxesPaid
6035,Benefits - Non-Driver,Expense,PayrollExpenses
6040,Terminal Rent & Drop Yards,Expense,RentOrLeaseOfBuildings
6045,Utilities,Expense,Utilities
7010,Administrative Salaries,Expense,PayrollExpenses
7015,Sales Salaries,Expense,PayrollExpenses
7035,TMS & Software Subscriptions,Expense,DuesSubscriptions
7040,Telephone & Internet,Expense,Utilities
7045,Load Boards EDI & Tracking,Expense,OtherBusinessExpenses
7050,Legal & Professional Fees,Expense,LegalProfessionalFees
7055,Office Supplies & Postage,Expense,OfficeGeneralAdministrativeExpenses
7060,Travel,Expense,Travel
7065,Meals,Expense,EntertainmentMeals
7070,Advertising & Marketing,Expense,AdvertisingPromotional
7080,Bank Charges,Expense,BankCharges
7085,Money Code E-Check & Payment Fees,Expense,BankCharges
7090,Bad Debt Expense,Expense,BadDebts
7095,Small Balance Write-Off & Rounding,Expense,OtherMiscellaneousServiceCost
7110,Office Rent,Expense,RentOrLeaseOfBuildings
7120,Depreciation - Office & Buildings,Expense,OtherMiscellaneousServiceCost
7130,Broker Bond & Business Insurance,Expense,Insurance
7900,Unmapped Expense (must be zero),Expense,OtherMiscellaneousServiceCost
8010,Interest Expense - Equipment,Expense,InterestPaid
8015,Interest Expense - Line of Credit,Expense,InterestPaid
8020,Factoring Fees,Expense,BankCharges
8025,Escrow Interest Expense,Expense,InterestPaid
8030,Interest Income,Other Income,InterestEarned
8050,Realized Exchange Gain or Loss,Other Expense,ExchangeGainOrLoss
8060,Other Income,Other Income,OtherMiscellaneousIncome
8070,Penalties & Interest on Taxes,Other Expense,PenaltiesSettlements
`;
