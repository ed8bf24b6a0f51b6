import { Marked, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Block, ChatDocument, Inline } from '../schemas/chat-document.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { safeHref } from './safe-href.ts';

const reader = new Marked({ gfm: true });

/**
 * What a model wrote, as a document. It is text from outside: HTML stays text, an image is its words, and a link shows
 * its whole address, so that no word hides where it leads. Never throws; what cannot be read is one paragraph.
 *
 * @param links - false: an address is only shown, since a channel that fetches a preview would tell it to its host

 * @source CommonMark 0.31; GitHub Flavored Markdown for tables
 */
export function readMarkdown(text: string, { links = true } = {}): ChatDocument {
  const shown = visibleText(text).trim();
  if (shown === '') return [];
  try {
    const document = reader.lexer(shown).flatMap((token) => blocksOf(token as MarkedToken));
    return links ? document : document.map(withoutLinks);
  } catch {
    return [{ kind: 'paragraph', inlines: [shown] }];
  }
}

function withoutLinks(block: Block): Block {
  const shown = (inline: Inline): Inline =>
    typeof inline !== 'string' && 'href' in inline ? { code: inline.href } : inline;
  if (block.kind === 'paragraph') return { ...block, inlines: block.inlines.map(shown) };
  return block.kind === 'list' ? { ...block, items: block.items.map((item) => item.map(shown)) } : block;
}

function blocksOf(token: MarkedToken): Block[] {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'def':
      return [];
    case 'heading':
      return [{ kind: 'heading', text: plainOf(token.tokens) }];
    case 'code':
      return [{ kind: 'code', text: token.text, ...languageOf(token.lang) }];
    case 'list':
      return listsOf(token);
    case 'table':
      return [
        {
          kind: 'table',
          head: token.header.map(({ tokens }) => plainOf(tokens)),
          rows: token.rows.map((row) => row.map(({ tokens }) => plainOf(tokens))),
        },
      ];
    case 'blockquote':
      return token.tokens.flatMap((inner) => blocksOf(inner as MarkedToken));
    default: {
      const inlines = inlinesOf('tokens' in token && token.tokens !== undefined ? token.tokens : [token]);
      return inlines.length === 0 ? [] : [{ kind: 'paragraph', inlines }];
    }
  }
}

const languageOf = (lang: string | undefined) => (/^\w{1,20}$/.test(lang ?? '') ? { language: lang! } : {});

/** A document has no lists in lists: the inner one follows the item that holds it. */
function listsOf({ ordered, start, items }: Tokens.List): Block[] {
  const blocks: Block[] = [];
  let at = typeof start === 'number' ? start : 1;
  let open: Inline[][] = [];
  const close = () => {
    if (open.length === 0) return;
    const number = ordered ? { ordered: true as const, ...(at === 1 ? {} : { start: at }) } : {};
    blocks.push({ kind: 'list', ...number, items: open });
    at += open.length;
    open = [];
  };
  for (const item of items) {
    const inner = item.tokens.filter(({ type }) => type !== 'checkbox');
    const words = inner.filter(({ type }) => type === 'text' || type === 'paragraph');
    const box = item.task ? [item.checked ? '[x] ' : '[ ] '] : [];
    open.push(joined([...box, ...words.flatMap((one, nth) => [...(nth > 0 ? [' '] : []), ...inlinesOf([one])])]));
    const others = inner.filter((one) => !words.includes(one)).flatMap((one) => blocksOf(one as MarkedToken));
    if (others.length === 0) continue;
    close();
    blocks.push(...others);
  }
  close();
  return blocks;
}

function inlinesOf(tokens: readonly Token[]): Inline[] {
  return joined(tokens.flatMap((token) => inlineOf(token as MarkedToken)));
}

function inlineOf(token: MarkedToken): Inline[] {
  switch (token.type) {
    case 'strong':
      return [{ strong: plainOf(token.tokens) }];
    case 'codespan':
      return [{ code: token.text }];
    case 'link': {
      const href = safeHref(token.href);
      const text = plainOf(token.tokens);
      if (href === undefined) return [text];
      return text === token.href || text === href ? [{ text: href, href }] : [`${text} (`, { text: href, href }, ')'];
    }
    case 'image':
      return [token.text];
    case 'br':
      return ['\n'];
    case 'escape':
      return [token.text];
    case 'html':
      return [token.raw];
    default:
      return 'tokens' in token && token.tokens !== undefined
        ? token.tokens.flatMap((inner) => inlineOf(inner as MarkedToken))
        : [unescaped('text' in token ? token.text : token.raw)];
  }
}

const plainOf = (tokens: readonly Token[] | undefined): string =>
  inlinesOf(tokens ?? [])
    .map((inline) =>
      typeof inline === 'string'
        ? inline
        : 'strong' in inline
          ? inline.strong
          : 'code' in inline
            ? inline.code
            : inline.text,
    )
    .join('');

/** Text beside text is one piece. */
function joined(inlines: readonly Inline[]): Inline[] {
  const out: Inline[] = [];
  for (const inline of inlines) {
    const before = out.at(-1);
    if (typeof inline === 'string' && typeof before === 'string') out[out.length - 1] = before + inline;
    else if (inline !== '') out.push(inline);
  }
  return out;
}

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => signs[name]!);
