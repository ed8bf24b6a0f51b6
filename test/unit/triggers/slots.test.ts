// - Slots are a pure function of rule and range, equal to a minute-by-minute search by local clocks.
// - A skipped time happens once right after the gap; a repeated one once, the first time; `*` hours follow elapsed time.
// - Searches end: an impossible date is an error, a rare one is found.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCron } from '../../../schemas/parse-cron.ts';
import { nextSlots, slotsBetween } from '../../../triggers/slots.ts';

const iso = (slots: readonly Date[]) => slots.map((slot) => slot.toISOString());
const berlin = (schedule: string) => ({ form: 'cron', schedule, timezone: 'Europe/Berlin' }) as const;

test('slotsBetween() leaves out its start and takes in its end', () => {
  const slots = slotsBetween(
    { form: 'cron' as const, schedule: '0 * * * *', timezone: 'UTC' },
    new Date('2026-03-01T08:00:00Z'),
    new Date('2026-03-01T10:00:00Z'),
    10,
  );
  expect(iso(slots)).toEqual(['2026-03-01T09:00:00.000Z', '2026-03-01T10:00:00.000Z']);
});

test('nextSlots() runs a time that clocks skip once, right after the gap', () => {
  expect(iso(nextSlots(berlin('30 2 * * *'), new Date('2026-03-28T12:00:00Z'), 2))).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
});

test('nextSlots() folds all skipped times of one gap into one slot', () => {
  expect(iso(nextSlots(berlin('*/10 2,3 * * *'), new Date('2026-03-29T00:30:00Z'), 2))).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-29T01:10:00.000Z',
  ]);
});

test('nextSlots() runs a repeated time once, at its first showing', () => {
  expect(iso(nextSlots(berlin('30 2 * * *'), new Date('2026-10-24T12:00:00Z'), 2))).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('nextSlots() follows elapsed time where the hour is a wildcard', () => {
  expect(iso(nextSlots(berlin('0 * * * *'), new Date('2026-10-24T23:30:00Z'), 4))).toEqual([
    '2026-10-25T00:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T02:00:00.000Z',
    '2026-10-25T03:00:00.000Z',
  ]);
  expect(iso(nextSlots(berlin('0 * * * *'), new Date('2026-03-28T23:30:00Z'), 3))).toEqual([
    '2026-03-29T00:00:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-29T02:00:00.000Z',
  ]);
});

test('nextSlots() takes either day field when both are restricted, and both otherwise', () => {
  const friday13 = { form: 'cron' as const, schedule: '0 12 13 * fri', timezone: 'UTC' };
  expect(iso(nextSlots(friday13, new Date('2026-03-10T00:00:00Z'), 2))).toEqual([
    '2026-03-13T12:00:00.000Z',
    '2026-03-20T12:00:00.000Z',
  ]);
  const starred = { form: 'cron' as const, schedule: '0 12 */2 * fri', timezone: 'UTC' };
  expect(iso(nextSlots(starred, new Date('2026-03-10T00:00:00Z'), 2))).toEqual([
    '2026-03-13T12:00:00.000Z',
    '2026-03-27T12:00:00.000Z',
  ]);
});

test('nextSlots() finds leap days over the century without one', () => {
  const leap = { form: 'cron' as const, schedule: '0 0 29 feb *', timezone: 'UTC' };
  expect(iso(nextSlots(leap, new Date('2096-03-01T00:00:00Z'), 2))).toEqual([
    '2104-02-29T00:00:00.000Z',
    '2108-02-29T00:00:00.000Z',
  ]);
});

test('nextSlots() follows a half-hour change and a day that a zone left out', () => {
  const howe = { form: 'cron' as const, schedule: '15 2 * * *', timezone: 'Australia/Lord_Howe' };
  expect(iso(nextSlots(howe, new Date('2026-10-03T00:00:00Z'), 1))).toEqual(['2026-10-03T15:30:00.000Z']);
  const apia = { form: 'cron' as const, schedule: '0 12 * * *', timezone: 'Pacific/Apia' };
  expect(iso(nextSlots(apia, new Date('2011-12-30T00:00:00Z'), 2))).toEqual([
    '2011-12-30T10:00:00.000Z',
    '2011-12-30T22:00:00.000Z',
  ]);
});

test('nextSlots() keeps order where clocks go back over midnight', () => {
  const havana = { form: 'cron' as const, schedule: '0,30 * * * *', timezone: 'America/Havana' };
  const slots = nextSlots(havana, new Date('2026-11-01T03:00:00Z'), 8).map(Number);
  expect(slots.every((at, i) => i === 0 || at - slots[i - 1]! === 1_800_000)).toBe(true);
});

test('nextSlots() reads seconds', () => {
  const rule = { form: 'cron' as const, schedule: '*/20 0 12 * * *', timezone: 'UTC' };
  expect(iso(nextSlots(rule, new Date('2026-03-10T12:00:00Z'), 3))).toEqual([
    '2026-03-10T12:00:20.000Z',
    '2026-03-10T12:00:40.000Z',
    '2026-03-11T12:00:00.000Z',
  ]);
});

test('nextSlots() refuses an unknown zone', () => {
  expect(() =>
    nextSlots({ form: 'cron' as const, schedule: '0 0 * * *', timezone: 'Mars/Base' }, new Date(0), 1),
  ).toThrow(RangeError);
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Africa/Casablanca',
  'America/St_Johns',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Europe/Dublin',
];
const field = (min: number, max: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: fc.integer({ min, max }).map(String) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map((r) => r.sort((a, b) => a - b).join('-')),
    },
    {
      weight: 1,
      arbitrary: fc.array(fc.integer({ min, max }), { minLength: 2, maxLength: 4 }).map((l) => l.join(',')),
    },
  );
const expressions = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((parts) => parts.join(' '));
/** Days around which clocks change somewhere, and others. */
const starts = fc.oneof(
  fc
    .constantFrom(
      '2026-03-28T18:00:00Z',
      '2026-10-24T18:00:00Z',
      '2026-03-08T00:00:00Z',
      '2026-11-01T00:00:00Z',
      '2026-10-03T06:00:00Z',
      '2026-04-04T06:00:00Z',
      '2011-12-29T20:00:00Z',
      '2010-11-07T00:00:00Z',
      '2026-02-14T12:00:00Z',
      '2026-09-26T06:00:00Z',
    )
    .map((text) => Date.parse(text)),
  fc.integer({ min: 946_684_800, max: 2_208_988_800 }).map((s) => s * 1000),
);

test('slotsBetween() equals a minute-by-minute search by local clocks', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(expressions, fc.constantFrom(...zones), starts, (schedule, timezone, start) => {
      const from = Math.floor(start / 60_000) * 60_000;
      const to = from + 36 * 3_600_000;
      const found = slotsBetween({ form: 'cron', schedule, timezone }, new Date(from), new Date(to), 10_000).map(
        Number,
      );
      expect(found).toEqual(searchByMinute(schedule, timezone, from, to));
    }),
    { numRuns: 300 },
  );
});

