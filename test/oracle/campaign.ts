import { seeded } from '../chaos/kill-plan.ts';
import type { Due, Minute } from './walk-clock.ts';

export interface Missed {
  readonly policy: 'none' | 'latest' | 'all';
  readonly withinMs: number;
  readonly max: number;
}
export type Overlap = 'skip' | 'allow' | 'cancelPrevious' | { readonly queue: number };

/** One schedule of the campaign: its file's `when`, and the same said once more by hand. */
export interface Scheduled {
  readonly name: string;
  readonly when: Readonly<Record<string, unknown>>;
  readonly zone: string;
  readonly due: Due;
  /** At most so many slots from the start of the rule on. */
  readonly count?: number;
  readonly until?: number;
  readonly missed: Missed;
  readonly overlap: Overlap;
  /** How long its runs take. */
  readonly runMs: number;
}

/** Time while the machine is off: [from, to). */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export const windows = [
  {
    name: 'March and April: clocks go ahead in the north, back in the south',
    from: Date.parse('2026-03-07T12:00:00Z'),
    oneShots: ['2026-03-29T02:30:00', '2026-04-05T02:45:00', '2026-03-08T02:15'],
  },
  {
    name: 'October: clocks go back in the north, ahead in the south',
    from: Date.parse('2026-10-03T00:00:00Z'),
    oneShots: ['2026-10-25T02:30:00', '2026-10-04T02:15:00', '2026-11-01T01:30'],
  },
] as const;
export const windowMs = 30 * 86_400_000;

const zones = [
  ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Australia/Sydney'],
  ...['Asia/Kolkata', 'Europe/Dublin'],
] as const;
const hour = 3_600_000;

type Pattern = Pick<Scheduled, 'when' | 'due' | 'count'>;
const fixed = (at: (clock: Minute) => boolean, second?: number): Due => ({
  ...{ mode: 'fixed', at },
  ...(second === undefined ? {} : { second }),
});
const elapsed = (at: (clock: Minute) => boolean): Due => ({ mode: 'elapsed', at });
const each = (everyMs: number, first: number): Due => ({
  mode: 'instants',
  at: (instant) => instant >= first && (instant - first) % everyMs === 0,
});

