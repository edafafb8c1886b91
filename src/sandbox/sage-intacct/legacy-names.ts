import type { Values } from "./kind.ts";
import { refuse } from "./refusal.ts";
import { isIsoDate } from "./values.ts";
import { childOf, textIn, type Element } from "../xml.ts";

/** What legacy elements are called in the generic objects; the others keep their name, in upper case. */
export type Names = Readonly<Record<string, string>>;

/** `<datecreated><year/><month/><day/></datecreated>` as an ISO date. */
export function legacyDate(element: Element): string {
  const part = (name: string, length: number) => (textIn(element, name) ?? "").padStart(length, "0");
  const date = `${part("year", 4)}-${part("month", 2)}-${part("day", 2)}`;
  if (!isIsoDate(date))
    refuse("PL03000006", `Invalid date '${date}' in ${element.name}`, { category: "invalidFormat", target: element.name });
  return date;
}

/** Flat values of legacy elements; groups keep only what is known of them. */
export function translate(elements: readonly Element[], names: Names): Values {
  const values: Values = {};
  for (const element of elements) {
    const name = names[element.name] ?? element.name.toUpperCase();
    if (element.name === "customfields" || element.name === "taxentries") continue;
    if (childOf(element, "year") !== undefined) values[name] = legacyDate(element);
    else if (element.name === "billto" || element.name === "payto") values["BILLTOPAYTOCONTACTNAME"] = textIn(element, "contactname");
    else if (element.name === "shipto" || element.name === "returnto") values["SHIPTORETURNTOCONTACTNAME"] = textIn(element, "contactname");
    else values[name] = element.text;
  }
  return values;
}

/** `customfields/customfield{customfieldname, customfieldvalue}`: fields and dimensions of the customer's own. */
export function ownFieldsOf(element: Element): Values {
  const fields = childOf(element, "customfields")?.children ?? [];
  return Object.fromEntries(
    fields.map((field) => [(textIn(field, "customfieldname") ?? "").toUpperCase(), textIn(field, "customfieldvalue")]),
  );
}
