import { auditFields, fieldsOf, type Kind } from "./kind.ts";

const view = (object: string, name: string, fields: string): Kind => ({
  object,
  name,
  id: "RECORDNO",
  fields: fieldsOf(fields),
  lists: [],
  type: "view",
  counter: object.toLowerCase(),
});

/** What can be read and is written by nobody. */
export const viewKinds: readonly Kind[] = [
  view(
    "GLDETAIL",
    "General ledger detail",
    `${auditFields} AUWHENCREATED:c BATCHKEY:i BATCH_NO:i BATCH_DATE:d BATCH_TITLE:t BOOKID:t SYMBOL:t MODULEKEY:t ENTRY_DATE:d ENTRY_STATE:t LINE_NO:i TR_TYPE:i ACCOUNTNO:t ACCOUNTTITLE:t
     AMOUNT:a DEBITAMOUNT:a CREDITAMOUNT:a TRX_AMOUNT:a CURRENCY:t DOCUMENT:t DESCRIPTION:t RECORDID:t RECORDTYPE:t RECORDKEY:i STATISTICAL:b
     LOCATIONID:t DEPARTMENTID:t PROJECTID:t CUSTOMERID:t VENDORID:t EMPLOYEEID:t ITEMID:t CLASSID:t GLDIMUNIT:t`,
  ),
  view("AUDITHISTORY", "Audit history", "RECORDNO:i ID:i OBJECTTYPE:t OBJECTKEY:t ACCESSTIME:m ACCESSMODE:t USERID:t"),
  view(
    "LOCATIONENTITY",
    "Entity",
    `${auditFields} WHENCREATED:c LOCATIONID:t NAME:t STATUS:t CURRENCY:t FIRSTMONTH:i STARTDATE:d ENDDATE:d`,
  ),
];
