/** Text that may stand in HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** A whole page. `body` is HTML already; script and style, when there are any, are files of ours. */
export function htmlPage(page: { title: string; body: string; script?: string; style?: string; bodyClass?: string }): string {
  const script = page.script === undefined ? "" : `\n<script type="module" src="/assets/${page.script}"></script>`;
  const style = page.style === undefined ? "" : `\n<link rel="stylesheet" href="/assets/${page.style}">`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/ledgerlane.css">${style}${script}
</head>
<body${page.bodyClass === undefined ? "" : ` class="${page.bodyClass}"`}>
${page.body}
</body>
</html>
`;
}
