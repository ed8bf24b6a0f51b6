import type { Digest } from '../../schemas/digest.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import type { Report } from '../../schemas/report.ts';
import { digestHtml, digestText } from '../digest-lines.ts';
import { counted } from '../digest-parts.ts';
import { visibleLine } from '../visible-text.ts';
import { wrapLines } from '../wrap-lines.ts';
import { escapeHtml, htmlPage } from '../write-html.ts';

interface Section {
  readonly title: string;
  readonly lines: readonly { readonly words: string; readonly more?: string }[];
}

/** A morning report in words. A section with nothing to say is left out. Pure. @param zone - IANA zone of the owner */
export function renderReport(report: Report, digest: Digest | undefined, zone: string): RenderedMail {
  const day = dayOf(report.madeAt, zone);
  const bad = report.health.filter((check) => !check.healthy).length;
  const subject = [
    `Morning report, ${day}`,
    counted(report.mails, 'mail'),
    ...(report.troubles.length > 0 ? [`${report.troubles.length + report.moreTroubles} not run`] : []),
    ...(report.waiting.length > 0 ? [`${report.waiting.length} waiting for you`] : []),
    ...(bad > 0 ? [counted(bad, 'problem')] : []),
  ].join(', ');
  const sections = sectionsOf(report, zone);
  const [waiting, ...rest] = sections;
  const mail = digest === undefined || (digest.items.length === 0 && digest.older.length === 0) ? undefined : digest;
  const mailText = mail === undefined ? ['No new mail.'] : digestText(mail, zone);
  const text = [
    `Good morning. It is ${day}.`,
    '',
    ...(waiting === undefined ? [] : sectionText(waiting)),
    ...heading('Mail'),
    ...mailText,
    '',
    ...rest.flatMap(sectionText),
  ];
  const body = [
    `<h1>Good morning</h1><p class="dim">${escapeHtml(day)}</p>`,
    waiting === undefined ? '' : sectionHtml(waiting),
    `<h2>Mail</h2>${mail === undefined ? '<p>No new mail.</p>' : digestHtml(mail, zone)}`,
    ...rest.map(sectionHtml),
  ];
  return { subject, text: `${text.join('\n').trimEnd()}\n`, html: htmlPage(subject, body.join('\n')) };
}

function sectionsOf(report: Report, zone: string): [Section | undefined, ...Section[]] {
  const waiting: Section = {
    title: 'Waiting for you',
    lines: report.waiting.map(({ what, why, remedy }) => ({ words: `${what}: ${why}`, more: remedy })),
  };
  const ran: Section = {
    title: `Since ${timeOf(report.since, zone)}`,
    lines: [
      ...report.ran.map(({ trigger, ran, late }) => ({
        words: `${trigger}: ran ${counted(ran, 'time')}${late > 0 ? `, ${late} late` : ''}`,
      })),
      ...(report.running > 0 ? [{ words: `${counted(report.running, 'run')} still under way` }] : []),
    ],
  };
  const troubles: Section = {
    title: 'Did not run',
    lines: [
      ...report.troubles.map(({ trigger, ending, dueAt, reason }) => ({
        words: `${trigger}, due ${timeOf(dueAt, zone)}: ${ending}`,
        more: reason,
      })),
      ...(report.moreTroubles > 0 ? [{ words: `and ${report.moreTroubles} more; see steward runs` }] : []),
    ],
  };
  const sick = report.health.filter((check) => !check.healthy);
  const health: Section = {
    title: 'Health',
    lines:
      report.health.length === 0
        ? [{ words: 'Not checked yet.' }]
        : sick.length === 0
          ? [{ words: `All ${report.health.length} checks are well.` }]
          : sick.map(({ check, detail, since }) => ({ words: `${check}, since ${timeOf(since, zone)}: ${detail}` })),
  };
  const rest = [troubles, ran, health].filter((section) => section.lines.length > 0);
  return [waiting.lines.length > 0 ? waiting : undefined, ...rest];
}

const heading = (title: string) => [title, '-'.repeat(title.length), ''];

function sectionText({ title, lines }: Section): string[] {
  const body = lines.flatMap(({ words, more }) => [
    ...wrapLines(`* ${visibleLine(words)}`),
    ...(more === undefined ? [] : wrapLines(visibleLine(more), '  ')),
  ]);
  return [...heading(title), ...body, ''];
}

function sectionHtml({ title, lines }: Section): string {
  const items = lines.map(({ words, more }) => {
    const detail = more === undefined ? '' : `<br><span class="dim">${escapeHtml(visibleLine(more))}</span>`;
    return `<li>${escapeHtml(visibleLine(words))}${detail}</li>`;
  });
  return `<h2>${escapeHtml(title)}</h2><ul>${items.join('')}</ul>`;
}

const dayOf = (at: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }).format(
    new Date(at),
  );
const timeOf = (at: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at));