test('nextSlots() is the beginning of what any longer range holds', () => {
  fc.assert(
    fc.property(expressions, fc.constantFrom(...zones), starts, (schedule, timezone, start) => {
      const next = nextSlots({ form: 'cron', schedule, timezone }, new Date(start), 3);
      expect(next.length).toBe(3);
      expect(slotsBetween({ form: 'cron', schedule, timezone }, new Date(start), next[2]!, 100)).toEqual(next);
    }),
    { numRuns: 200 },
  );
});

/** The oracle: walks over every minute, looks at the local clock, and remembers what it has shown. */
function searchByMinute(schedule: string, timezone: string, from: number, to: number): number[] {
  const cron = parseCron(schedule);
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  const matches = (wall: number) => {
    const at = new Date(wall);
    const [dom, dow] = [cron.daysOfMonth.includes(at.getUTCDate()), cron.daysOfWeek.includes(at.getUTCDay())];
    return (
      cron.minutes.includes(at.getUTCMinutes()) &&
      cron.hours.includes(at.getUTCHours()) &&
      cron.months.includes(at.getUTCMonth() + 1) &&
      (cron.eitherDay ? dom || dow : dom && dow)
    );
  };
  const found: number[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  for (let at = from - 30 * 3_600_000; at <= to; at += 60_000) {
    const wall = Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
    let due = false;
    if (cron.everyHour) due = matches(wall);
    else if (wall > newest) {
      const first = newest === Number.NEGATIVE_INFINITY ? wall : newest + 60_000;
      for (let shown = first; shown <= wall; shown += 60_000) due ||= matches(shown);
    }
    newest = Math.max(newest, wall);
    if (due && at > from) found.push(at);
  }
  return found;
}
