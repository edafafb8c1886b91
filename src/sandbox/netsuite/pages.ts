import { formatMinor } from "../../core/money.ts";
import { escapeHtml, htmlAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { accountBalances } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import { accountId, type Companies, type Company } from "./company.ts";
import { page } from "./consent.ts";
import { displayOf } from "./display.ts";
import { legsOf } from "./commit.ts";
import type { Records, Stored } from "./records.ts";
import { dateMark } from "./sql-dates.ts";

interface Parts {
  readonly storage: Storage;
  readonly companies: Companies;
  readonly records: Records;
}

/**
 * Pages for people. `/app/common/center.nl` lists an account; `/app/accounting/transactions/transaction.nl?id=` and
 * `/app/common/entity/…?id=` show one record. The account stands in the path, or as `compid` behind it.
 */
export function answerPage(
  parts: Parts,
  request: SandboxRequest,
  routed: { readonly account: string | null; readonly path: string },
): Answer {
  const { companies, records } = parts;
  const named = routed.account ?? request.query.get("compid");
  const company = named === null ? (companies.list()[0] ?? null) : companies.find(accountId(named));
  if (company === null) return htmlAnswer(404, page("No such account", ""));
  if (routed.path === "/app/common/center.nl") return htmlAnswer(200, listPage(parts, company));
  const space = routed.path.startsWith("/app/accounting/transactions/") ? "transaction" : "entity";
  const stored = records.find(company.key, space, Number(request.query.get("id") ?? "NaN"));
  return stored === null ? htmlAnswer(404, page("No such record", "")) : htmlAnswer(200, recordPage(parts, company, stored));
}

const cells = (...texts: readonly string[]) => texts.map((text) => `<td>${escapeHtml(text)}</td>`).join("");
const table = (titles: readonly string[], rows: readonly string[]) =>
  `<table><tr>${titles.map((title) => `<th>${title}</th>`).join("")}</tr>\n${rows.map((row) => `<tr>${row}</tr>`).join("\n")}</table>`;

function link(company: Company, stored: Stored): string {
  const folder =
    stored.space === "entity"
      ? `common/entity/${stored.type === "customer" ? "custjob" : stored.type}`
      : "accounting/transactions/transaction";
  const href = `/netsuite/app/${folder}.nl?id=${stored.id}&compid=${encodeURIComponent(company.id)}`;
  return `<td><a href="${escapeHtml(href)}">${escapeHtml(displayOf(stored))}</a></td>`;
}

function listPage({ storage, records }: Parts, company: Company): string {
  const newest = storage.all(
    "SELECT id, trandate, base_minor, posting FROM ns_transactions WHERE company = ? ORDER BY updated DESC, id DESC LIMIT 100",
    company.key,
  );
  const rows = newest.flatMap((row) => {
    const stored = records.find(company.key, "transaction", Number(row["id"]));
    if (stored === null) return [];
    const amount = formatMinor(BigInt(Number(row["base_minor"])), "USD");
    const day = String(row["trandate"]).slice(dateMark.length, 11);
    return [link(company, stored) + cells(day, amount, row["posting"] === 1 ? "" : "not posted")];
  });
  const balances = accountBalances(storage, company.key).map(({ id, debit, credit }) => {
    const account = records.find(company.key, "account", Number(id));
    return cells(account === null ? id : displayOf(account), formatMinor(debit - credit, "USD"));
  });
  return page(
    company.name,
    `<h2>Newest transactions</h2>${table(["Transaction", "Date", "Amount", ""], rows)}
<h2>Balances</h2>${table(["Account", "Debit less credit"], balances)}`,
  );
}

function recordPage({ storage, records }: Parts, company: Company, stored: Stored): string {
  const legs = stored.space === "transaction" ? legsOf({ storage, records, company }, stored.id) : [];
  const lines = legs.map(({ account, minor, party, dimensions }) => {
    const [debit, credit] = minor > 0n ? [formatMinor(minor, "USD"), ""] : ["", formatMinor(-minor, "USD")];
    return cells(`${account.number} ${account.name}`.trim(), debit, credit, party?.name ?? "", Object.values(dimensions).join(", "));
  });
  const members = Object.entries(stored.body).flatMap(([name, value]) => (typeof value === "object" ? [] : [cells(name, String(value))]));
  const external = stored.external === null ? [] : [cells("externalId", stored.external)];
  return page(
    displayOf(stored),
    `<p><a href="/netsuite/app/common/center.nl?compid=${encodeURIComponent(company.id)}">${escapeHtml(company.name)}</a></p>
${lines.length === 0 ? "" : table(["Account", "Debit", "Credit", "Name", "Subsidiary and classification"], lines)}
${table(["Field", "Value"], [...external, ...members])}`,
  );
}
