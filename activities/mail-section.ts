import type { Digest, DigestItem } from '../schemas/digest.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { type GroupedDigest, groupMails, type MailGroup } from './group-mails.ts';
import { escapeHtml } from './html-page.ts';
import { counted, headingLines, wrapLine } from './plain-lines.ts';
import { type ShownTimes, showTimes } from './show-time.ts';

/** The mails of a digest in words, to stand in a page or a longer report. */
export interface MailSection {
  /** One sentence: how many from people, how many ask, how many are folded. */
  readonly headline: string;
  readonly lines: readonly string[];
  /** Everything from outside escaped. */
  readonly html: string;
}

/** Subjects that are named in a folded group; the rest is counted. */
const namedSubjects = 4;
const namedReaders = 8;

const tags = { person: '', list: '', machine: '', bounce: '[undelivered] ', invite: '[invitation] ' } as const;

/**
 * Tells a digest: people first, by sender, then lists and machines folded, then what was read already, in one line.
 * Text from outside is shown as text, hidden and bidi characters removed. Pure.
 *
 * @param timezone - IANA name of the reader's zone
 * @source RFC 2392 for `mid:`
 */
export function mailSection(digest: Digest, timezone: string): MailSection {
  const grouped = groupMails(digest);
  const mixed = new Set(digest.items.map((item) => item.source.method)).size > 1;
  const tell = { times: showTimes(timezone), mixed };
  const notes = notesOf(digest, grouped);
  return {
    headline: headline(digest, grouped),
    lines: [
      ...section(
        'From people',
        grouped.people.flatMap((group) => personLines(group, tell)),
      ),
      ...section('Mailing lists', grouped.lists.flatMap(foldedLines)),
      ...section('From machines', grouped.machines.flatMap(foldedLines)),
      ...section('Already read', grouped.read.length === 0 ? [] : wrapLine(readLine(grouped.read))),
      ...(notes.length === 0 ? [] : ['', ...notes.flatMap((note) => wrapLine(note))]),
    ],
    html: [
      htmlSection('From people', grouped.people.map((group) => personHtml(group, tell)).join('')),
      htmlSection('Mailing lists', list(grouped.lists.map(foldedHtml))),
      htmlSection('From machines', list(grouped.machines.map(foldedHtml))),
      htmlSection('Already read', grouped.read.length === 0 ? '' : `<p>${escapeHtml(readLine(grouped.read))}</p>`),
      ...notes.map((note) => `<p class="quiet">${escapeHtml(note)}</p>`),
    ].join('\n'),
  };
}

interface Telling {
  readonly times: ShownTimes;
  /** Models and the extractive summary both had a part, so each extractive one is marked. */
  readonly mixed: boolean;
}

