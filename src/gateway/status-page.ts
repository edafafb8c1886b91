import { escapeHtml, htmlPage } from "./html.ts";
import { mayDo } from "./auth.ts";
import type { Role } from "../store/access.ts";

/** The shell of the status page; its script fills it and keeps it fresh. */
export function statusPage({ version, role }: { version: string; role: Role }): string {
  return htmlPage({
    title: "Ledgerlane",
    script: "status.js",
    style: "status.css",
    body: `<a class="skip" href="#main">Skip to content</a>
<header class="top">
<span class="brand">Ledgerlane</span><span class="quiet" id="organization"></span>
<span class="end"><span id="freshness" class="quiet" role="status" aria-live="polite">Loading…</span>
<a href="/docs">API</a>
<form method="post" action="/logout"><button class="link" type="submit">Sign out</button></form></span>
</header>
<main id="main" data-may-retry="${mayDo(role, "retry")}">
<noscript><p class="notice bad">This page needs JavaScript. The same figures are at <code>/v1/status</code>.</p></noscript>
<p id="trouble" class="notice bad" role="alert" hidden></p>
<div id="books"></div>
<section aria-labelledby="flow-title">
<h1 id="flow-title">Where every event stands</h1>
<div id="progress" class="progress" hidden><div class="bar" role="progressbar" aria-labelledby="progress-text" aria-valuemin="0"><span></span></div><p id="progress-text" class="quiet"></p></div>
<ul id="tiles" class="tiles" aria-busy="true"></ul>
<ul id="aside" class="tiles aside" aria-label="Settled without a posting, or waiting for a release"></ul>
<p id="proof" class="proof"></p>
</section>
<section aria-labelledby="review-title">
<h2 id="review-title">Needs you</h2>
<div id="review"></div>
</section>
<section aria-labelledby="newest-title">
<h2 id="newest-title">Latest in the books</h2>
<div id="newest"></div>
</section>
<section aria-labelledby="types-title">
<h2 id="types-title">By type of event</h2>
<div id="types"></div>
</section>
</main>
<div id="said" class="said" role="status" aria-live="polite"></div>
<footer class="quiet">Ledgerlane ${escapeHtml(version)} · debits equal credits, nothing is dropped, nothing is posted twice</footer>`,
  });
}
