import { formatMinor } from "../../core/money.ts";
import { escapeHtml, htmlAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { objectOf } from "../json.ts";
import { accountBalances } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import { accountId, type Companies, type Company } from "./company.ts";
import type { Records } from "./records.ts";

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
  const named = routed.account ?? request.query.get("compid");
  const company = named === null ? (parts.companies.list()[0] ?? null) : parts.companies.find(accountId(named));
  if (company === null) return htmlAnswer(404, page("No such account", ""));
  if (routed.path === "/app/common/center.nl")
    return htmlAnswer(200, page(company.name, newest(parts, company) + balances(parts, company)));
  const space = routed.path.startsWith("/app/accounting/transactions/") ? "transaction" : "entity";
  const stored = parts.records.find(company.key, space, Number(request.query.get("id") ?? "NaN"));
  if (stored === null) return htmlAnswer(404, page("No such record", ""));
  const body = JSON.stringify(objectOf(stored.body), null, 2);
  return htmlAnswer(200, page(`${stored.type} ${stored.name}`, `<pre>${escapeHtml(body)}</pre>`));
}

function newest({ storage }: Parts, company: Company): string {
  const rows = storage.all(
    "SELECT id, type, tranid, trandate, minor, posting FROM ns_transactions WHERE company = ? ORDER BY id DESC LIMIT 100",
    company.key,
  );
  const cells = rows.map(({ id, type, tranid, trandate, minor, posting }) => {
    const href = `/netsuite/app/accounting/transactions/transaction.nl?id=${Number(id)}&compid=${encodeURIComponent(company.id)}`;
    const amount = formatMinor(BigInt(Math.abs(Number(minor))), "USD");
    const state = posting === 1 ? "" : "not in the ledger";
    return `<tr><td>${escapeHtml(String(type))}</td><td><a href="${escapeHtml(href)}">${escapeHtml(String(tranid ?? `#${Number(id)}`))}</a></td><td>${escapeHtml(String(trandate).slice(1, 11))}</td><td>${state}</td><td>${amount}</td></tr>`;
  });
  return `<h2>Newest transactions</h2><table><tr><th>Type</th><th>Number</th><th>Date</th><th></th><th>Amount</th></tr>${cells.join("\n")}</table>`;
}

function balances({ storage, records }: Parts, company: Company): string {
  const rows = accountBalances(storage, company.key).map(({ id, debit, credit }) => {
    const account = records.find(company.key, "account", Number(id));
    const name = `${account?.number ?? ""} ${account?.name ?? id}`.trim();
    return `<tr><td>${escapeHtml(name)}</td><td>${formatMinor(debit - credit, "USD")}</td></tr>`;
  });
  return `<h2>Balances</h2><table><tr><th>Account</th><th>Debit less credit</th></tr>${rows.join("\n")}</table>`;
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body><p>Emulated NetSuite: no real books</p><h1>${escapeHtml(title)}</h1>
${content}
</body></html>`;
}
