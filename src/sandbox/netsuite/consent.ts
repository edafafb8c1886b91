import { escapeHtml, htmlAnswer, type Answer } from "../http.ts";
import type { Company } from "./company.ts";

const passedOn = ["client_id", "response_type", "scope", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

/** Asks whether the integration may act for this account. */
export function consentPage(asked: URLSearchParams, company: Company): string {
  const hidden = passedOn
    .flatMap((name) => {
      const value = asked.get(name);
      return value === null ? [] : [`<input type="hidden" name="${name}" value="${escapeHtml(value)}">`];
    })
    .join("\n");
  return page(
    "Allow access",
    `<p>An application asks to act in the account ${escapeHtml(company.id)}, ${escapeHtml(company.name)}, with the role Accountant.</p>
<form method="post">
${hidden}
<p><button name="decision" value="approve">Continue</button> <button name="decision" value="deny">Cancel</button></p>
</form>`,
  );
}

export function refusalPage(reason: string): Answer {
  return htmlAnswer(400, page("The login attempt failed", `<p>${escapeHtml(reason)}</p>`));
}

/** A plain page of the emulator. `content` is HTML already. */
export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}th,td{border-bottom:1px solid #d5dbe1;padding:.35rem .6rem;text-align:left}</style></head>
<body><p>Emulated NetSuite: no real books</p><h1>${escapeHtml(title)}</h1>
${content}
</body></html>`;
}
