import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import { columnsOf, commitChange } from "./commit.ts";
import type { Work } from "./kind.ts";
import { linksOf } from "./links.ts";
import { present } from "./present.ts";
import { toStored, type Stored } from "./records.ts";
import { queueEvent } from "./webhook-queue.ts";

/** A person merges one row of a list into another, in the web application: what named the one names the other from now on. */
export function mergeRows(work: Work, entity: string, { from, into }: { from: string; into: string }): JsonObject {
  const { company, records } = work;
  const [gone, kept] = [records.find(company.key, entity, from), records.find(company.key, entity, into)];
  const isMergeable = ["Customer", "Vendor", "Account", "Class", "Department", "Item"].includes(entity);
  if (!isMergeable || gone === null || kept === null || gone.deleted || from === into) {
    throw new RangeError(`${entity} ${from} cannot be merged into ${entity} ${into}`);
  }
  const name = records.referent(company.key, entity, into)?.name ?? "";
  const before = records.referent(company.key, entity, from)?.name ?? "";
  for (const stored of naming(work, entity, from)) {
    const body = renamed(stored.body, { from, into, name, member: memberPattern(entity) });
    const legs = stored.legs.map((leg) => ({
      ...leg,
      dimensions: renamedDimensions(leg.dimensions, { entity, before, after: name }),
      ...(leg.party?.type === entity && leg.party.id === from ? { party: { type: entity, id: into, name } } : {}),
      ...(entity === "Account" && leg.account.id === from ? { account: { ...leg.account, id: into, name } } : {}),
    }));
    const links = linksOf(work, stored);
    commitChange(work, stored, {
      links,
      operation: "merge",
      body: objectOf(body),
      legs,
      columns: columnsOf({ ...stored, body: objectOf(body) }),
      active: true,
    });
  }
  commitChange(work, gone, { operation: "delete", body: gone.body, legs: [], columns: { name: null }, active: false });
  queueEvent(work, { entity, id: into, operation: "Merge", other: from });
  return present(work, records.find(company.key, entity, into) ?? kept);
}

function renamedDimensions(dimensions: Leg["dimensions"], order: { entity: string; before: string; after: string }): Leg["dimensions"] {
  const dimension = order.entity.toLowerCase();
  return dimensions[dimension] === order.before ? { ...dimensions, [dimension]: order.after } : dimensions;
}

/** Live transactions that mention the row. The text search narrows; the rewriting decides. */
function naming({ storage, company }: Work, entity: string, id: string): Stored[] {
  const rows = storage.all(
    `SELECT * FROM qbo_records WHERE company = ? AND deleted = 0 AND date IS NOT NULL AND instr(body, ?) > 0 ORDER BY rowid`,
    ...[company.key, `"value":"${id}"`],
  );
  const member = memberPattern(entity);
  return rows
    .map(toStored)
    .filter(({ body, legs }) => mentions(body, { id, member }) || legs.some((leg) => leg.party?.type === entity && leg.party.id === id));
}

const members: Readonly<Record<string, RegExp>> = {
  Customer: /^(CustomerRef|EntityRef|Entity)$/,
  Vendor: /^(VendorRef|EntityRef|Entity)$/,
  Account: /AccountRef$/,
  Class: /^ClassRef$/,
  Department: /^DepartmentRef$/,
  Item: /^ItemRef$/,
};

function memberPattern(entity: string): RegExp {
  return members[entity] ?? /^$/;
}

function mentions(value: Json, { id, member }: { id: string; member: RegExp }): boolean {
  if (Array.isArray(value)) return listOf(value).some((entry) => mentions(entry, { id, member }));
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, inner]) => (member.test(name) && objectOf(inner)["value"] === id) || mentions(inner, { id, member }),
  );
}

function renamed(value: Json, order: { from: string; into: string; name: string; member: RegExp }): Json {
  if (Array.isArray(value)) return listOf(value).map((entry) => renamed(entry, order));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, Json] => {
      const isMeant = order.member.test(name) && objectOf(inner)["value"] === order.from;
      return [name, isMeant ? { ...objectOf(inner), value: order.into, name: order.name } : renamed(inner, order)];
    }),
  );
}
