import type { TimelineEntry } from '../../schemas/fault-run.ts';
import { visibleText } from '../../schemas/visible-text.ts';
import type { IncidentRow } from '../../store/incidents/timeline.ts';
import { showTimes } from '../show-time.ts';

/** A message in words. */
export interface Story {
  readonly subject: string;
  readonly text: string;
}

/** The closing message of an incident: how long it took, and what happened when on the owner's clock. Pure. */
export function tellStory(
  { id, service, flaps, openedAt }: Pick<IncidentRow, 'id' | 'service' | 'flaps' | 'openedAt'>,
  timeline: readonly TimelineEntry[],
  { zone, endedAt }: { zone: string; endedAt: Date },
): Story {
  const { day } = showTimes(zone);
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone });
  let lastDay = '';
  const lines = timeline.flatMap(({ at, what }) => {
    const today = day(at);
    const head = today === lastDay ? [] : [today];
    lastDay = today;
    return [...head, `  ${clock.format(new Date(at))}  ${visibleText(what)}`];
  });
  const again = flaps === 0 ? '' : `, down again ${flaps} ${flaps === 1 ? 'time' : 'times'}`;
  return {
    subject: `${service}: the fault is closed`,
    text: [
      `From the first sign to the end: ${span(endedAt.getTime() - openedAt.getTime())}${again}.`,
      '',
      ...lines,
      '',
      `Incident: ${id} (${zone})`,
    ].join('\n'),
  };
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** The two largest units, such as `2 h 5 min`. */
function span(ms: number): string {
  let left = Math.max(0, ms);
  const parts = units.flatMap(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.slice(0, 2).join(' ') || 'less than 1 s';
}
