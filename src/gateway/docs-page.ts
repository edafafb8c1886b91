import { listProblems } from "./errors.ts";
import { escapeHtml, htmlPage } from "./html.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  readonly requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, { schema: Schema }> }>>;
}
interface Contract {
  readonly info: { title: string; version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The API as one plain page. */
export function docsPage(openApi: Record<string, unknown>): string {
  const contract = openApi as unknown as Contract;
  const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? "Other"))];
  const contents = tags.map((tag) => {
    const links = operations.filter(({ operation }) => (operation.tags?.[0] ?? "Other") === tag);
    return `<li>${escapeHtml(tag)}<ul>${links.map(({ operation }) => `<li><a href="#${operation.operationId}">${escapeHtml(operation.summary)}</a></li>`).join("")}</ul></li>`;
  });
  const sections = tags.map((tag) => {
    const of = operations.filter(({ operation }) => (operation.tags?.[0] ?? "Other") === tag);
    return `<section><h2>${escapeHtml(tag)}</h2>${of.map(showOperation).join("")}</section>`;
  });
  const shapes = Object.entries(contract.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return htmlPage({
    title: "API · Ledgerlane",
    bodyClass: "docs",
    style: "docs.css",
    body: `<header class="top"><a class="brand" href="/">Ledgerlane</a><span class="quiet">API ${escapeHtml(contract.info.version)}</span><a class="end" href="/openapi.json">openapi.json</a></header>
<main class="columns">
<nav aria-label="Contents"><ul>${contents.join("")}<li><a href="#shapes">Shapes</a></li><li><a href="#problems">Problems</a></li></ul></nav>
<div>
<h1>API</h1>
<p>Send <code>Authorization: Bearer &lt;API key&gt;</code>. Bodies and answers are JSON; money is a decimal string with its currency; dates are <code>2026-11-20</code>, times carry their offset.
Lists answer <code>{"items": […], "nextCursor": …}</code>. Every change but sending events and files, which carry their own keys, takes an <code>Idempotency-Key</code> header: the same request again gets the first answer again.</p>
${sections.join("")}
<section id="shapes"><h2>Shapes</h2>${shapes.map(([name, schema]) => `<article id="shape-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${fieldTable(schema)}</article>`).join("")}</section>
<section id="problems"><h2>Problems</h2>
<p>Every failure is <code>application/problem+json</code> with a stable <code>code</code>, what is wrong here in <code>detail</code>, and what to do next in <code>fix</code>.</p>
<div class="scroll"><table><thead><tr><th>Code</th><th>Status</th><th>What to do</th></tr></thead><tbody>
${listProblems()
  .map(
    ({ code, status, fix }) =>
      `<tr id="problem-${code}"><td><code>${code}</code></td><td class="number">${status}</td><td>${escapeHtml(fix)}</td></tr>`,
  )
  .join("\n")}
</tbody></table></div></section>
</div></main>`,
  });
}

function showOperation({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { summary, description, operationId, parameters = [], requestBody, responses, security } = operation;
  const rows = parameters.map(({ name, in: place, required, description: about, schema }) => [
    `<code>${escapeHtml(name)}</code>`,
    `${place}${required ? ", required" : ""}`,
    typeName(schema),
    escapeHtml(about ?? ""),
  ]);
  return `<article id="${operationId}">
<h3>${escapeHtml(summary)}</h3>
<p class="route"><b>${method}</b> <code>${escapeHtml(path)}</code>${security.length === 0 ? ' <span class="quiet">no key needed</span>' : ""}</p>
${description === undefined ? "" : `<p>${escapeHtml(description)}</p>`}
${rows.length === 0 ? "" : table(["Parameter", "Where", "Type", "Meaning"], rows)}
${requestBody === undefined ? "" : showBody(requestBody.content)}
<p>Answers: ${Object.entries(responses)
    .map(([status, response]) => `<b>${status}</b> ${answerName(response)}`)
    .join(" · ")}</p>
</article>`;
}

function showBody(content: Record<string, { schema: Schema; example?: unknown }>): string {
  const [first] = Object.values(content);
  const fields = first!.schema.properties === undefined ? "" : fieldTable(first!.schema);
  const shape = first!.schema.$ref === undefined ? "" : ` ${typeName(first!.schema)}`;
  const example = first!.example === undefined ? "" : `<pre><code>${escapeHtml(JSON.stringify(first!.example, null, 2))}</code></pre>`;
  return `<p>Body:${shape} ${Object.keys(content)
    .map((type) => `<code>${escapeHtml(type)}</code>`)
    .join(", ")}</p>${fields}${example}`;
}

function answerName({ description, content }: { description: string; content?: Record<string, { schema: Schema }> }): string {
  const [first] = Object.values(content ?? {});
  return first === undefined ? escapeHtml(description) : typeName(first.schema);
}

function fieldTable(schema: Schema): string {
  const { properties = {}, required = [], description } = schema;
  const rows = Object.entries(properties).map(([name, field]) => [
    `<code>${escapeHtml(name)}</code>${required.includes(name) ? "" : ' <span class="quiet">optional</span>'}`,
    typeName(field),
    escapeHtml(field.description ?? ""),
  ]);
  return `${description === undefined ? "" : `<p>${escapeHtml(description)}</p>`}${rows.length === 0 ? "" : table(["Field", "Type", "Meaning"], rows)}`;
}

/** Cells are HTML already. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A type in a few words, as HTML. */
function typeName(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1)!;
    return `<a href="#shape-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escapeHtml(String(schema.const))}</code>`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(" | ");
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {})}`;
  if (schema.properties !== undefined)
    return `{${Object.entries(schema.properties)
      .map(([name, field]) => `${escapeHtml(name)}: ${typeName(field)}`)
      .join(", ")}}`;
  return schema.type ?? "anything";
}
