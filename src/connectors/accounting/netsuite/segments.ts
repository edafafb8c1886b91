import type { BooksRecord } from "../../../core/reference.ts";
import type { Call } from "./api.ts";
import { optionalRows } from "./company.ts";
import type { FormFields } from "./custom-fields.ts";
import { isTrue, textOf } from "./wire.ts";

/**
 * Values of the custom segments that stand on lines, named `<segment>/<value>` by the segment's label and by its script id
 * without `cseg_`. Each segment's values are a record type of their own over there.
 */
export async function readSegments(call: Call, fields: FormFields): Promise<BooksRecord[]> {
  const segments = (fields ?? []).filter(({ id, on }) => on === "line" && id.toLowerCase().startsWith("cseg_"));
  const records: BooksRecord[] = [];
  for (const { id, name } of segments) {
    const rows = await optionalRows(call, { select: "id, name, isinactive", from: `customrecord_${id.toLowerCase()}` });
    const spellings = new Set([name, id.replace(/^cseg_/i, "")].map((each) => each.toLowerCase()));
    for (const row of rows) {
      for (const spelling of spellings) {
        records.push({
          kind: "segment",
          externalId: textOf(row, "id"),
          name: `${spelling}/${textOf(row, "name")}`,
          number: null,
          active: !isTrue(row, "isinactive"),
          facts: { field: id },
        });
      }
    }
  }
  return records;
}
