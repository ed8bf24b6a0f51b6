import type { Digest } from '../../schemas/digest.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import { escapeHtml, htmlPage } from '../html-page.ts';
import { mailSection } from '../mail-section.ts';
import { wrapLine } from '../plain-lines.ts';
import { showTimes } from '../show-time.ts';

/**
 * A digest as a mail: plain text of 80 columns and one HTML page that loads nothing. Pure.
 *
 * @param timezone - IANA name of the owner's zone
 */
export function renderDigest(digest: Digest, timezone: string): RenderedMail {
  const { headline, lines, html } = mailSection(digest, timezone);
  const title = `Mail on ${showTimes(timezone).day(digest.madeAt)}`;
  return {
    subject: `Mail digest: ${headline.replace(/\.$/, '')}`,
    text: `${[title, '', ...wrapLine(headline), ...lines].join('\n').trimEnd()}\n`,
    html: htmlPage(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(headline)}</p>\n${html}`),
  };
}
