import { fieldPath, type FieldPath } from "./conditions.ts";
import { fieldsIn } from "./check.ts";
import { isObject, listOf, type Json, type JsonObject } from "../json.ts";
import type { Field, Input, Kind, Values, Work } from "./kind.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { addressOf, findRest, membersIn } from "./rest-objects.ts";
import type { Member, RestObject } from "./rest-shape.ts";
import { rawValue } from "./show.ts";
import { isoTime } from "./values.ts";

/** `Partially Paid` as `partiallyPaid`; codes in capitals keep their spelling. */
function camel(text: string): string {
  const words = text.split(/[\s-]+/);
  return words
    .map((word, index) => (index === 0 ? (word[0] ?? "").toLowerCase() + word.slice(1) : (word[0] ?? "").toUpperCase() + word.slice(1)))
    .join("");
}

/** A choice in REST's words. */
function choiceOut(member: Member, value: string): string {
  const named = member.words[value];
  if (named !== undefined) return named;
  return member.words["raw"] === undefined ? camel(value) : value;
}

/** A choice in our words; what is none of them goes on to be refused where it is checked. */
export function choiceIn(member: Member, field: Field, value: string): string {
  const [named] = Object.entries(member.words).find(([, theirs]) => theirs === value) ?? [];
  if (named !== undefined) return named;
  return field.choices.find((choice) => camel(choice) === value || choice === value) ?? value;
}

const isChoice = (member: Member, field: Field) =>
  field.choices.length > 0 || Object.keys(member.words).length > 0 || field.name === "STATE";

/** A value as REST shows it: texts, but booleans are booleans. */
export function restValue(member: Member, field: Field, raw: string | null): Json {
  if (raw === null) return null;
  if (field.type === "boolean") return raw === "true";
  if (field.type === "created" || field.type === "modified") return isoTime(Number(raw));
  return isChoice(member, field) ? choiceOut(member, raw) : raw;
}

const invalidField = (path: string): never =>
  refuse("REST-1043", `/${path.replaceAll(".", "/")} is not a valid field`, {
    errorId: "REST-1043",
    category: "invalidRequest",
    status: 400,
    target: path,
  });

interface Reading {
  readonly work: Work;
  readonly rest: RestObject;
  readonly kind: Kind;
  readonly members: readonly Member[];
  readonly values: Values;
  readonly lists: Record<string, Input[]>;
}

/** A JSON body as the generic input of its object. */
export function inputFrom(work: Work, rest: RestObject, body: JsonObject): Input {
  const kind = kindFor(work, rest);
  const reading: Reading = { work, rest, kind, members: membersIn(work.company, rest, kind.type === "line"), values: {}, lists: {} };
  readObject(reading, body, "");
  return { values: reading.values, lists: reading.lists };
}

export function kindFor(work: Work, { object }: RestObject): Kind {
  const kind = work.kindOf(object);
  if (kind === null) throw new Error(`No kind ${object}`);
  return kind;
}

const silent = new Set(["key", "href", "webURL", "audit", "entity", "ia::result", "ia::status", "files"]);

function readObject(reading: Reading, body: JsonObject, prefix: string): void {
  const { rest, work } = reading;
  for (const [name, value] of Object.entries(body)) {
    const path = `${prefix}${name}`;
    if (prefix === "" && silent.has(name)) continue;
    if (prefix === "" && name === rest.lines?.path) {
      const lineRest = findRest(work.company, rest.lines.address);
      if (lineRest !== null)
        reading.lists[rest.lines.list] = listOf(value).map((line) => inputFrom(work, lineRest, isObject(line) ? line : {}));
      continue;
    }
    readMember(reading, path, value);
  }
}

function readMember(reading: Reading, path: string, value: Json): void {
  // A dimension of the customer's own may also stand beside the others.
  const member =
    reading.members.find((one) => one.path === path) ??
    reading.members.find((one) => path.startsWith("nsp::") && one.path === `dimensions.${path}`);
  if (member !== undefined) {
    const { target, field: name } = member;
    if (target !== null && (isObject(value) || value === null)) {
      const read = value === null ? null : referenceIn(reading, member, value);
      if (read !== undefined) reading.values[name] = read;
      return;
    }
    const field = fieldsIn(reading.work.company, reading.kind)[name];
    if (field === undefined || isObject(value)) return invalidField(path);
    reading.values[name] = textFrom(member, field, value);
    return;
  }
  const isGroup = reading.members.some((one) => one.path.startsWith(`${path}.`));
  if (!isGroup) return invalidField(path);
  if (isObject(value)) readObject(reading, value, `${path}.`);
}

function textFrom(member: Member, field: Field, value: Json): string | null {
  if (value === null) return null;
  const text = typeof value === "string" ? value : typeof value === "object" ? "" : String(value);
  return isChoice(member, field) ? choiceIn(member, field, text) : text;
}

