import { shapeOf, type Shape } from "./fields.ts";

// Names as the REST API Browser of release 2026.1 has them; where it spells them in lower case, so do we.

const own = "-id:text externalId:text(60) -refName:text customForm:ref(customForm)";
const named = `${own} name:text(60) parent:ref(SELF) subsidiary:many(subsidiary) includeChildren:boolean isInactive:boolean -fullName:text
  -createdDate:datetime -lastModifiedDate:datetime`;
const party = `${own} entityId:text(83) companyName:text(83) isPerson:boolean firstName:text(32) lastName:text(32) subsidiary:ref(subsidiary)
  currency:ref(currency) currencyList:lines(currencyList) email:text(254) phone:text terms:ref(term) creditLimit:amount category:text isInactive:boolean
  autoName:boolean comments:text(4000) addressBook:lines(addressBook) -dateCreated:datetime -lastModifiedDate:datetime`;
const item = `${own} itemId:text(60) displayName:text(60) description:text(4000) subsidiary:many(subsidiary) includeChildren:boolean department:ref(department)
  class:ref(classification) location:ref(location) taxSchedule:text isInactive:boolean -createdDate:datetime -lastModifiedDate:datetime`;
const sale = "incomeAccount:ref(account) salesDescription:text(4000) rate:number";
const purchase = "expenseAccount:ref(account) purchaseDescription:text(4000) cost:number";

const itemShapes = Object.fromEntries(
  ["nonInventory", "service", "otherCharge"].flatMap((family) => [
    [`${family}PurchaseItem`, shapeOf(`${item} ${purchase}`)],
    [`${family}SaleItem`, shapeOf(`${item} ${sale}`)],
    [`${family}ResaleItem`, shapeOf(`${item} ${sale} ${purchase}`)],
  ]),
);

const self = (words: string, type: string) => shapeOf(words.replace("SELF", type));

export const listShapes: Readonly<Record<string, Shape>> = {
  customer:
    shapeOf(`${party} entityStatus:ref(entityStatus) parent:ref(customer) salesRep:ref(employee) priceLevel:ref(priceLevel) taxable:boolean accountNumber:text
    receivablesAccount:ref(account) url:text -balance:amount -overdueBalance:amount`),
  vendor: shapeOf(`${party} legalName:text(83) fax:text accountNumber:text taxIdNum:text is1099Eligible:boolean expenseAccount:ref(account)
    payablesAccount:ref(account) defaultVendorPaymentAccount:ref(account) printOnCheckAs:text representingSubsidiary:ref(subsidiary) url:text -balance:amount
    -balancePrimary:amount -unbilledOrders:amount`),
  employee:
    shapeOf(`${own} firstName:text(32) lastName:text(32) entityId:text(83) email:text(254) phone:text subsidiary:ref(subsidiary) currency:ref(currency)
    department:ref(department) class:ref(classification) location:ref(location) supervisor:ref(employee) approver:ref(employee) title:text hireDate:date
    isInactive:boolean approvallimit:amount expenselimit:amount issalesrep:boolean employeestatus:text accountNumber:text -dateCreated:datetime
    -lastModifiedDate:datetime`),
  account:
    shapeOf(`${own} acctName:text(60) acctNumber:text(60) acctType:enum(accountType) subsidiary:many(subsidiary) includeChildren:boolean currency:ref(currency)
    parent:ref(account) description:text(255) legalName:text(400) eliminate:boolean revalue:boolean inventory:boolean generalRate:enum(rateType)
    cashFlowRate:enum(rateType) isInactive:boolean isSummary:boolean sSpecAcct:text department:ref(department) class:ref(classification)
    location:ref(location) unit:text unitsType:text -fullName:text -displayNameWithHierarchy:text -accountSearchDisplayName:text -balance:amount
    -lastModifiedDate:datetime`),
  subsidiary:
    shapeOf(`${own} name:text(83) parent:ref(subsidiary) currency:ref(currency) country:enum(country) isElimination:boolean isInactive:boolean
    legalName:text state:text tranPrefix:text(8) fiscalCalendar:text -fullName:text -lastModifiedDate:datetime`),
  department: self(named, "department"),
  classification: self(named, "classification"),
  location: self(
    `${named} mainAddress:sub(address) returnAddress:sub(address) timeZone:text locationType:text makeInventoryAvailable:boolean useBins:boolean tranPrefix:text(8)`,
    "location",
  ),
  term: shapeOf(
    `${own} name:text daysUntilNetDue:number discountPercent:number daysUntilExpiry:number dateDriven:boolean isInactive:boolean`,
  ),
  currency: shapeOf(
    `${own} name:text symbol:text displaySymbol:text exchangeRate:number currencyPrecision:number isBaseCurrency:boolean isInactive:boolean`,
  ),
  accountingPeriod:
    shapeOf(`-id:text -refName:text periodName:text startDate:date endDate:date closed:boolean closedOnDate:datetime allLocked:boolean apLocked:boolean
    arLocked:boolean payrollLocked:boolean allowNonGLChanges:boolean isAdjust:boolean isInactive:boolean isPosting:boolean isQuarter:boolean isYear:boolean
    parent:ref(accountingPeriod) fiscalCalendar:text -lastModifiedDate:datetime`),
  expenseCategory:
    shapeOf(`${own} name:text expenseacct:ref(account) description:text subsidiary:many(subsidiary) isinactive:boolean defaultrate:number
    raterequired:boolean personalcorporatecardexpense:boolean -lastModifiedDate:datetime`),
  vendorSubsidiaryRelationship: shapeOf(`${own} entity:ref(vendor) subsidiary:ref(subsidiary) isPrimarySub:boolean isInactive:boolean`),
  customerSubsidiaryRelationship: shapeOf(`${own} entity:ref(customer) subsidiary:ref(subsidiary) isPrimarySub:boolean isInactive:boolean`),
  budgetImport:
    shapeOf(`${own} year:text account:ref(account) subsidiary:ref(subsidiary) department:ref(department) class:ref(classification) location:ref(location)
    category:text budgettype:text currency:ref(currency) accountingBook:text amount:amount
    ${Array.from({ length: 24 }, (_, index) => `periodamount${index + 1}:amount`).join(" ")}`),
  ...itemShapes,
};

export const partListShapes: Readonly<Record<string, Shape>> = {
  address:
    shapeOf(`addr1:text(150) addr2:text(150) addr3:text(150) city:text(50) state:text(50) zip:text(36) country:enum(country) addressee:text(83) attention:text(83)
    addrPhone:text addrText:text override:boolean`),
  addressBook: shapeOf(
    "id:number internalId:number addressId:text label:text(100) defaultBilling:boolean defaultShipping:boolean isResidential:boolean addressBookAddress:sub(address) -addressBookAddress_text:text",
  ),
  currencyList: shapeOf("currency:ref(currency) -balance:amount"),
};
