// - A wake is a hint, but a good one: Temporal's own next times hold every slot of a rule, in each form.
// - What has no slot to come gets no Schedule; what differs is changed, what is the same is left alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slotRuleOf } from '../../../schemas/slot-rule.ts';
import { triggerFile } from '../../../schemas/trigger-file.ts';
import { reconcileSchedules } from '../../../triggers/reconcile.ts';
import { nextSlots } from '../../../triggers/slots.ts';
import { wakeSpec } from '../../../triggers/wake-spec.ts';
import { fileSetOf } from '../../support/file-set-of.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const log = { info() {}, warn() {} };
const trigger = (when: object) => ({ run: 'noop', when, missed: { policy: 'none' } });
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const described = (name: string) => own.client.schedule.getHandle(`trigger:${name}`).describe();

test.each([
  ['every', { every: '7m' }],
  ['every-start', { every: '7m', start: '2026-01-01T00:00:30Z' }],
  ['every-later', { every: '90m', start: inMinutes(600) }],
  ['cron', { schedule: '15,45 */2 * * *', timezone: 'Asia/Kolkata' }],
  ['every-text', { schedule: '@every 1h30m' }],
  ['at', { at: inMinutes(90) }],
  ['daily', { rrule: 'FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30', timezone: 'Asia/Tokyo' }],
  ['daily-start', { rrule: 'FREQ=DAILY', start: '2026-01-01T08:05:07+03:00', timezone: 'Asia/Tokyo' }],
  ['hourly', { rrule: 'FREQ=HOURLY;BYMINUTE=10', timezone: 'Asia/Kolkata' }],
  ['hourly-start', { rrule: 'FREQ=HOURLY;INTERVAL=5', start: '2026-01-01T00:10:20Z' }],
  ['hourly-seconds', { rrule: 'FREQ=HOURLY;BYMINUTE=3', start: '2026-01-01T00:10:20Z' }],
  ['minutely', { rrule: 'FREQ=MINUTELY;BYHOUR=3' }],
  ['minutely-start', { rrule: 'FREQ=MINUTELY;INTERVAL=7', start: '2026-01-01T00:10:20Z' }],
  ['secondly', { rrule: 'FREQ=SECONDLY;BYSECOND=0,30' }],
])('wakeSpec() wakes at each of the next slots of %s', async (name, when) => {
  const parsed = triggerFile.parse(trigger(when));
  const rule = slotRuleOf(parsed, 'Europe/Berlin')!;
  const now = new Date();
  const files = fileSetOf({ [name]: trigger(when) });
  expect((await reconcileSchedules({ client: own.client, log }, files)).created).toContain(`trigger:${name}`);
  expect(wakeSpec(rule)).toEqual(wakeSpec(rule));
  const { info } = await described(name);
  const wakes = info.nextActionTimes.map((at) => at.getTime());
  const last = wakes.at(-1)!;
  const slots = nextSlots(rule, now, 10).map((at) => Math.ceil(at.getTime() / 1_000) * 1_000);
  expect(wakes.length).toBeGreaterThan(0);
  expect(slots.filter((at) => at >= wakes[0]! && at <= last && !wakes.includes(at))).toEqual([]);
  expect(slots.some((at) => wakes.includes(at))).toBe(true);
});

test('reconcileSchedules() makes no Schedule of what is over, and takes away what has ended', async () => {
  const past = fileSetOf({
    past: trigger({ at: '2020-01-01T00:00:00Z' }),
    ended: { ...trigger({ every: '1m' }), until: '2020-01-01T00:00:00Z' },
    counted: trigger({ rrule: 'FREQ=DAILY;COUNT=2', start: '2020-01-01T08:00:00' }),
    soon: trigger({ at: inMinutes(60) }),
  });
  const { created } = await reconcileSchedules({ client: own.client, log }, past);
  expect(created.filter((id) => id.startsWith('trigger:'))).toEqual(['trigger:soon']);
  const later = { now: () => new Date(Date.now() + 7_200_000) };
  await expect
    .poll(async () => (await reconcileSchedules({ client: own.client, log, clock: later }, past)).deleted, {
      timeout: 20_000,
    })
    .toContain('trigger:soon');
});

test('reconcileSchedules() leaves alone what is the same and changes another form', async () => {
  const deps = { client: own.client, log };
  const first = fileSetOf({ same: trigger({ every: '90m' }), form: trigger({ every: '90m' }) });
  await reconcileSchedules(deps, first);
  await expect
    .poll(async () => await reconcileSchedules(deps, first), { timeout: 20_000 })
    .toEqual({ created: [], updated: [], deleted: [] });
  const second = fileSetOf({ same: trigger({ every: '90m' }), form: trigger({ rrule: 'FREQ=DAILY;BYHOUR=8' }) });
  expect(await reconcileSchedules(deps, second)).toEqual({ created: [], updated: ['trigger:form'], deleted: [] });
  expect((await described('form')).spec.calendars?.[0]?.hour).toMatchObject([{ start: 8 }]);
});

test('wakeSpec() wakes a daily rule at its own time although its first day has no such time', () => {
  const rule = { form: 'rrule', rrule: 'FREQ=DAILY', start: '2026-03-29T02:30:00', timezone: 'Europe/Berlin' } as const;
  const from = new Date('2026-03-28T12:00:00Z');
  expect(nextSlots(rule, from, 2).map((at) => at.toISOString())).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  expect(wakeSpec(rule).calendars?.[0]).toMatchObject({ hour: [{ start: 2 }], minute: [{ start: 30 }] });
});