/** `{id}` or `{key}`; undefined where neither was sent. */
function referenceIn({ work }: Reading, { target, path }: Member, value: JsonObject): string | null | undefined {
  if (target === null) return null;
  const { id, key } = value;
  const text = (one: Json | undefined) => (one === undefined || one === null || typeof one === "object" ? null : String(one));
  if (target.byNumber) return text(key) ?? text(id) ?? undefined;
  if (text(id) !== null) return text(id);
  if (text(key) === null) return undefined;
  const object = target.object === "LOCATIONENTITY" ? "LOCATION" : target.object;
  const number = text(key) ?? "";
  const others = object === "GLJOURNAL" ? [object, "STATJOURNAL"] : [object];
  const found = /^\d{1,15}$/.test(number)
    ? others.map((one) => work.records.find(work.company.key, one, Number(number))).find((one) => one !== null)
    : undefined;
  return found?.id ?? refuseRule(`${path} '${number}' is not valid`, { target: path, category: "invalidReference" });
}

function put(into: JsonObject, path: string, value: Json): void {
  const steps = path.split(".");
  const leaf = steps.pop() ?? "";
  let at = into;
  for (const step of steps) {
    const next = at[step];
    if (isObject(next)) at = next;
    else at = at[step] = {};
  }
  at[leaf] = value;
}

/** What a reference shows: key, id, name and address of what it names. */
function referenceOut(work: Work, member: Member, raw: string | null): JsonObject {
  const { target } = member;
  if (target === null) return {};
  if (raw === null) return { key: null, id: null };
  const found = target.byNumber
    ? work.records.find(work.company.key, target.object, Number(raw))
    : work.records.withId(work.company.key, target.object, raw)[0];
  const address = addressOf(work.company, target.object);
  if (found === null || found === undefined) return { key: null, id: raw };
  const kind = work.kindOf(target.object);
  const isDocument = kind?.type === "document" || kind?.fields["ID"] !== undefined;
  const name = found.values["NAME"] ?? found.values["TITLE"] ?? null;
  return {
    key: String(found.recordno),
    id: isDocument ? String(found.recordno) : (found.id ?? String(found.recordno)),
    ...(name === null || isDocument ? {} : { name }),
    ...(address === null ? {} : { href: `/objects/${address}/${found.recordno}` }),
  };
}

/** Identity of a record: documents have no id but their key. */
export function identityOf(kind: Kind, record: Stored): { key: string; id: string } {
  const key = String(record.recordno);
  return {
    key,
    id: kind.type === "list" && kind.fields["ID"] === undefined && record.id !== null && kind.id !== "RECORDNO" ? record.id : key,
  };
}

/** A whole record with its lines. */
export function restRecord(work: Work, rest: RestObject, record: Stored): JsonObject {
  const kind = kindFor(work, rest);
  const fields = fieldsIn(work.company, kind);
  const shown: JsonObject = { ...identityOf(kind, record), href: `/objects/${rest.address}/${record.recordno}` };
  for (const member of membersIn(work.company, rest, kind.type === "line")) {
    const field = fields[member.field];
    if (field === undefined || member.path === "id") continue;
    const raw = rawValue(record, field);
    put(shown, member.path, member.target === null ? restValue(member, field, raw) : referenceOut(work, member, raw));
  }
  const { lines } = rest;
  const lineRest = lines === null ? null : findRest(work.company, lines.address);
  if (lines !== null && lineRest !== null) {
    const children = work.records.children(work.company.key, lineRest.object, String(record.recordno));
    shown[lines.path] = children.map((child) => restRecord(work, lineRest, child));
  }
  shown["webURL"] = `${work.origin}/sage-intacct/app/${kind.object.toLowerCase()}/${record.recordno}`;
  return shown;
}

/** A field of a query by its dotted name: with what it takes to filter by it and to show it. */
export interface QueryField {
  readonly name: string;
  readonly path: FieldPath;
  readonly member: Member;
}

const noWords = { words: {}, target: null };

export function queryFieldOf(work: Work, rest: RestObject, name: string): QueryField {
  const kind = kindFor(work, rest);
  const members = membersIn(work.company, rest, kind.type === "line");
  const found = (field: string, member: Member): QueryField => {
    const path = fieldPath(work, kind, field);
    return path === null ? invalidField(name) : { name, path, member };
  };
  if (name === "key" || (name === "id" && !members.some(({ path }) => path === "id")))
    return found("RECORDNO", { ...noWords, path: name, field: "RECORDNO" });
  const member = members.find(({ path }) => path === name);
  if (member !== undefined && member.target === null) return found(member.field, member);
  const reference = members.find(
    ({ path, target }) => target !== null && name.startsWith(`${path}.`) && !name.slice(path.length + 1).includes("."),
  );
  if (reference === undefined || reference.target === null) return invalidField(name);
  return referenceField(work, kind, { name, reference });
}

function referenceField(work: Work, kind: Kind, { name, reference }: { name: string; reference: Member }): QueryField {
  const { target } = reference;
  const last = name.slice(reference.path.length + 1);
  const plain: Member = { ...noWords, path: name, field: reference.field };
  const own = fieldPath(work, kind, reference.field);
  if (target === null || own === null) return invalidField(name);
  if ((last === "key" && target.byNumber) || (last === "id" && !target.byNumber)) return { name, path: own, member: plain };
  const other = work.kindOf(target.object);
  const field =
    other === null
      ? undefined
      : last === "key" || last === "id"
        ? other.fields["RECORDNO"]
        : (other.fields["NAME"] ?? other.fields["TITLE"]);
  if (field === undefined) return invalidField(name);
  return {
    name,
    path: { text: name, field, relation: { object: target.object, by: reference.field, isByNumber: target.byNumber } },
    member: plain,
  };
}
