import { formatMinor } from "../../core/money.ts";
import { escapeHtml, htmlAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import { accountBalances, type Leg } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import type { Companies, Company } from "./company.ts";
import { page } from "./consent.ts";
import { kindOfPath } from "./kinds.ts";
import { present } from "./present.ts";
import { toStored, type Records, type Stored } from "./records.ts";

interface Parts {
  readonly storage: Storage;
  readonly companies: Companies;
  readonly records: Records;
}

/** Pages for people: `/app` lists a company, `/app/{entity}?txnId=` shows one record. */
export function answerPage(parts: Parts, request: SandboxRequest, path: string): Answer {
  const realm = request.query.get("realm");
  const company = realm === null ? (parts.companies.list()[0] ?? null) : parts.companies.find(realm);
  if (company === null) return htmlAnswer(404, page("No such company", ""));
  const entity = path.replace(/^\/app\/?/, "");
  if (entity === "") return htmlAnswer(200, listPage(parts, company));
  const kind = kindOfPath(entity);
  const stored = kind === null ? null : parts.records.find(company.key, kind.name, request.query.get("txnId") ?? "");
  if (stored === null) return htmlAnswer(404, page("No such record", ""));
  return htmlAnswer(200, recordPage(parts, company, stored));
}

function link(company: Company, { entity, id }: { entity: string; id: string }, label: string): string {
  const href = `/quickbooks-online/app/${entity.toLowerCase()}?txnId=${encodeURIComponent(id)}&realm=${encodeURIComponent(company.id)}`;
  return `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`;
}

function listPage(parts: Parts, company: Company): string {
  const rows = parts.storage
    .all("SELECT * FROM qbo_records WHERE company = ? ORDER BY updated DESC, rowid DESC LIMIT 100", company.key)
    .map(toStored);
  const records = rows.map((stored) => {
    const { body } = stored;
    const name = String(body["DocNumber"] ?? body["DisplayName"] ?? body["Name"] ?? `#${stored.id}`);
    const party = nameOf(body["VendorRef"] ?? body["CustomerRef"] ?? body["EntityRef"]);
    const total = typeof body["TotalAmt"] === "number" ? body["TotalAmt"].toFixed(2) : debits(stored.legs);
    const cells = [stored.entity, link(company, stored, name), String(body["TxnDate"] ?? ""), party, stored.deleted ? "deleted" : ""];
    const [kind, anchor, ...rest] = cells;
    return `<tr><td>${escapeHtml(kind ?? "")}</td><td>${anchor}</td>${rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}<td class="amount">${total}</td></tr>`;
  });
  const balances = accountBalances(parts.storage, company.key).map(({ id, debit, credit }) => {
    const account = parts.records.referent(company.key, "Account", id);
    const name = `${account?.number ?? ""} ${account?.name ?? id}`.trim();
    return `<tr><td>${link(company, { entity: "Account", id }, name)}</td><td class="amount">${formatMinor(debit - credit, "USD")}</td></tr>`;
  });
  return page(
    company.name,
    `<h2>Newest records</h2><table><tr><th>Type</th><th>Number or name</th><th>Date</th><th>Party</th><th></th><th class="amount">Amount</th></tr>
${records.join("\n")}</table>
<h2>Balances</h2><table><tr><th>Account</th><th class="amount">Debit less credit</th></tr>
${balances.join("\n")}</table>`,
  );
}

function debits(legs: readonly Leg[]): string {
  if (legs.length === 0) return "";
  return formatMinor(
    legs.reduce((sum, { minor }) => (minor > 0n ? sum + minor : sum), 0n),
    "USD",
  );
}

function nameOf(value: Json | undefined): string {
  const { name, value: id } = objectOf(value);
  return String(name ?? id ?? "");
}

function recordPage(parts: Parts, company: Company, stored: Stored): string {
  const record = present({ company, storage: parts.storage }, stored);
  const { Line: lines, ...header } = record;
  const facts = Object.entries(header).flatMap(([name, value]) => {
    const shown = plain(value);
    return shown === "" ? [] : [`<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(shown)}</td></tr>`];
  });
  const title = `${stored.entity} ${String(record["DocNumber"] ?? record["DisplayName"] ?? record["Name"] ?? `#${stored.id}`)}`;
  const deleted = stored.deleted ? "<p><strong>This record was deleted.</strong></p>" : "";
  return page(
    title,
    `${deleted}<table>${facts.join("\n")}</table>${linesTable(listOf(lines))}${legsTable(company, stored.legs)}
<p><a href="/quickbooks-online/app?realm=${encodeURIComponent(company.id)}">All records of ${escapeHtml(company.name)}</a></p>`,
  );
}

/** A value in one line of text: references by name, lists by count. */
function plain(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? "" : value.map((entry: Json) => plain(entry)).join("; ");
  if (!isObject(value)) return String(value ?? "");
  if (value["name"] !== undefined || value["value"] !== undefined) return nameOf(value);
  return Object.entries(value)
    .map(([name, member]) => `${name} ${plain(member)}`)
    .join(", ");
}

function linesTable(lines: readonly Json[]): string {
  if (lines.length === 0) return "";
  const rows = lines.map(objectOf).map((line) => {
    const detail: JsonObject = objectOf(line[String(line["DetailType"])]);
    const amount = typeof line["Amount"] === "number" ? line["Amount"].toFixed(2) : "";
    const cells = [String(line["LineNum"] ?? line["Id"] ?? ""), String(line["Description"] ?? ""), plain(detail)];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}<td class="amount">${amount}</td></tr>`;
  });
  return `<h2>Lines</h2><table><tr><th>Line</th><th>Description</th><th>Detail</th><th class="amount">Amount</th></tr>${rows.join("\n")}</table>`;
}

function legsTable(company: Company, legs: readonly Leg[]): string {
  if (legs.length === 0) return "";
  const rows = legs.map(({ account, minor, party, dimensions }) => {
    const amounts = minor > 0n ? [formatMinor(minor, "USD"), ""] : ["", formatMinor(-minor, "USD")];
    const texts = [party?.name ?? "", Object.values(dimensions).join(", ")];
    const name = link(company, { entity: "Account", id: account.id }, `${account.number} ${account.name}`.trim());
    return `<tr><td>${name}</td>${texts.map((text) => `<td>${escapeHtml(text)}</td>`).join("")}${amounts.map((amount) => `<td class="amount">${amount}</td>`).join("")}</tr>`;
  });
  return `<h2>Ledger</h2><table><tr><th>Account</th><th>Party</th><th>Dimensions</th><th class="amount">Debit</th><th class="amount">Credit</th></tr>${rows.join("\n")}</table>`;
}
