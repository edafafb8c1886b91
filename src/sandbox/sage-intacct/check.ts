import type { Company } from "./company.ts";
import { dimensionsOf, fieldOf } from "./dimensions.ts";
import type { Draft, Field, Fields, Input, Kind, Values } from "./kind.ts";
import { refuse, refuseRule } from "./refusal.ts";
import { readAmount, readAnyDate, showAmount } from "./values.ts";

/** The fields of an object in a company: with dimensions on lines, and custom fields. */
export function fieldsIn(company: Company, kind: Kind): Fields {
  const customs = company.rules.customFields[kind.object] ?? [];
  const dimensions = kind.type === "line" ? dimensionsOf(company).map((dimension) => fieldOf(dimension, kind.object)) : [];
  if (customs.length === 0 && dimensions.length === 0) return kind.fields;
  return {
    ...kind.fields,
    ...Object.fromEntries([...dimensions, ...customs].map((name) => [name, plainField(name, customs.includes(name))])),
  };
}

function plainField(name: string, isCustom: boolean): Field {
  return { name, type: "text", isRequired: false, isReadOnly: false, isCustom, max: 255, choices: [] };
}

/** Checks names and spellings of everything sent; lines by their own object. */
export function checkInput(company: Company, kind: Kind, input: Input, kindOf: (object: string) => Kind): Draft {
  const fields = fieldsIn(company, kind);
  const values: Values = {};
  for (const [name, value] of Object.entries(input.values)) {
    const field = fields[name];
    if (field === undefined) {
      if (company.switches.unknownField === "refuse" && name !== "RECORD_URL") refuseField(kind, name);
    } else if (!field.isReadOnly) values[name] = value === null ? null : checkValue(field, value.trim());
  }
  const lists: Record<string, readonly Draft[]> = {};
  for (const [name, lines] of Object.entries(input.lists)) {
    const shape = kind.lists.find(({ list }) => list === name);
    if (shape === undefined) refuseField(kind, name);
    else lists[name] = lines.map((line) => checkInput(company, kindOf(shape.object), line, kindOf));
  }
  return { values, lists };
}

function refuseField(kind: Kind, name: string): never {
  return refuse("BL03000018", `${name} is not a valid field of ${kind.object}`, {
    errorId: "REST-1043",
    category: "invalidRequest",
    status: 400,
    target: name,
  });
}

const illegal = (field: Field, value: string, what: string): never =>
  refuse("BL03000018", `Illegal format for ${field.name}: '${value}' is not ${what}`, { category: "invalidFormat", target: field.name });

/** A value our way; an empty one is none. */
function checkValue(field: Field, value: string): string | null {
  if (value === "") return null;
  if (field.max !== null && value.length > field.max)
    return refuse("BL03000018", `Illegal format for ${field.name}: at most ${field.max} characters`, {
      target: field.name,
      category: "invalidFormat",
    });
  switch (field.type) {
    case "date":
      return (
        readAnyDate(value) ??
        refuse("PL03000006", `Invalid date '${value}' for ${field.name}`, { target: field.name, category: "invalidFormat" })
      );
    case "amount": {
      const minor = readAmount(value);
      return minor === null ? illegal(field, value, "an amount") : showAmount(minor);
    }
    case "number":
      return /^-?\d{1,15}(\.\d{1,12})?$/.test(value) ? value : illegal(field, value, "a number");
    case "integer":
      return /^-?\d{1,15}$/.test(value) ? value : illegal(field, value, "a whole number");
    case "boolean":
      return checkBoolean(field, value);
    case "text":
    case "created":
    case "modified":
      return checkChoice(field, value);
  }
}

function checkBoolean(field: Field, value: string): string {
  const word = value.toLowerCase();
  if (word === "true" || word === "t") return "true";
  return word === "false" || word === "f" ? "false" : illegal(field, value, "true or false");
}

function checkChoice(field: Field, value: string): string {
  if (field.choices.length === 0) return value;
  const found = field.choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  return found ?? illegal(field, value, `one of ${field.choices.join(", ")}`);
}

/** Refuses a new record that lacks what it must have. */
export function checkComplete(kind: Kind, draft: Draft): void {
  const missing = Object.values(kind.fields).find(({ name, isRequired }) => isRequired && (draft.values[name] ?? null) === null);
  if (missing === undefined) return;
  const { name } = missing;
  if (kind.object === "APBILL" && name === "RECORDID") refuse("BL03002128", "Enter a Bill number", { target: name });
  refuseRule(`Required field ${name} is missing`, {
    target: name,
    category: "missingRequiredField",
    correction: `Enter a value for ${name}.`,
  });
}
