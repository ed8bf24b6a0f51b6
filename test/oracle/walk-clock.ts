/** One minute as a clock on the wall shows it. */
export interface Minute {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  /** Days in this month. */
  readonly length: number;
}

/** How a schedule of the campaign says when it is due; written by hand beside its file, not derived from it. */
export type Due =
  | { readonly mode: 'fixed' | 'elapsed'; readonly at: (clock: Minute) => boolean; readonly second?: number }
  | { readonly mode: 'instants'; readonly at: (instant: number) => boolean };

interface Walked {
  readonly at: number;
  readonly wall: number;
}
const walks = new Map<string, Walked[]>();

/** Every minute of a range with what local clocks show: asks `Intl` for each one, and knows no offset. */
function walk(zone: string, from: number, to: number): Walked[] {
  const key = `${zone} ${from} ${to}`;
  const known = walks.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const walked: Walked[] = [];
  for (let at = from; at <= to; at += 60_000) {
    walked.push({ at, wall: Date.parse(`${format.format(at).replace(' ', 'T')}:00Z`) });
  }
  walks.set(key, walked);
  return walked;
}

/**
 * The slots in (from, to] by brute force, minute by minute. A fixed time is due when the clock shows it for the first
 * time, and when the clock jumps over it, at the minute after the jump; elapsed ones whenever the clock shows them.
 *
 * @param from - a whole minute
 */
export function slotsByWalking(due: Due, zone: string, from: number, to: number): number[] {
  const found = new Set<number>();
  if (due.mode === 'instants') {
    for (let at = from + 1_000; at <= to; at += 1_000) if (due.at(at)) found.add(at);
    return [...found];
  }
  const second = (due.second ?? 0) * 1_000;
  let newest = Number.NEGATIVE_INFINITY;
  // Three days before: what was shown already must be known.
  for (const { at, wall } of walk(zone, from - 3 * 86_400_000, to)) {
    if (due.mode === 'elapsed') {
      if (due.at(minuteOf(wall))) found.add(at + second);
      continue;
    }
    if (wall > newest) {
      if (due.at(minuteOf(wall))) found.add(at + second);
      if (newest > Number.NEGATIVE_INFINITY) {
        for (let jumped = newest + 60_000; jumped < wall; jumped += 60_000) if (due.at(minuteOf(jumped))) found.add(at);
      }
    }
    newest = Math.max(newest, wall);
  }
  return [...found].filter((at) => at > from && at <= to).sort((a, b) => a - b);
}

function minuteOf(wall: number): Minute {
  const at = new Date(wall);
  return {
    ...{ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: at.getUTCDay() },
    ...{ hour: at.getUTCHours(), minute: at.getUTCMinutes() },
    length: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}
