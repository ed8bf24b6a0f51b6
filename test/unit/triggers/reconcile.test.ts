// - Temporal's Schedules follow the files: what differs is changed, what is the same is not touched, what is gone goes.
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcileSchedules } from '../../../triggers/reconcile.ts';
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
const trigger = (schedule: string, more: object = {}) => ({
  run: 'noop',
  when: { schedule, timezone: 'Europe/Berlin' },
  missed: { policy: 'none' },
  ...more,
});
const empty = { created: [], updated: [], deleted: [] };

/** The list of Schedules lags; a second reading says what the first one meant. */
async function settled(set: ReturnType<typeof fileSetOf>) {
  await expect.poll(() => reconcileSchedules({ client: own.client, log }, set), { timeout: 20_000 }).toEqual(empty);
}

test('reconcileSchedules() creates, leaves alone, updates and deletes', async () => {
  const deps = { client: own.client, log };
  const first = fileSetOf({
    report: trigger('0 8 * * *'),
    check: trigger('*/5 * * * *'),
    post: { run: 'noop', when: { mail: {} } },
  });
  expect(await reconcileSchedules(deps, first)).toEqual({
    created: ['steward:sweep', 'trigger:report', 'trigger:check'],
    updated: [],
    deleted: [],
  });
  await settled(first);
  const before = await own.client.schedule.getHandle('trigger:report').describe();
  expect(before.action).toMatchObject({
    workflowType: 'wakeTrigger',
    args: [{ trigger: 'report' }],
    taskQueue: 'steward',
  });
  expect(before.policies).toMatchObject({ overlap: 'BUFFER_ONE', catchupWindow: 60_000 });
  expect(before.spec.timezone).toBe('Europe/Berlin');
  expect(before.info.nextActionTimes[0]?.getTime()).toBeGreaterThan(0);

  const second = fileSetOf({ report: trigger('30 8 * * *'), check: trigger('*/5 * * * *', { enabled: false }) });
  expect(await reconcileSchedules(deps, second)).toEqual({
    created: [],
    updated: ['trigger:report'],
    deleted: ['trigger:check'],
  });
  await settled(second);
  const after = await own.client.schedule.getHandle('trigger:report').describe();
  expect(after.spec.calendars?.[0]?.minute).toMatchObject([{ start: 30 }]);
});

test('reconcileSchedules() wakes on either day where cron means either', async () => {
  const set = fileSetOf({ either: trigger('0 12 13 * fri') });
  await reconcileSchedules({ client: own.client, log }, set);
  const { spec } = await own.client.schedule.getHandle('trigger:either').describe();
  expect(spec.calendars).toHaveLength(2);
});

test('reconcileSchedules() leaves Schedules of others alone', async () => {
  await own.client.schedule.create({
    scheduleId: 'mine',
    spec: { intervals: [{ every: '1d' }] },
    action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'x' },
  });
  const set = fileSetOf({});
  await reconcileSchedules({ client: own.client, log }, set);
  await settled(set);
  expect((await own.client.schedule.getHandle('mine').describe()).scheduleId).toBe('mine');
});

test('reconcileSchedules() is not kept from the other triggers by one that Temporal refuses', async () => {
  const refused = 'x'.repeat(2_000);
  const set = fileSetOf({ [refused]: trigger('0 8 * * *'), taken: trigger('0 9 * * *') });
  await expect(reconcileSchedules({ client: own.client, log }, set)).rejects.toThrow();
  const { spec } = await own.client.schedule.getHandle('trigger:taken').describe();
  expect(spec.calendars?.[0]?.hour).toMatchObject([{ start: 9 }]);
});

test('reconcileSchedules() lets watches look again and again, at once where they are new or other', async () => {
  const deps = { client: own.client, log };
  const url = 'http://127.0.0.1:1/';
  const watch = (every: string, more: object = {}) => ({ run: 'noop', when: { http: { url, every } }, ...more });
  const first = fileSetOf({
    shop: watch('30s', { until: '2030-01-01T00:00:00Z' }),
    disk: { run: 'noop', when: { metric: { machine: 'diskFreePercent', below: 5, every: '1500ms' } } },
    leap: watch('30s', { until: '2029-12-31T23:59:60Z' }),
    off: watch('30s', { enabled: false }),
  });
  expect((await reconcileSchedules(deps, first)).created).toEqual(
    expect.arrayContaining(['trigger:shop', 'trigger:disk', 'trigger:leap']),
  );
  await settled(first);
  const shop = await own.client.schedule.getHandle('trigger:shop').describe();
  expect(shop.action).toMatchObject({
    workflowType: 'watchTrigger',
    args: [{ trigger: 'shop' }],
    taskQueue: 'steward',
  });
  expect(shop.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 10_000 });
  expect(shop.spec.intervals).toMatchObject([{ every: 30_000 }]);
  expect(shop.spec.endAt).toEqual(new Date('2030-01-01T00:00:00Z'));
  const leap = await own.client.schedule.getHandle('trigger:leap').describe();
  expect(leap.spec.endAt).toEqual(new Date('2030-01-01T00:00:00Z'));
  // Temporal counts in whole seconds, so a part of one becomes a whole one.
  const disk = await own.client.schedule.getHandle('trigger:disk').describe();
  expect(disk.spec.intervals).toMatchObject([{ every: 2_000 }]);
  await expect.poll(() => started(own.client, 'watch:shop'), { timeout: 20_000 }).toBe(1);
  const second = fileSetOf({ shop: watch('40s') });
  const changed = await reconcileSchedules(deps, second);
  expect(changed).toMatchObject({ updated: ['trigger:shop'] });
  expect([...changed.deleted].sort()).toEqual(['trigger:disk', 'trigger:leap']);
});

/** Runs of a watch that its Schedule has started: their ids begin with ours. */
async function started(client: Client, id: string): Promise<number> {
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'watchTrigger'" })) {
    if (workflowId.startsWith(id)) ids.add(workflowId);
  }
  return ids.size;
}
