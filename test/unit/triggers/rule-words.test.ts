// - A schedule is told in words a person would use, in every form, with times as clocks of its zone show them.
import { expect, test } from 'vitest';
import { slotRuleOf } from '../../../schemas/slot-rule.ts';
import { triggerFile } from '../../../schemas/trigger-file.ts';
import { ruleWords } from '../../../triggers/rule-words.ts';

test.each([
  [{ schedule: '0 8 * * 1-5' }, 'at 08:00 on Monday to Friday, Europe/Berlin'],
  [{ schedule: '*/5 * * * *', timezone: 'UTC' }, 'every 5 minutes, UTC'],
  [{ schedule: '@hourly' }, 'every hour, Europe/Berlin'],
  [{ schedule: '@daily' }, 'at 00:00 every day, Europe/Berlin'],
  [{ schedule: '0 0 13 * fri' }, 'at 00:00 on day 13 of the month or on Friday, Europe/Berlin'],
  [{ schedule: '*/15 8-17 * * *' }, 'every 15 minutes in hours 8 to 17, Europe/Berlin'],
  [{ schedule: '30 5 1 jan,jul *' }, 'at 05:30 on day 1 of the month in January and July, Europe/Berlin'],
  [{ schedule: '@every 1h30m' }, 'every 90 minutes, counted from 1970-01-01T00:00:00Z'],
  [{ every: '1d', start: '2026-01-01T08:00:00Z' }, 'every day, counted from 2026-01-01T08:00:00Z'],
  [{ at: '2026-12-24T18:00' }, 'once at 2026-12-24T18:00, Europe/Berlin'],
  [{ rrule: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17' }, 'every month on the last Friday at 17:00, Europe/Berlin'],
  [{ rrule: 'FREQ=WEEKLY' }, 'every week on Monday at 00:00, Europe/Berlin'],
  [{ rrule: 'FREQ=YEARLY' }, 'every year in January on day 1 of the month at 00:00, Europe/Berlin'],
  [
    { rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=4', start: '2026-01-05T08:00:00' },
    'every 2 weeks on Monday and Friday at 08:00 4 times from 2026-01-05T08:00:00, Europe/Berlin',
  ],
  [
    { rrule: 'FREQ=DAILY;UNTIL=20261224T170000Z', start: '2026-01-01T08:00:00Z' },
    'every day at 09:00 from 2026-01-01T08:00:00Z until 2026-12-24 18:00, Europe/Berlin',
  ],
  [
    { rrule: 'FREQ=WEEKLY;UNTIL=20260601T233000Z', start: '2026-01-04T23:30:00Z' },
    'every week on Monday at 00:30 from 2026-01-04T23:30:00Z until 2026-06-02 01:30, Europe/Berlin',
  ],
  [
    { rrule: 'FREQ=DAILY;UNTIL=20261224T170000', start: '2026-01-01T08:00:00' },
    'every day at 08:00 from 2026-01-01T08:00:00 until 2026-12-24 17:00, Europe/Berlin',
  ],
  [
    { rrule: 'FREQ=YEARLY', start: '2025-12-31T23:00:00-02:00', timezone: 'UTC' },
    'every year in January on day 1 of the month at 01:00 from 2025-12-31T23:00:00-02:00, UTC',
  ],
])('ruleWords() tells %j', (when, words) => {
  const file = triggerFile.parse({ run: 'noop', when, missed: { policy: 'none' } });
  expect(ruleWords(slotRuleOf(file, 'Europe/Berlin')!)).toBe(words);
});
