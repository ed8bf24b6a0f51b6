import { compile, type Formatter } from 'html-to-text';

/** Characters of HTML that are looked at; newsletters of 250 kB say what they say in the first half. */
const maxHtmlChars = 262_144;
/** Tags that are looked at: the parser's time grows with the square of those left open. */
const maxTags = 12_000;
/** Longer than any style a person's program writes; such an element is left out as hidden. */
const maxStyleChars = 20_000;

const hiding =
  /display:none|visibility:hidden|mso-hide:all|opacity:0(?:\.0+)?(?:;|!|$)|font-size:0(?:\D|$)|color:transparent|(?:max-height|max-width|height|width|line-height):0(?:px)?(?:;|!|$)|(?:text-indent|left|top):-\d{3}/;
const whiteText = /(?:^|;)color:(?:#fff|#ffffff|white)(?:;|!|$)/;
const whiteGround = /background(?:-color)?:(?:#fff|#ffffff|white)(?:;|!|$)/;

/** Whether a style attribute keeps its element from being seen. */
export function isHidden(style: string): boolean {
  if (style.length > maxStyleChars) return true;
  const tight = style.replace(/\s+/g, '').toLowerCase();
  return hiding.test(tight) || (whiteText.test(tight) && whiteGround.test(tight));
}

/** Leaves an element out when its style hides it, and otherwise formats it as its tag says. */
const seen: Formatter = (element, walk, builder) => {
  if (isHidden(element.attribs.style ?? '')) return;
  // Without the attribute the picker falls through to the rule of the tag.
  delete element.attribs.style;
  const { format, options } = builder.picker.pick1(element);
  builder.options.formatters[format]?.(element, walk, builder, options ?? {});
};

const plainHeading = { options: { uppercase: false } };
const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: maxHtmlChars, maxDepth: 100, maxChildNodes: 5_000, maxBaseElements: 1, ellipsis: '…' },
  formatters: { seen },
  selectors: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...plainHeading })),
    // Link targets and pictures come from outside and are nothing to summarise or to fetch.
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['title', 'svg', 'object', 'template', 'video', 'audio', '[hidden]'].map((selector) => ({
      selector,
      format: 'skip',
    })),
    { selector: '[style]', format: 'seen' },
  ],
});

/**
 * The text that a reader of an HTML mail would see: no scripts, styles, pictures or hidden elements. Never throws.
 *
 * @param html - any length; the first 262,144 characters are read.
 */
export function readHtml(html: string): string {
  const head = beforeTag(html.slice(0, maxHtmlChars), maxTags);
  try {
    return convert(head);
  } catch {
    // Broken beyond the tolerant parser: letters outside angle brackets are better than nothing.
    return head.replace(/<[^<>]*>/g, ' ');
  }
}

function beforeTag(html: string, count: number): string {
  let at = -1;
  for (let tags = 0; tags < count; tags += 1) {
    at = html.indexOf('<', at + 1);
    if (at === -1) return html;
  }
  return html.slice(0, at);
}
