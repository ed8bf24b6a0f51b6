const images = /!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)/g;
const links = /\[([^\]\n]{0,200})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])/g;
const urls =
  /\b(?:[a-z][a-z0-9+.-]{1,15}:\/\/|www\.)[^\s<>"'）」]+|<(?:https?|mailto):[^>\n]{0,2000}>|\b(?:javascript|data|mailto):[^\s]+|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\/[^\s<>"')]+/gi;
const tags = /<\/?[a-z!][^>\n]{0,500}>/gi;

/**
 * Text without anything that a mail program or a browser would follow or fetch: Markdown images are gone, Markdown links
 * become their words, addresses of the web become `[link]`, tags are gone. For what a summary says, never for links of
 * our own.
 */
export function withoutLinks(text: string): string {
  return text.replace(images, '$1').replace(links, '$1').replace(urls, '[link]').replace(tags, '');
}
