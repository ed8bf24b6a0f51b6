const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text from anywhere as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');
}

/**
 * A whole page around a body that is HTML already. Nothing remote, no script; readable in a dark mail program too.
 *
 * @param body - HTML in which every text from outside was escaped
 */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title><style>
:root{color-scheme:light dark}
body{margin:0;padding:24px 16px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1d2125;background:#fff}
main{max-width:640px;margin:0 auto}
h1{font-size:22px;line-height:1.25;margin:0 0 4px}
h2{font-size:12px;letter-spacing:.08em;text-transform:uppercase;color:#5b6670;border-bottom:1px solid #d9dee3;margin:32px 0 12px;padding-bottom:4px}
h3{font-size:15px;margin:18px 0 2px}h4{font-size:15px;font-weight:600;margin:10px 0 0}
p,ul,dl{margin:2px 0}ul{padding-left:18px}
.mail{border-left:3px solid #d9dee3;padding-left:12px;margin:8px 0 14px}
.asked{border-left-color:#b45309}.quiet{color:#5b6670;font-size:13px}
b.ask{color:#b45309}.bad{color:#b42318;font-weight:600}a{color:#1f5fbf}
@media(prefers-color-scheme:dark){body{color:#e4e7ea;background:#16191c}h2,.quiet{color:#9aa5af}h2{border-color:#343b41}
.mail{border-color:#343b41}.asked{border-left-color:#f5a524}b.ask{color:#f5a524}.bad{color:#ff7a6b}a{color:#82b1ff}}
</style></head><body><main>
${body}
</main></body></html>
`;
}
