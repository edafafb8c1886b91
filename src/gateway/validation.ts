import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { didYouMean } from "../core/nearest.ts";
import { InvalidRequest, type ProblemPlace } from "./errors.ts";

/** Checks requests by their schema. Query and path are text, so numbers and booleans in them are read first. */
export const checkBySchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  const isText = httpPart !== "body";
  return (value) => {
    const read = isText ? Value.Convert(schema, value) : value;
    if (check.Check(read)) return { value: read };
    const part = httpPart === "querystring" ? "query" : httpPart === "params" ? "address" : (httpPart ?? "request");
    return { error: new InvalidRequest(part, placesOf(schema, check.Errors(read))) };
  };
};

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: unknown;
  readonly message: string;
}

/** One line a place: the parent's complaints about its parts are told by the parts. */
function placesOf(schema: TSchema, errors: readonly SchemaError[]): ProblemPlace[] {
  const places = new Map<string, string>();
  for (const { keyword, instancePath, params, message } of errors) {
    const facts = params as { requiredProperties?: string[]; additionalProperties?: string[] };
    if (keyword === "required") {
      for (const name of facts.requiredProperties ?? []) places.set(`${instancePath}/${name}`, "is missing");
    } else if (keyword === "additionalProperties") {
      const known = Object.keys((schema as { properties?: object }).properties ?? {});
      for (const name of facts.additionalProperties ?? []) {
        places.set(`${instancePath}/${name}`, `is not known here.${instancePath === "" ? didYouMean(name, known) : ""}`);
      }
    } else if (keyword !== "boolean" && keyword !== "const" && !places.has(instancePath)) {
      const { allowedValues } = params as { allowedValues?: unknown[] };
      places.set(instancePath, keyword === "enum" && allowedValues !== undefined ? `must be one of ${allowedValues.join(", ")}` : message);
    }
  }
  return [...places].map(([pointer, detail]) => ({ pointer, detail }));
}