/** Every form, with the hours in which clocks change well represented. */
function patterns(from: number, oneShots: readonly string[]): Pattern[] {
  const begin = new Date(from + 2 * hour).toISOString().replace('.000Z', 'Z');
  const beginDate = new Date(from + 86_400_000).toISOString().slice(0, 10);
  const beginDay = Date.parse(`${beginDate}T00:00:00Z`) / 86_400_000;
  const dayNumber = (c: Minute) => Date.UTC(c.year, c.month - 1, c.day) / 86_400_000;
  const weekOf = (day: number) => Math.floor((day + 3) / 7);
  const oneShot = (text: string): Pattern => {
    const wall = new Date(`${text.length === 16 ? `${text}:00` : text}Z`);
    const [month, day, h, m] = [wall.getUTCMonth() + 1, wall.getUTCDate(), wall.getUTCHours(), wall.getUTCMinutes()];
    return {
      when: { at: text },
      due: fixed((c) => c.month === month && c.day === day && c.hour === h && c.minute === m),
    };
  };
  return [
    { when: { schedule: '30 2 * * *' }, due: fixed((c) => c.hour === 2 && c.minute === 30) },
    { when: { schedule: '0,30 1-3 * * *' }, due: fixed((c) => c.hour >= 1 && c.hour <= 3 && c.minute % 30 === 0) },
    { when: { schedule: '0 * * * *' }, due: elapsed((c) => c.minute === 0) },
    oneShot(oneShots[0]!),
    { when: { schedule: '*/30 * * * *' }, due: elapsed((c) => c.minute % 30 === 0) },
    { when: { schedule: '15 8 * * 1-5' }, due: fixed((c) => c.hour === 8 && c.minute === 15 && c.weekday % 6 !== 0) },
    {
      when: { schedule: '0 0 13,25 * fri' },
      due: fixed((c) => c.hour === 0 && c.minute === 0 && (c.day === 13 || c.day === 25 || c.weekday === 5)),
    },
    { when: { schedule: '15 2 * * 0' }, due: fixed((c) => c.hour === 2 && c.minute === 15 && c.weekday === 0) },
    { when: { schedule: '@daily' }, due: fixed((c) => c.hour === 0 && c.minute === 0) },
    { when: { schedule: '5 */6 * * *' }, due: elapsed((c) => c.hour % 6 === 0 && c.minute === 5) },
    { when: { every: '90m' }, due: each(90 * 60_000, 0) },
    { when: { every: '7h', start: begin }, due: each(7 * hour, from + 2 * hour) },
    oneShot(oneShots[1]!),
    { when: { schedule: '@every 45m' }, due: each(45 * 60_000, 0) },
    { when: { schedule: '30 45 23 * * *' }, due: fixed((c) => c.hour === 23 && c.minute === 45, 30) },
    { when: { at: new Date(from + 333 * hour).toISOString() }, due: each(Number.MAX_SAFE_INTEGER, from + 333 * hour) },
    {
      when: { rrule: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=0,30' },
      due: fixed((c) => c.hour === 2 && c.minute % 30 === 0),
    },
    {
      when: { rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE', start: `${beginDate}T02:10:00` },
      due: fixed(
        (c) =>
          c.hour === 2 &&
          c.minute === 10 &&
          (c.weekday === 0 || c.weekday === 3) &&
          dayNumber(c) >= beginDay &&
          (weekOf(dayNumber(c)) - weekOf(beginDay)) % 2 === 0,
      ),
    },
    {
      when: { schedule: 'RRULE:FREQ=MONTHLY;BYDAY=-1SU,1SU;BYHOUR=1,2;BYMINUTE=30' },
      due: fixed(
        (c) =>
          c.weekday === 0 && (c.day <= 7 || c.day > c.length - 7) && (c.hour === 1 || c.hour === 2) && c.minute === 30,
      ),
    },
    { when: { rrule: 'FREQ=HOURLY;BYMINUTE=10,40' }, due: elapsed((c) => c.minute === 10 || c.minute === 40) },
    { when: { rrule: 'FREQ=HOURLY;INTERVAL=5', start: begin }, due: each(5 * hour, from + 2 * hour) },
    {
      when: { rrule: 'FREQ=DAILY;COUNT=25', start: `${beginDate}T01:45:00` },
      due: fixed((c) => c.hour === 1 && c.minute === 45 && dayNumber(c) >= beginDay),
      count: 25,
    },
    oneShot(oneShots[2]!),
    {
      when: { rrule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYHOUR=2;BYMINUTE=5' },
      due: fixed(
        (c) =>
          c.hour === 2 && c.minute === 5 && c.weekday % 6 !== 0 && (c.day === 1 || (c.day <= 3 && c.weekday === 1)),
      ),
    },
  ];
}

const missed: readonly Missed[] = [
  { policy: 'none', withinMs: 86_400_000, max: 10 },
  { policy: 'latest', withinMs: 86_400_000, max: 10 },
  { policy: 'all', withinMs: 86_400_000, max: 3 },
  { policy: 'latest', withinMs: 20 * 60_000, max: 10 },
  { policy: 'all', withinMs: 2 * hour, max: 100 },
];
const overlaps: readonly Overlap[] = ['skip', 'allow', 'cancelPrevious', { queue: 2 }];
const runs = [0, 40 * 60_000, 3 * hour] as const;

/** 50 schedules of one window: each form in several zones, the policies spread over them. */
export function schedulesOf(window: (typeof windows)[number]): Scheduled[] {
  const forms = patterns(window.from, window.oneShots);
  return Array.from({ length: 50 }, (_, at): Scheduled => {
    const form = forms[at % forms.length]!;
    return {
      ...form,
      name: `s${String(at).padStart(2, '0')}`,
      zone: zones[(at + Math.floor(at / forms.length)) % zones.length]!,
      missed: missed[at % missed.length]!,
      overlap: overlaps[Math.floor(at / 3) % overlaps.length]!,
      runMs: runs[at % runs.length]!,
      ...(at % 9 === 4 ? { until: window.from + 20 * 86_400_000 + 1_000 * at } : {}),
    };
  });
}

/** 200 outages of 1 s to 26 h, short ones as often as long ones; what is left of 30 days lies between them. */
export function outagesOf(seed: number, from: number): Outage[] {
  const random = seeded(seed);
  const lengths = Array.from({ length: 200 }, (_, at) =>
    at < 2 ? [1_000, 26 * hour][at]! : Math.round(Math.exp(random() * Math.log(26 * 3_600)) * 1_000),
  ).sort(() => random() - 0.5);
  const up = windowMs - lengths.reduce((sum, one) => sum + one, 0);
  if (up < hour) throw new RangeError(`Seed ${seed} leaves no time between the outages`);
  const weights = lengths.map(() => -Math.log(1 - random()));
  const whole = weights.reduce((sum, one) => sum + one, -Math.log(1 - random()));
  let at = from;
  return lengths.map((length, index) => {
    const begin = at + Math.floor((up * weights[index]!) / whole);
    at = begin + length;
    return { from: begin, to: at };
  });
}
