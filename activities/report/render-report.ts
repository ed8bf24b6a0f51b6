import type { Digest } from '../../schemas/digest.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import type { Report } from '../../schemas/report.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { escapeHtml, htmlPage } from '../html-page.ts';
import { mailSection } from '../mail-section.ts';
import { counted, headingLines, wrapLine } from '../plain-lines.ts';
import { type ShownTimes, showTimes } from '../show-time.ts';
import { absenceEntries } from './absence-entries.ts';

interface Entry {
  readonly words: string;
  readonly more?: string;
  readonly bad?: true;
}

/**
 * A morning report in words: what waits for the owner, mail, absences, what did not run, what ran, health. A section with nothing
 * to say is left out; what comes from outside is text. Pure.
 *
 * @param timezone - IANA name of the owner's zone
 */
export function renderReport(report: Report, digest: Digest | undefined, timezone: string): RenderedMail {
  const times = showTimes(timezone);
  const day = times.day(report.madeAt);
  const mail = mailSection(digest ?? { digestId: '', madeAt: report.madeAt, items: [], older: report.older }, timezone);
  const sections: [string, Entry[]][] = [
    ['While you were away', absenceEntries(report, times)],
    ['Did not run', troubles(report, times)],
    [`Since ${times.short(report.since)}`, ran(report)],
    ['Memory', memory(report)],
    ['Health', health(report, times)],
  ];
  const waiting: [string, Entry[]] = ['Waiting for you', waits(report, times)];
  return {
    subject: subjectOf(report, day),
    text: `${[
      'Morning report',
      day,
      ...sectionLines(waiting),
      ...headingLines('Mail'),
      ...wrapLine(mail.headline),
      ...mail.lines,
      ...sections.flatMap(sectionLines),
    ]
      .join('\n')
      .trimEnd()}\n`,
    html: htmlPage(
      `Morning report, ${day}`,
      [
        `<h1>Morning report</h1><p class="quiet">${escapeHtml(day)}</p>`,
        sectionHtml(waiting),
        `<h2>Mail</h2><p>${escapeHtml(mail.headline)}</p>`,
        mail.html,
        ...sections.map(sectionHtml),
      ].join('\n'),
    ),
  };
}

/** Counts only: a subject is seen on locked screens. */
function subjectOf(report: Report, day: string): string {
  const missed = report.troubles.length + report.moreTroubles;
  const ill = report.health.filter((check) => !check.healthy).length;
  return [
    `Morning report, ${day}: ${counted(report.mails, 'mail')}`,
    ...(missed > 0 ? [`${missed.toLocaleString('en')} did not run`] : []),
    ...(report.waiting.length > 0 ? [`${report.waiting.length.toLocaleString('en')} waiting for you`] : []),
    ...(ill > 0 ? [counted(ill, 'problem')] : []),
  ].join(', ');
}

function waits({ waiting }: Report, times: ShownTimes): Entry[] {
  return waiting.map(({ what, why, since, remedy }) => ({
    words: `${what}: ${why}${since === undefined ? '' : ` (since ${times.short(since)})`}`,
    more: remedy,
  }));
}

function troubles({ troubles: all, moreTroubles }: Report, times: ShownTimes): Entry[] {
  const more = moreTroubles > 0 ? [{ words: `And ${counted(moreTroubles, 'other')}; \`steward runs\` shows all` }] : [];
  return [
    ...all.map(({ trigger, ending, dueAt, reason }): Entry => {
      return { words: `${trigger}, due ${times.short(dueAt)}: ${ending}`, more: reason, bad: true };
    }),
    ...more,
  ];
}

function ran({ ran: all, running }: Report): Entry[] {
  const done = all.map(({ trigger, ran: times, late }) => ({
    words: `${trigger}: ran ${counted(times, 'time')}${late > 0 ? `, ${late.toLocaleString('en')} of them late` : ''}`,
  }));
  return running > 0 ? [...done, { words: `${counted(running, 'run')} still under way` }] : done;
}

/** Nothing where the reviews changed nothing. */
function memory({ memory: reviewed }: Report): Entry[] {
  if (reviewed === undefined) return [];
  const { merged, archived, erased, review } = reviewed;
  const done = [
    ...(merged > 0 ? [`${counted(merged, 'fact')} said twice, put aside`] : []),
    ...(archived > 0 ? [`${counted(archived, 'fact')} faded or overruled, put aside`] : []),
    ...(erased > 0 ? [`${counted(erased, 'fact')} erased`] : []),
  ];
  if (done.length === 0) return [];
  return [{ words: done.join(', '), more: `\`steward memory undo ${review}\` takes up again what was put aside` }];
}

function health({ health: checks }: Report, times: ShownTimes): Entry[] {
  if (checks.length === 0) return [{ words: 'Not checked yet' }];
  const ill = checks.filter((check) => !check.healthy);
  if (ill.length === 0) return [{ words: `${counted(checks.length, 'check')}, all well` }];
  return [
    ...ill.map(({ check, detail, since }): Entry => {
      return { words: `${check}, since ${times.short(since)}: ${detail}`, bad: true };
    }),
    ...(ill.length < checks.length ? [{ words: `${counted(checks.length - ill.length, 'other check')} well` }] : []),
  ];
}

function sectionLines([title, entries]: [string, Entry[]]): string[] {
  if (entries.length === 0) return [];
  const lines = entries.flatMap(({ words, more }) => [
    ...wrapLine(visibleLine(words), '* '),
    ...(more === undefined ? [] : wrapLine(visibleLine(more), '  ')),
  ]);
  return [...headingLines(title), ...lines];
}

function sectionHtml([title, entries]: [string, Entry[]]): string {
  if (entries.length === 0) return '';
  const items = entries.map(({ words, more, bad }) => {
    const detail = more === undefined ? '' : `<br><span class="quiet">${escapeHtml(visibleLine(more))}</span>`;
    return `<li${bad ? ' class="bad"' : ''}>${escapeHtml(visibleLine(words))}${detail}</li>`;
  });
  return `<h2>${escapeHtml(title)}</h2><ul>${items.join('')}</ul>`;
}
