import type { Company } from "./company.ts";
import { dimensionsOf, fieldOf } from "./dimensions.ts";
import { companyObjects } from "./rest-company-objects.ts";
import { ledgerObjects } from "./rest-ledger-objects.ts";
import { rest, type Member, type RestObject } from "./rest-shape.ts";

export const restObjects: readonly RestObject[] = [...ledgerObjects, ...companyObjects];

const byAddress = new Map(restObjects.map((object) => [object.address, object]));

/** An object of a company by its address; those of its own dimensions stand under `platform-apps`. */
export function findRest(company: Company, address: string): RestObject | null {
  const own = /^platform-apps\/nsp::(\w+)$/.exec(address)?.[1]?.toUpperCase();
  if (own === undefined) return byAddress.get(address) ?? null;
  if (!company.rules.ownDimensions.includes(own)) return null;
  return rest(address, own, "id ID\nname NAME\ndescription DESCRIPTION\nstatus STATUS");
}

/** Where records of an object are found; null for those without an address. */
export function addressOf(company: Company, object: string): string | null {
  if (company.rules.ownDimensions.includes(object)) return `platform-apps/nsp::${object.toLowerCase()}`;
  return restObjects.find((candidate) => candidate.object === object)?.address ?? null;
}

/** The members of a REST object in a company: with dimensions on lines, and custom fields. */
export function membersIn(company: Company, { object, members }: RestObject, isLine: boolean): Member[] {
  const plain = { words: {}, target: null };
  const customs = (company.rules.customFields[object] ?? []).map((field) => ({ ...plain, path: `nsp::${field}`, field }));
  const dimensions = !isLine
    ? []
    : dimensionsOf(company).map((dimension): Member => {
        const path = `dimensions.${dimension.isOwn ? `nsp::${dimension.name}` : dimension.name}`;
        return { ...plain, path, field: fieldOf(dimension, object), target: { object: dimension.object, byNumber: dimension.isOwn } };
      });
  const known = new Set(members.map(({ path }) => path));
  return [...members, ...dimensions.filter(({ path }) => !known.has(path)), ...customs];
}
