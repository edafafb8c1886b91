import type { Call } from "./call.ts";
import { ownFieldsOf, legacyDate, type Names, translate } from "./legacy-names.ts";
import type { Input, Kind, Work } from "./kind.ts";
import { createRecord } from "./write.ts";
import { childOf, tag, type Element } from "./xml.ts";

const lineNames: Names = {
  glaccountno: "ACCOUNTNO",
  accountlabel: "ACCOUNTLABEL",
  offsetglaccountno: "OFFSETGLACCOUNTNO",
  amount: "TRX_AMOUNT",
  memo: "ENTRYDESCRIPTION",
};

const headerNames: Names = {
  datecreated: "WHENCREATED",
  dateposted: "WHENPOSTED",
  datedue: "WHENDUE",
  batchkey: "PRBATCHKEY",
  invoiceno: "RECORDID",
  billno: "RECORDID",
  adjustmentno: "RECORDID",
  ponumber: "DOCNUMBER",
  exchratedate: "EXCH_RATE_DATE",
  exchratetype: "EXCH_RATE_TYPE_ID",
  exchrate: "EXCHANGE_RATE",
};

export function mustKind(work: Work, object: string): Kind {
  const kind = work.kindOf(object);
  if (kind === null) throw new Error(`No kind ${object}`);
  return kind;
}

/** A document of a legacy function, as the generic object it makes. */
export function documentInput(element: Element, order: { object: string; lines: string; names?: Names }): Input {
  const items = childOf(element, order.lines);
  const rest = element.children.filter((child) => child.name !== order.lines && child.name !== "key");
  return {
    values: { ...translate(rest, { ...headerNames, ...order.names }), ...ownFieldsOf(element) },
    lists:
      items === undefined
        ? {}
        : {
            [`${order.object}ITEMS`]: items.children.map((item) => ({
              values: { ...translate(item.children, lineNames), ...ownFieldsOf(item) },
              lists: {},
            })),
          },
  };
}

function create(object: string, lines: string, names: Names = {}) {
  return ({ work, element }: Call): string => {
    const record = createRecord(work, mustKind(work, object), documentInput(element, { object, lines, names }));
    return tag("key", String(record.recordno));
  };
}

/** On an adjustment `billno` and `invoiceno` name the document it adjusts. */
const adjusted: Names = { billno: "DOCNUMBER", invoiceno: "DOCNUMBER" };

export const legacyFunctions: Readonly<Record<string, (call: Call) => string>> = {
  create_bill: create("APBILL", "billitems"),
  create_invoice: create("ARINVOICE", "invoiceitems"),
  create_apadjustment: create("APADJUSTMENT", "apadjustmentitems", adjusted),
  create_aradjustment: create("ARADJUSTMENT", "aradjustmentitems", adjusted),
};

export { legacyDate };
