const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text, in HTML and in its attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1rem;color:#1b1b1f;background:#fff}
h1{font-size:1.3rem;margin:0 0 .2rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem;border-bottom:1px solid #ccc}
article{margin:.8rem 0}p{margin:.15rem 0}.dim{color:#666;font-size:.87rem}.ask{border-left:3px solid #b3541e;padding-left:.6rem}
ul{margin:.2rem 0;padding-left:1.2rem}a{color:#175cd3}
@media(prefers-color-scheme:dark){body{color:#e6e6ea;background:#16161a}.dim{color:#9a9aa2}h2{border-color:#444}a{color:#8ab4ff}}`;

/** A whole page with its own style and nothing remote. @param body - HTML that is safe already */
export function htmlPage(title: string, body: string): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head>`,
    `<body>${body}</body></html>`,
  ].join('\n');
}
