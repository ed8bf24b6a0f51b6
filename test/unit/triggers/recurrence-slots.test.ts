// - Recurrence rules of every FREQ agree with a second implementation in UTC; where they differ, the reason is named.
// - FREQ DAILY and slower is read on local clocks; HOURLY and finer follows elapsed time.
// - No rule hangs: what never happens is refused, and what is nonsense says which part is wrong.
import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import 'temporal-polyfill/global';
import { expect, test } from 'vitest';
import { checkRrule } from '../../../schemas/check-rrule.ts';
import { nextSlots } from '../../../triggers/slots.ts';

const iso = (slots: readonly Date[]) => slots.map((slot) => slot.toISOString().replace('.000Z', 'Z'));
const next = (rrule: string, from: string, count: number, start?: string, timezone = 'Europe/Berlin') =>
  iso(nextSlots({ form: 'rrule', rrule, timezone, ...(start === undefined ? {} : { start }) }, new Date(from), count));

test.each([
  ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17', ['2026-01-30T16:00:00Z', '2026-02-27T16:00:00Z', '2026-03-27T16:00:00Z']],
  ['FREQ=WEEKLY', ['2026-01-04T23:00:00Z', '2026-01-11T23:00:00Z', '2026-01-18T23:00:00Z']],
  ['FREQ=MONTHLY;BYMONTHDAY=31', ['2026-01-30T23:00:00Z', '2026-03-30T22:00:00Z', '2026-05-30T22:00:00Z']],
  ['FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO', ['2026-12-27T23:00:00Z', '2032-12-26T23:00:00Z', '2037-12-27T23:00:00Z']],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    ['2026-01-29T23:00:00Z', '2026-02-26T23:00:00Z', '2026-03-30T22:00:00Z'],
  ],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', ['2028-02-28T23:00:00Z', '2032-02-28T23:00:00Z', '2036-02-28T23:00:00Z']],
])('nextSlots() reads %s', (rrule, expected) => {
  expect(next(rrule, '2026-01-01T00:00:00Z', 3)).toEqual(expected);
});