function headline({ items }: Digest, { people, asking, folded }: GroupedDigest): string {
  if (items.length === 0) return 'No new mail.';
  const shown = people.reduce((sum, group) => sum + group.items.length, 0);
  const parts = [`${counted(shown, 'mail')} from people`];
  if (asking > 0) parts.push(`${asking.toLocaleString('en')} ${asking === 1 ? 'asks' : 'ask'} something of you`);
  if (folded > 0) parts.push(`${folded.toLocaleString('en')} folded`);
  return `${parts.join(', ')}.`;
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [...headingLines(title), ...lines];
const htmlSection = (title: string, html: string) => (html === '' ? '' : `<h2>${title}</h2>\n${html}`);
const list = (entries: readonly string[]) => (entries.length === 0 ? '' : `<ul>${entries.join('')}</ul>`);

/** Brackets in a name could pass for a second address or for our own mark. */
const nameOf = (text: string, max: number) => visibleLine(text.replace(/[[\]<>]/g, ' '), max);

const senderOf = ({ from, fromAddress, proven }: DigestItem) => {
  const name = nameOf(from, 60);
  const address = nameOf(fromAddress, 100);
  const who = name === '' || name === address ? address : `${name} <${address}>`;
  return `${who === '' ? 'Nobody named' : who}${proven ? ' [proven]' : ''}`;
};
const subjectOf = (item: DigestItem, max = 120) => visibleLine(item.subject, max) || '(no subject)';

function factsOf(item: DigestItem, { mixed }: Telling): [string, string][] {
  const { what, ask, due } = item.summary;
  const facts: [string, string][] = [
    ['', visibleLine(what)],
    ['Asked', visibleLine(ask)],
    ['Due', visibleLine(due)],
    ['With', item.attachments === 0 ? '' : counted(item.attachments, 'attachment')],
    ['', mixed && item.source.method === 'extractive' ? '(extractive summary)' : ''],
  ];
  return facts.filter(([, words]) => words !== '');
}

function personLines({ items }: MailGroup, telling: Telling): string[] {
  const mails = items.flatMap((item) => [
    ...wrapLine(`${tags[item.kind]}${subjectOf(item)} (${telling.times.short(item.receivedAt)})`, '  '),
    ...factsOf(item, telling).flatMap(([label, words]) =>
      wrapLine(words, `    ${label === '' ? '' : label.padEnd(7)}`),
    ),
    ...(item.messageId === undefined ? [] : [`    ${midOf(item.messageId)}`]),
    '',
  ]);
  return [...wrapLine(senderOf(items[0] as DigestItem)), ...mails];
}

function personHtml({ items }: MailGroup, telling: Telling): string {
  const mails = items.map((item) => {
    const facts = factsOf(item, telling).map(([label, words]) =>
      label === ''
        ? `<p>${escapeHtml(words)}</p>`
        : `<p><b${label === 'With' ? '' : ' class="ask"'}>${label}</b> ${escapeHtml(words)}</p>`,
    );
    const open = item.messageId === undefined ? '' : ` · <a href="${escapeHtml(midOf(item.messageId))}">open</a>`;
    return (
      `<div class="mail${item.summary.ask === '' ? '' : ' asked'}"><h4>${tags[item.kind]}${escapeHtml(subjectOf(item))}</h4>` +
      `<p class="quiet">${escapeHtml(telling.times.short(item.receivedAt))}${open}</p>${facts.join('')}</div>`
    );
  });
  return `<h3>${escapeHtml(senderOf(items[0] as DigestItem))}</h3>${mails.join('')}`;
}

function folded({ key, items }: MailGroup): { name: string; count: string; subjects: string } {
  const first = items[0] as DigestItem;
  const subjects = [...new Set(items.map((item) => subjectOf(item, 70)))];
  const more = subjects.length - namedSubjects;
  return {
    name: first.kind === 'list' && first.listId !== undefined ? nameOf(key, 80) : senderOf(first),
    count: counted(items.length, 'mail'),
    subjects: subjects.slice(0, namedSubjects).join('; ') + (more > 0 ? `; ${more.toLocaleString('en')} more` : ''),
  };
}

function foldedLines(group: MailGroup): string[] {
  const { name, count, subjects } = folded(group);
  return [...wrapLine(`${name}, ${count}`), ...wrapLine(subjects, '  ')];
}

function foldedHtml(group: MailGroup): string {
  const { name, count, subjects } = folded(group);
  return `<li><b>${escapeHtml(name)}</b>, ${count}<br><span class="quiet">${escapeHtml(subjects)}</span></li>`;
}

function readLine(read: readonly MailGroup[]): string {
  const total = read.reduce((sum, group) => sum + group.items.length, 0);
  const names = read.slice(0, namedReaders).map(({ items }) => {
    const first = items[0] as DigestItem;
    const name = nameOf(first.from, 40) || nameOf(first.fromAddress, 60) || 'nobody named';
    return items.length === 1 ? name : `${name} (${items.length})`;
  });
  const more = read.length - names.length;
  return `${counted(total, 'mail')} from ${names.join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}.`;
}

const reasons = {
  noModel: 'no model is set up',
  modelDown: 'the model did not answer',
  modelLied: 'the answer of the model could not be used',
  notAsked: 'no model may be asked, see `steward models`',
} as const;

function notesOf({ items, older }: Digest, { people }: GroupedDigest): string[] {
  const shown = people.flatMap((group) => group.items);
  const notes = older.map(
    ({ account, count }) =>
      `${counted(count, 'older mail')} ${count === 1 ? 'was' : 'were'} in ${visibleLine(account, 60)} before Steward first saw it; they stay as they are.`,
  );
  const byModel = Map.groupBy(
    shown.filter((item) => item.source.method === 'model'),
    (item) => item.source.model ?? '',
  );
  const extractive = Map.groupBy(
    shown.filter((item) => item.source.method === 'extractive'),
    (item) => item.source.fallback,
  );
  const makers = [
    ...[...byModel].map(([model, of]) => `${of.length.toLocaleString('en')} by ${visibleLine(model, 60)}`),
    ...[...extractive].map(
      ([why, of]) => `${of.length.toLocaleString('en')} extractive${why === undefined ? '' : ` (${reasons[why]})`}`,
    ),
  ];
  if (makers.length > 0) notes.push(`Summaries: ${makers.join(', ')}.`);
  if (items.some((item) => !item.proven)) {
    notes.push('A sender without [proven] is named as the mail names itself; nothing vouches for it.');
  }
  return notes;
}

/** @source RFC 2392 2: the addr-spec of a Message-ID, percent-encoded */
function midOf(messageId: string): string {
  const bare = visibleLine(messageId).replace(/^<|>$/g, '').replace(/\s/g, '');
  return `mid:${encodeURIComponent(bare).replace(/%40/g, '@')}`;
}
