import type { Digest, DigestItem } from '../schemas/digest.ts';
import { counted, type DigestParts, digestParts, midLink } from './digest-parts.ts';
import { visibleLine } from './visible-text.ts';
import { wrapLines } from './wrap-lines.ts';
import { escapeHtml } from './write-html.ts';

const shownOfGroup = 5;
const foldWords = { list: 'list', machine: 'automatic', read: 'read already' } as const;

/** The body of a digest as plain text lines, for a digest mail and for the report alike. @param zone - IANA */
export function digestText(digest: Digest, zone: string): string[] {
  const { people, folded, note } = digestParts(digest);
  const lines = people.flatMap((item) => [...itemText(item, zone), '']);
  if (folded.length > 0) {
    lines.push('Folded', '------', '', ...folded.flatMap((group) => [...groupText(group), '']));
  }
  for (const { account, count } of digest.older) {
    lines.push(
      ...wrapLines(`${counted(count, 'older unread mail')} in ${account} from before Steward; left as it was.`),
      '',
    );
  }
  return note === '' ? lines : [...lines, ...wrapLines(note)];
}

function itemText(item: DigestItem, zone: string): string[] {
  const { what, ask, due } = item.summary;
  const facts = [clock(item.receivedAt, zone), item.account, ...flags(item)].join(', ');
  return [
    ...wrapLines(`* ${visibleLine(item.from, 80)}: ${visibleLine(item.subject || '(no subject)', 160)}`),
    ...wrapLines(visibleLine(what), '  '),
    ...(ask === '' ? [] : wrapLines(`asked: ${visibleLine(ask)}`, '  ')),
    ...(due === '' ? [] : wrapLines(`by: ${visibleLine(due)}`, '  ')),
    ...wrapLines(`[${facts}]`, '  '),
    ...(item.messageId === undefined ? [] : [`  ${midLink(item.messageId)}`]),
  ];
}

function groupText({ name, why, items }: DigestParts['folded'][number]): string[] {
  const shown = items.slice(0, shownOfGroup).map((item) => visibleLine(item.subject || '(no subject)', 70));
  return [
    ...wrapLines(`${visibleLine(name, 80)}: ${counted(items.length, 'mail')} (${foldWords[why]})`),
    ...shown.map((subject) => `  - ${subject}`),
    ...(items.length > shown.length ? [`  … and ${items.length - shown.length} more`] : []),
  ];
}

/** The same as HTML. Everything from outside is text. */
export function digestHtml(digest: Digest, zone: string): string {
  const { people, folded, note } = digestParts(digest);
  const text = (words: string, max?: number) => escapeHtml(visibleLine(words, max));
  const articles = people.map((item) => {
    const { what, ask, due } = item.summary;
    const subject = text(item.subject || '(no subject)', 160);
    const linked =
      item.messageId === undefined ? subject : `<a href="${escapeHtml(midLink(item.messageId))}">${subject}</a>`;
    return [
      `<article><p><b>${text(item.from, 80)}</b>: ${linked}</p><p>${text(what)}</p>`,
      ask === '' ? '' : `<p class="ask"><b>asked:</b> ${text(ask)}${due === '' ? '' : ` <b>by:</b> ${text(due)}`}</p>`,
      ask === '' && due !== '' ? `<p><b>by:</b> ${text(due)}</p>` : '',
      `<p class="dim">${[clock(item.receivedAt, zone), item.account, ...flags(item)].map((word) => text(word)).join(', ')}</p></article>`,
    ].join('');
  });
  const groups = folded.map(({ name, why, items }) => {
    const rest = items.length - shownOfGroup;
    const subjects = items
      .slice(0, shownOfGroup)
      .map((item) => `<li>${text(item.subject || '(no subject)', 120)}</li>`);
    return `<p><b>${text(name, 80)}</b>: ${counted(items.length, 'mail')} <span class="dim">(${foldWords[why]})</span></p><ul>${subjects.join('')}${rest > 0 ? `<li class="dim">and ${rest} more</li>` : ''}</ul>`;
  });
  const older = digest.older.map(
    ({ account, count }) =>
      `<p class="dim">${counted(count, 'older unread mail')} in ${text(account)} from before Steward; left as it was.</p>`,
  );
  return [
    ...articles,
    ...(groups.length > 0 ? ['<h2>Folded</h2>', ...groups] : []),
    ...older,
    note === '' ? '' : `<p class="dim">${escapeHtml(note)}</p>`,
  ].join('\n');
}

function flags(item: DigestItem): string[] {
  return [
    ...(item.kind === 'invite' ? ['invitation'] : item.kind === 'bounce' ? ['bounce'] : []),
    ...(item.attachments > 0 ? [counted(item.attachments, 'attachment')] : []),
    item.proven ? `sender proven: ${item.fromAddress}` : `sender not proven: ${item.fromAddress || 'none'}`,
  ];
}

const clock = (at: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(
    new Date(at),
  );
