import type { Answer, SandboxRequest } from "../http.ts";
import type { JsonObject } from "../json.ts";
import { invalidRequest, methodNotAllowed, noSuchType } from "./errors.ts";
import type { Field, Shape } from "./fields.ts";
import { choicesOf } from "./enumerations.ts";
import { partListShapes } from "./shapes-lists.ts";
import { transactionLists } from "./shapes-transactions.ts";
import { transforms } from "./transform.ts";
import { allTypes, spaceOfTarget, typeOfPath, type RecordType } from "./types.ts";
import type { Work } from "./work.ts";

const openApi = "application/swagger+json";
const schema = "application/schema+json";

/** `/record/v1/metadata-catalog[/{type}]`: links, an OpenAPI document or a schema, as `Accept` says. It reflects the role. */
export function answerMetadata(work: Work, request: SandboxRequest, name: string | null): Answer {
  if (request.method !== "GET") throw methodNotAllowed(request.method);
  const select = name ?? request.query.get("select");
  if (name === null && select !== null && /\s/.test(select)) throw invalidRequest("The select parameter must not contain spaces.");
  const denied = work.company.preferences.deniedTypes;
  const visible = allTypes().filter(
    (type) => !denied.includes(type.name) && (work.company.preferences.oneWorld || type.name !== "subsidiary"),
  );
  const types = select === null ? visible : select.split(",").map((wanted) => requireVisible(work, visible, wanted));
  const accept = request.headers.accept ?? "application/json";
  if (accept.includes(openApi)) return answer(openApi, documentOf(work, types));
  if (accept.includes(schema)) {
    const [only] = types;
    if (types.length === 1 && only !== undefined) return answer(schema, schemaOf(work, only));
    return answer(schema, { items: types.map((type) => ({ name: type.name, ...schemaOf(work, type) })) });
  }
  const catalog = `${work.base}/record/v1/metadata-catalog`;
  if (name !== null && types[0] !== undefined) return answer("application/json", entryOf(catalog, types[0]));
  return answer("application/json", { items: types.map((type) => entryOf(catalog, type)), links: [{ rel: "self", href: catalog }] });
}

function requireVisible(work: Work, visible: readonly RecordType[], wanted: string): RecordType {
  const found = typeOfPath(wanted);
  if (found === null || !visible.includes(found)) throw noSuchType(wanted, `${work.base}/record/v1/metadata-catalog`);
  return found;
}

function answer(type: string, value: JsonObject): Answer {
  return { status: 200, headers: { "content-type": `${type}; charset=UTF-8` }, body: JSON.stringify(value) };
}

function entryOf(catalog: string, { name }: RecordType): JsonObject {
  const href = `${catalog}/${name.toLowerCase()}`;
  return {
    name,
    links: [
      { rel: "canonical", href, mediaType: "application/json" },
      { rel: "alternate", href, mediaType: openApi },
      { rel: "alternate", href, mediaType: schema },
    ],
  };
}

function schemaOf(work: Work, type: RecordType): JsonObject {
  const start = type.code === null ? `cust${type.space}_` : "custbody_";
  return {
    type: "object",
    $schema: "http://json-schema.org/draft-06/hyper-schema#",
    properties: propertiesOf(work, type.shape, [start, "cseg_"]),
  };
}

function propertiesOf(work: Work, shape: Shape, customStarts: readonly string[]): JsonObject {
  const own = [...shape.byName.values()].map((field) => [field.name, propertyOf(work, field)] as const);
  const custom = work.company.preferences.customFields.filter(({ id }) => customStarts.some((start) => id.startsWith(start)));
  const added = custom.map(({ id, label, kind, values }) => {
    const type = kind === "number" || kind === "boolean" ? kind : kind === "list" ? "object" : "string";
    const names = kind === "list" ? { "x-ns-values": values.map((value) => ({ ...value })) } : {};
    return [id, { type, title: label, nullable: true, "x-ns-filterable": true, "x-ns-custom-field": true, ...names }] as const;
  });
  return { id: { type: "string", title: "Internal ID" }, ...Object.fromEntries([...own, ...added]) };
}

const jsonTypes: Readonly<Record<Field["kind"], JsonObject>> = {
  text: { type: "string" },
  number: { type: "number", format: "double" },
  amount: { type: "number", format: "double" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date" },
  datetime: { type: "string", format: "date-time" },
  reference: { type: "object" },
  enumeration: { type: "object" },
  many: { type: "object" },
  sublist: { type: "object" },
  subrecord: { type: "object" },
};

function propertyOf(work: Work, field: Field): JsonObject {
  const { kind, target, isReadOnly, max } = field;
  const list = transactionLists[target] ?? partListShapes[target];
  const isPart = kind === "sublist" || kind === "subrecord";
  const choices = kind === "enumeration" ? choicesOf(target) : null;
  return {
    ...jsonTypes[kind],
    nullable: true,
    "x-ns-filterable": !isPart,
    "x-ns-custom-field": false,
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(max === null ? {} : { maxLength: max }),
    ...(kind === "reference" ? { "x-ns-target": spaceOfTarget(target) } : {}),
    ...(choices === null ? {} : { properties: { id: { type: "string", enum: Object.keys(choices) } } }),
    ...(kind === "sublist" && list !== undefined
      ? { properties: { items: { type: "array", items: { type: "object", properties: propertiesOf(work, list, ["custcol_", "cseg_"]) } } } }
      : {}),
    ...(kind === "subrecord" && list !== undefined ? { properties: propertiesOf(work, list, []) } : {}),
  };
}

function documentOf(work: Work, types: readonly RecordType[]): JsonObject {
  const paths = types.flatMap(({ name, isReadOnly }) => [
    [`/${name}`, isReadOnly ? { get: {} } : { get: {}, post: {} }],
    [`/${name}/{id}`, isReadOnly ? { get: {} } : { get: {}, patch: {}, put: {}, delete: {} }],
    ...(transforms[name] ?? []).map((target) => [`/${name}/{id}/!transform/${target}`, { post: {} }]),
  ]);
  return {
    openapi: "3.0.1",
    info: { title: "NetSuite REST Record API", version: "v1" },
    servers: [{ url: `${work.base}/record/v1` }],
    paths: Object.fromEntries(paths) as JsonObject,
    components: { schemas: Object.fromEntries(types.map((type) => [type.name, schemaOf(work, type)])) },
  };
}
