import type { Absence, Report } from '../../schemas/report.ts';
import { counted } from '../plain-lines.ts';
import type { ShownTimes } from '../show-time.ts';

const words: readonly [keyof Absence['became'], string][] = [
  ['ran', 'ran'],
  ['ranLate', 'ran late'],
  ['missed', 'missed'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['open', 'under way'],
];

/** The section "While you were away" of a report: one entry for each absence. Pure; nothing where there was none. */
export function absenceEntries(
  { absences = [], moreAbsences = 0 }: Pick<Report, 'absences' | 'moreAbsences'>,
  times: ShownTimes,
): { words: string; more?: string }[] {
  const earlier = moreAbsences > 0 ? [{ words: `${counted(moreAbsences, 'earlier absence')} not listed` }] : [];
  return [
    ...earlier,
    ...absences.map(({ from, to, became, triggers, moreTriggers }) => {
      const span = spanWords(Date.parse(to) - Date.parse(from));
      const head = `Off from ${times.short(from)} to ${times.short(to)} (${span}): ${becameWords(became) || 'nothing was due'}`;
      const named = triggers.map((one) => `${one.trigger}: ${becameWords(one.became)}`);
      const rest = moreTriggers > 0 ? [`and ${counted(moreTriggers, 'other trigger')}`] : [];
      return named.length === 0 ? { words: head } : { words: head, more: [...named, ...rest].join('; ') };
    }),
  ];
}

function becameWords(became: Absence['became']): string {
  return words
    .flatMap(([state, word]) => (became[state] ? [`${became[state].toLocaleString('en')} ${word}`] : []))
    .join(', ');
}

/** `12 min`, `3 h`, `3 h 20 min`, `2 d 4 h`: rounded down to what is worth telling. */
function spanWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts = days > 0 ? [`${days} d`, hours && `${hours} h`] : [hours && `${hours} h`, rest && `${rest} min`];
  return parts.filter((part) => part).join(' ') || '0 min';
}
