const harmless = /^[\w.~:/?#@!&+,;=%-]+$/;
const others = /[^\w.~:/?#@!&+,;=%-]/g;

/**
 * An address of the web that every format can carry: signs that end a link somewhere are percent-encoded, an address
 * that has none stays as it is.
 *
 * @returns undefined for any other scheme, for credentials in the address and for what is no address
 */
export function safeHref(href: string): string | undefined {
  const url = URL.parse(href);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  if (harmless.test(href) && /^https?:\/\//i.test(href)) return href;
  return `${url.origin}${url.href.slice(url.origin.length).replace(others, percent)}`;
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
