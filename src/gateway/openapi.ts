import type { FastifySchema, RouteOptions } from "fastify";
import { Problem } from "./schemas.ts";

/** One route as the docs tell of it. */
export interface DocumentedRoute {
  readonly method: string;
  /** In Fastify's writing: `/v1/events/:type/:id`. */
  readonly path: string;
  readonly permission: string | null;
  readonly schema: FastifySchema;
}

/** Keeps what a route says about itself, for routes that have a summary. */
export function documentRoute(routes: DocumentedRoute[], route: RouteOptions): void {
  const { schema } = route;
  if (schema?.summary === undefined) return;
  for (const method of [route.method].flat()) {
    if (method !== "HEAD") routes.push({ method, path: route.url, permission: route.config?.permission ?? null, schema });
  }
}

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 page, made from the schemas that the requests are checked by. */
export function openApi(routes: readonly DocumentedRoute[], version: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
  }
  lift(Problem, components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Ledgerlane",
      version,
      description: "Financial events of a TMS in, correct accounting documents in the books out.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: components,
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key: `Authorization: Bearer ll_…`" } },
    },
  };
}

function operation({ method, path, permission, schema }: DocumentedRoute, components: Json): Json {
  const { summary, description, tags, body, params, querystring, response, consumes, example, headers } = schema;
  const parameters = [
    ...parametersOf(params, "path", components),
    ...parametersOf(querystring, "query", components),
    ...parametersOf(headers, "header", components),
  ];
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    operationId: operationId(method, path),
    security: permission === null ? [] : [{ key: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf({ body, consumes, example }, components),
    responses: {
      ...responsesOf(response, components),
      default: { description: "A problem", content: { "application/problem+json": { schema: lift(Problem, components) } } },
    },
  };
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "v1");
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function parametersOf(schema: unknown, place: "path" | "query" | "header", components: Json): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(property.description === undefined ? {} : { description: property.description }),
    schema: lift(property, components),
  }));
}

function bodyOf(
  { body, consumes, example }: { body: unknown; consumes: readonly string[] | undefined; example: string | undefined },
  components: Json,
): Json {
  if (body !== undefined) return { requestBody: { required: true, content: { "application/json": { schema: lift(body, components) } } } };
  if (consumes === undefined) return {};
  const content = Object.fromEntries(
    consumes.map((type) => [
      type,
      type.endsWith("json") && example !== undefined ? { schema: {}, example: JSON.parse(example) } : { schema: {} },
    ]),
  );
  return { requestBody: { required: true, content } };
}

function responsesOf(response: unknown, components: Json): Json {
  return Object.fromEntries(
    Object.entries((response ?? {}) as Record<string, Json>).map(([status, schema]) => [
      status,
      {
        description: String(schema.description ?? schema.title ?? "Done"),
        content: { "application/json": { schema: lift(schema, components) } },
      },
    ]),
  );
}

/** Puts every schema with a title under components and leaves a reference in its place. */
function lift(schema: unknown, components: Json): unknown {
  if (Array.isArray(schema)) return schema.map((part) => lift(part, components));
  if (typeof schema !== "object" || schema === null) return schema;
  const lifted = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, lift(part, components)]));
  const { title } = schema as { title?: unknown };
  if (typeof title !== "string") return lifted;
  components[title] = lifted;
  return { $ref: `#/components/schemas/${title}` };
}
