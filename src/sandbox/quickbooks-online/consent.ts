import { escapeHtml, htmlAnswer, type Answer } from "../http.ts";
import type { Company } from "./company.ts";

const passedOn = ["client_id", "response_type", "scope", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

/** Asks which company may be connected. */
export function consentPage(asked: URLSearchParams, companies: readonly Company[]): string {
  const hidden = passedOn
    .flatMap((name) => {
      const value = asked.get(name);
      return value === null ? [] : [`<input type="hidden" name="${name}" value="${escapeHtml(value)}">`];
    })
    .join("\n");
  const options = companies.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`).join("");
  return page(
    "Connect a company",
    `<p>An application asks to read and write the books of one of your companies.</p>
<form method="post">
${hidden}
<p><label>Company <select name="realm">${options}</select></label></p>
<p><button name="decision" value="approve">Connect</button> <button name="decision" value="deny">No thanks</button></p>
</form>`,
  );
}

export function refusalPage(reason: string): Answer {
  return htmlAnswer(400, page("Sorry, but that did not connect", `<p>${escapeHtml(reason)}</p>`));
}

/** A plain page of the emulator. `content` is HTML already. */
export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2733}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #d5dbe1;padding:.35rem .6rem;text-align:left;vertical-align:top}
td.amount,th.amount{text-align:right;font-variant-numeric:tabular-nums}.note{color:#5a6773}</style></head>
<body><p class="note">Emulated QuickBooks Online: no real books</p><h1>${escapeHtml(title)}</h1>
${content}
</body></html>`;
}