test('nextSlots() of a daily rule runs once right after a gap, and once in a repeated hour', () => {
  const rule = 'FREQ=DAILY;BYHOUR=2;BYMINUTE=0,30';
  expect(next(rule, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00Z', '2026-03-30T00:00:00Z']);
  expect(next(rule, '2026-10-24T12:00:00Z', 3)).toEqual([
    '2026-10-25T00:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-26T01:00:00Z',
  ]);
});

test('nextSlots() of an hourly rule follows elapsed time over both changes of clocks', () => {
  const hours = next('FREQ=HOURLY;BYMINUTE=30', '2026-10-24T23:00:00Z', 4);
  expect(hours.map((at) => at.slice(11, 16))).toEqual(['23:30', '00:30', '01:30', '02:30']);
  const spaced = next('FREQ=HOURLY;INTERVAL=5', '2026-03-28T20:00:00Z', 3, '2026-03-28T12:15:00');
  expect(spaced).toEqual(['2026-03-28T21:15:00Z', '2026-03-29T02:15:00Z', '2026-03-29T07:15:00Z']);
  const howe = next('FREQ=HOURLY;BYMINUTE=0', '2026-10-03T14:30:00Z', 3, undefined, 'Australia/Lord_Howe');
  expect(howe).toEqual(['2026-10-03T16:00:00Z', '2026-10-03T17:00:00Z', '2026-10-03T18:00:00Z']);
  const cutShort = next('FREQ=HOURLY;BYMINUTE=40', '2026-10-03T15:15:00Z', 2, undefined, 'Australia/Lord_Howe');
  expect(cutShort).toEqual(['2026-10-03T15:40:00Z', '2026-10-03T16:40:00Z']);
});

test('nextSlots() ends with COUNT, UNTIL and the trigger, and begins with start', () => {
  const start = '2026-03-01T08:00:00';
  expect(next('FREQ=DAILY;COUNT=3', '2020-01-01T00:00:00Z', 9, start)).toHaveLength(3);
  expect(next('FREQ=DAILY;COUNT=3', '2026-03-02T12:00:00Z', 9, start)).toEqual(['2026-03-03T07:00:00Z']);
  expect(next('FREQ=DAILY;UNTIL=20260303', '2020-01-01T00:00:00Z', 9, start)).toHaveLength(3);
  expect(next('FREQ=DAILY;UNTIL=20260303T070000Z', '2020-01-01T00:00:00Z', 9, start)).toHaveLength(3);
  expect(next('FREQ=DAILY;UNTIL=20260303T065959Z', '2020-01-01T00:00:00Z', 9, start)).toHaveLength(2);
  const until = { form: 'rrule', rrule: 'FREQ=DAILY', start, timezone: 'UTC', until: '2026-03-02T08:00:00Z' } as const;
  expect(nextSlots(until, new Date('2026-01-01T00:00:00Z'), 9)).toHaveLength(2);
});

test.each([
  ['', 'Unknown part ""'],
  [
    'FREQ=DAYLY',
    'FREQ is "DAYLY", expected one of SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY, did you mean DAILY',
  ],
  ['FREQ=DAILY;BYMOUNTH=2', 'Unknown part "BYMOUNTH", expected one of FREQ'],
  ['FREQ=DAILY;BYMOUNTH=2', 'did you mean BYMONTH'],
  ['BYDAY=MO', 'FREQ is missing'],
  ['FREQ=DAILY;FREQ=DAILY', 'FREQ stands twice'],
  ['FREQ=DAILY;BYHOUR=24', 'BYHOUR is "24", expected 0 to 23'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY is "0", expected 1 to 31, or -31 to -1'],
  ['FREQ=DAILY;BYDAY=XX', 'BYDAY is "XX", expected MO'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY=1MO stands beside FREQ=WEEKLY, expected FREQ=MONTHLY or FREQ=YEARLY'],
  ['FREQ=MONTHLY;BYDAY=6MO', 'expected 1 to 5'],
  ['FREQ=MONTHLY;BYWEEKNO=2', 'BYWEEKNO stands beside FREQ=MONTHLY'],
  ['FREQ=DAILY;BYSETPOS=1', 'BYSETPOS stands alone'],
  ['FREQ=DAILY;COUNT=2;UNTIL=20260101', 'COUNT and UNTIL stand together'],
  ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL is "TOMORROW"'],
  ['FREQ=DAILY;UNTIL=20260231', 'UNTIL is "2026-02-31" has no such day'],
  ['FREQ=DAILY;INTERVAL=2', 'INTERVAL=2 counts from a first time'],
  ['FREQ=DAILY;COUNT=2', 'COUNT=2 counts from a first time'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never happens'],
  ['FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30', 'never happens'],
  ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'never happens'],
  [`FREQ=DAILY;BYHOUR=${'1,'.repeat(600)}1`, 'A recurrence rule of'],
])('checkRrule() refuses %s', (rrule, words) => {
  expect(() => checkRrule(rrule)).toThrow(SyntaxError);
  expect(() => checkRrule(rrule)).toThrow(words);
});

test('checkRrule() refuses a rule whose seconds never meet its interval, and one that ends before it begins', () => {
  const odd = Array.from({ length: 30 }, (_, at) => 2 * at + 1).join(',');
  expect(() => checkRrule(`FREQ=SECONDLY;INTERVAL=2;BYSECOND=${odd}`, '2026-01-01T00:00:00')).toThrow('never happens');
  expect(() => checkRrule('FREQ=DAILY;UNTIL=20250101', '2026-01-01T00:00:00')).toThrow('before it ends');
  expect(() => checkRrule('FREQ=DAILY;UNTIL=20270101', '2026-01-01T00:00:00')).not.toThrow();
});

const sparse = 'FREQ=SECONDLY;INTERVAL=3601;BYMINUTE=0;BYSECOND=0;COUNT=100000';
const sparser = 'FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=0;BYSECOND=0';

test('checkRrule() refuses a COUNT that reaches over too many periods without a slot, and a slot that is too far away', () => {
  const check = (rrule: string) => () => checkRrule(rrule, '2026-01-01T00:00:00');
  expect(check(sparse)).toThrow('COUNT=100000 reaches over more than 50000 periods without a time, expected a smaller');
  expect(check(sparse.replace('100000', '10'))).not.toThrow();
  expect(check(sparser)).toThrow('never happens');
  for (const fine of ['SECONDLY', 'HOURLY', 'DAILY', 'MINUTELY;BYHOUR=8', 'HOURLY;BYHOUR=8,20;INTERVAL=4']) {
    expect(check(`FREQ=${fine};COUNT=${fine.endsWith('4') ? 20_000 : 100_000}`)).not.toThrow();
  }
  expect(check('FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=48')).not.toThrow();
});

test.each(['UTC', 'Europe/Berlin'])('nextSlots() ends also for rules that nobody checked, in %s', (zone) => {
  const local = (rrule: string) => next(rrule, '2026-01-01T00:00:00Z', 1, '2026-01-01T00:00:00', zone);
  expect(local(sparse)).toEqual([zone === 'UTC' ? '2026-05-31T01:00:00Z' : '2026-05-31T00:00:00Z']);
  expect(local(sparser)).toEqual([]);
  expect(local('FREQ=SECONDLY;INTERVAL=40000;BYHOUR=3;COUNT=100000')).toHaveLength(1);
});

test('nextSlots() ends for any rule that is taken in, from any instant up to year 2500', { timeout: 120_000 }, () => {
  const nonsense = fc
    .array(
      fc.constantFrom(...'FREQ= BYDAY ;=,-0123456789 MO SECONDLY YEARLY UNTIL COUNT INTERVAL BYSETPOS'.split(' ')),
      {
        maxLength: 120,
      },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(rules(true), nonsense), fc.integer({ min: 0, max: 16_725_225_600 }), (rrule, from) => {
      try {
        checkRrule(rrule, start);
      } catch (error) {
        if (error instanceof SyntaxError) return;
        throw error;
      }
      const found = nextSlots({ form: 'rrule', rrule, start, timezone: 'Europe/Berlin' }, new Date(from * 1_000), 5);
      expect(found.every((slot, at) => at === 0 || slot > found[at - 1]!)).toBe(true);
    }),
    { numRuns: 400, examples: [[sparse, 1_767_225_600] as [string, number], [sparser, 1_767_225_600]] },
  );
});

const start = '2026-01-13T09:07:05';

/** Where rrule-temporal 2.2 does not join all parts by AND, which is what RFC 5545 asks for. */
const differences: readonly [string, (rrule: string) => boolean][] = [
  [
    'it takes BYYEARDAY and forgets BYDAY, BYMONTHDAY or BYWEEKNO beside it',
    (r) => /BYYEARDAY/.test(r) && /BYDAY|BYMONTHDAY|BYWEEKNO/.test(r),
  ],
  ['it takes BYWEEKNO and forgets BYMONTHDAY beside it', (r) => /BYWEEKNO/.test(r) && /BYMONTHDAY/.test(r)],
  [
    'it takes the nth weekday of BYDAY and forgets plain weekdays and BYMONTHDAY beside it',
    (r) => /^FREQ=YEARLY/.test(r) && /BYDAY=[^;]*\d[A-Z]{2}/.test(r),
  ],
];

test('nextSlots() agrees with rrule-temporal in UTC', { timeout: 400_000 }, () => {
  const classes: Record<string, number> = { agree: 0 };
  const count = (name: string) => {
    classes[name] = (classes[name] ?? 0) + 1;
  };
  fc.assert(
    fc.property(rules(false), (rrule) => {
      try {
        checkRrule(rrule, start);
      } catch {
        if (!differences.some(([, applies]) => applies(rrule))) expect(secondOpinion(rrule, 1, 30) ?? []).toEqual([]);
        return count('never happens');
      }
      const ours = iso(
        nextSlots({ form: 'rrule', rrule, start, timezone: 'UTC' }, new Date('2026-01-01T00:00:00Z'), 6),
      );
      const theirs = secondOpinion(rrule, ours.length);
      if (JSON.stringify(ours) === JSON.stringify(theirs)) return count('agree');
      // Whoever is right has every part of the rule in every slot.
      expect(ours.filter((slot) => !hasAll(rrule, slot))).toEqual([]);
      if (theirs === undefined) return count('it gives up the search');
      const why = differences.find(([, applies]) => applies(rrule));
      if (why === undefined) expect({ rrule, slots: ours }).toEqual({ rrule, slots: theirs });
      else count(why[0]);
    }),
    { numRuns: 2_600, seed: 4 },
  );
  console.log('recurrence rules beside rrule-temporal:', classes);
  expect(classes.agree).toBeGreaterThanOrEqual(2_000);
});

function secondOpinion(rrule: string, count: number, maxIterations = 3_000): string[] | undefined {
  const found: string[] = [];
  const rule = new RRuleTemporal({ rruleString: `DTSTART:20260113T090705Z\nRRULE:${rrule}`, maxIterations });
  try {
    rule.all((date) => {
      found.push(new Date(date.epochMilliseconds).toISOString().replace('.000Z', 'Z'));
      return found.length < count;
    });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Maximum')) return undefined;
    throw error;
  }
  return found.slice(0, count);
}

/** Whether one instant has the months, days and times that a rule names; knows nothing of how they are found. */
function hasAll(rrule: string, slot: string): boolean {
  const at = new Date(slot);
  const year = at.getUTCFullYear();
  const begin = Date.UTC(year, 0, 1);
  const days = (Date.UTC(year + 1, 0, 1) - begin) / 86_400_000;
  const ofYear = Math.floor((at.getTime() - begin) / 86_400_000) + 1;
  const length = new Date(Date.UTC(year, at.getUTCMonth() + 1, 0)).getUTCDate();
  const is = (part: string, ...values: number[]) => {
    const text = new RegExp(`;${part}=([^;]+)`).exec(rrule)?.[1];
    return text === undefined || text.split(',').some((value) => values.includes(Number(value)));
  };
  const weekday = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][at.getUTCDay()]!;
  const byDay = /;BYDAY=([^;]+)/.exec(rrule)?.[1]?.split(',') ?? [weekday];
  return (
    is('BYMONTH', at.getUTCMonth() + 1) &&
    is('BYMONTHDAY', at.getUTCDate(), at.getUTCDate() - length - 1) &&
    is('BYYEARDAY', ofYear, ofYear - days - 1) &&
    byDay.some((day) => day.endsWith(weekday)) &&
    is('BYHOUR', at.getUTCHours()) &&
    is('BYMINUTE', at.getUTCMinutes()) &&
    is('BYSECOND', at.getUTCSeconds())
  );
}

/** @param wide - also rules that hardly ever happen */
function rules(wide: boolean): fc.Arbitrary<string> {
  const some = (min: number, max: number, signed = false) =>
    fc
      .uniqueArray(
        signed ? fc.oneof(fc.integer({ min, max }), fc.integer({ min: -max, max: -min })) : fc.integer({ min, max }),
        {
          ...{ minLength: 1, maxLength: 4 },
        },
      )
      .map((values) => values.join(','));
  const day = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
  const nth = fc
    .tuple(fc.constantFrom(1, 2, 3, -1, -2, ...(wide ? [5, -5] : [])), day)
    .map(([n, code]) => `${n}${code}`);
  const days = (element: fc.Arbitrary<string>) =>
    fc.uniqueArray(element, { minLength: 1, maxLength: 3 }).map((values) => values.join(','));
  const part = (name: string, value: fc.Arbitrary<string>, weight = 1) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight, arbitrary: value.map((text) => `;${name}=${text}`) });
  return fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY').chain((freq) => {
    const slow = freq === 'YEARLY' || freq === 'MONTHLY';
    const none = fc.constant('');
    return fc
      .tuple(
        part('INTERVAL', fc.integer({ min: 2, max: wide ? 1_000 : 4 }).map(String)),
        part('BYMONTH', some(1, 12)),
        freq === 'YEARLY' ? part('BYWEEKNO', some(1, 53, true)) : none,
        ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq) ? none : part('BYYEARDAY', some(1, 366, true)),
        freq === 'WEEKLY' ? none : part('BYMONTHDAY', some(1, 31, true)),
        part('BYDAY', days(slow ? fc.oneof(day, nth) : day), 2),
        part('BYHOUR', some(0, 23)),
        part('BYMINUTE', some(0, 59)),
        part('BYSECOND', some(0, 59)),
        part('WKST', day),
        fc.oneof(
          none,
          fc.integer({ min: 1, max: 9 }).map((count) => `;COUNT=${count}`),
        ),
        part('BYSETPOS', some(1, 3, true)),
      )
      .map((parts) => {
        const by = parts.slice(1, 9).some((text) => text.startsWith(';BY'));
        return `FREQ=${freq}${parts.slice(0, by ? 12 : 11).join('')}`;
      });
  });
}
