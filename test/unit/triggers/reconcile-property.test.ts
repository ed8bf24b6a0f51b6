// - After each reconciliation the Schedules are those of the files, whatever files there were before, however soon before.
// - What is the same is not touched: it is in no list of changes, and the server has seen no update of it.
import type { ScheduleDescription } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slotRuleOf } from '../../../schemas/slot-rule.ts';
import type { RecentSchedules } from '../../../triggers/recent-schedules.ts';
import { reconcileSchedules } from '../../../triggers/reconcile.ts';
import { nextSlots } from '../../../triggers/slots.ts';
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
const slots = { run: 'noop', missed: { policy: 'none' } };

/** What `when` may be, and whether a Schedule belongs to it. Each word is one state of a Schedule. */
const withSchedule: Record<string, object> = {
  daily: { ...slots, when: { schedule: '0 8 * * *' } },
  later: { ...slots, when: { schedule: '30 8 * * *' } },
  elsewhere: { ...slots, when: { schedule: '0 8 * * *', timezone: 'America/New_York' } },
  seconds: { ...slots, when: { schedule: '15 0 8 * * mon' } },
  eitherDay: { ...slots, when: { schedule: '0 12 13 * fri' } },
  nickname: { ...slots, when: { schedule: '@weekly' } },
  every: { ...slots, when: { every: '90m' } },
  everyFrom: { ...slots, when: { every: '2h', start: '2026-01-01T08:30:00Z' } },
  at: { ...slots, when: { at: '2096-02-29T08:00:00Z' } },
  rrule: { ...slots, when: { rrule: 'FREQ=MONTHLY;BYDAY=-1FR', start: '2026-01-01T16:00:00' } },
  until: { ...slots, until: '2090-01-01T00:00:00Z', when: { schedule: '0 8 * * *' } },
};
const withNone: Record<string, object> = {
  off: { ...slots, enabled: false, when: { schedule: '0 8 * * *' } },
  past: { ...slots, when: { at: '2020-01-01T08:00:00Z' } },
  ended: { ...slots, until: '2020-01-01T00:00:00Z', when: { schedule: '0 8 * * *' } },
  mail: { run: 'noop', when: { mail: {} } },
  message: { run: 'noop', when: { message: { room: 'x' } } },
  webhook: { run: 'noop', when: { webhook: { provider: 'bearer', secret: 'canary-secret' } } },
  file: { run: 'noop', when: { file: { path: 'x' } } },
  flow: { run: 'noop', when: { flow: { run: 'noop' } } },
};
const all = { ...withSchedule, ...withNone };
const names = ['a', 'b', 'c', 'd'] as const;

/** Of each name: absent, or a word and a priority, which no Schedule knows of. */
const someFiles = fc.record(
  Object.fromEntries(
    names.map((name) => [
      name,
      fc.option(
        fc.record({ word: fc.constantFrom(...Object.keys(all)), priority: fc.constantFrom('normal', 'high') }),
        { nil: undefined, freq: 4 },
      ),
    ]),
  ) as Record<(typeof names)[number], fc.Arbitrary<{ word: string; priority: string } | undefined>>,
);

const setOf = (files: Record<string, { word: string; priority: string } | undefined>) =>
  fileSetOf(
    Object.fromEntries(
      Object.entries(files).flatMap(([name, file]) =>
        file === undefined ? [] : [[name, { ...all[file.word], priority: file.priority }]],
      ),
    ),
  );

/** Asked for itself, not in a list: this is as it is now. */
async function describeOf(name: string): Promise<ScheduleDescription | undefined> {
  try {
    return await own.client.schedule.getHandle(`trigger:${name}`).describe();
  } catch (error) {
    if ((error as Error).name !== 'ScheduleNotFoundError') throw error;
    return undefined;
  }
}

const idsOf = (list: readonly string[]) => list.filter((id) => id.startsWith('trigger:')).sort();
const fewFiles = fc.array(someFiles, { minLength: 2, maxLength: 6 });

test('reconcileSchedules() leaves the Schedules of the newest files after any files before, and touches no other', async () => {
  const recent: RecentSchedules = new Map();
  const deps = { client: own.client, log, recent };
  /** Word by name of what the server should have. */
  const before = new Map<string, { word: string; updated: unknown }>();
  let steps = 0;
  const follow = async (files: Record<string, { word: string; priority: string } | undefined>) => {
    const set = setOf(files);
    const changes = await reconcileSchedules(deps, set);
    const wanted = new Map(
      Object.entries(files).flatMap(([name, file]) =>
        file !== undefined && file.word in withSchedule ? [[name, file.word] as const] : [],
      ),
    );
    const idWhere = (list: readonly string[], keep: (name: string) => boolean) =>
      list.filter(keep).map((name) => `trigger:${name}`);
    expect(idsOf(changes.created)).toEqual(idWhere(names, (name) => wanted.has(name) && !before.has(name)));
    expect(idsOf(changes.deleted)).toEqual(idWhere(names, (name) => !wanted.has(name) && before.has(name)));
    expect(idsOf(changes.updated)).toEqual(
      idWhere(names, (name) => wanted.has(name) && before.has(name) && before.get(name)?.word !== wanted.get(name)),
    );
    for (const name of names) {
      const found = await describeOf(name);
      const word = wanted.get(name);
      expect(found !== undefined, `${name} as ${word}`).toBe(word !== undefined);
      if (found === undefined || word === undefined) {
        before.delete(name);
        continue;
      }
      const rule = slotRuleOf(set.triggers.get(name)!, 'Europe/Berlin')!;
      const due = nextSlots(rule, new Date(Date.now() - 60_000), 2).map((at) => at.getTime());
      // A recurrence rule may wake more often than it has slots; then its next slot is not the next wake.
      if (word !== 'rrule') expect(due).toContain(found.info.nextActionTimes[0]?.getTime());
      expect(found.action).toMatchObject({ workflowType: 'wakeTrigger', args: [{ trigger: name }] });
      const updated = found.info.lastUpdatedAt?.getTime();
      if (before.get(name)?.word === word) expect(updated, `${name} was touched`).toBe(before.get(name)?.updated);
      before.set(name, { word, updated });
    }
    steps += 1;
  };
  await fc.assert(
    fc.asyncProperty(fewFiles, async (sequence) => {
      for (const files of sequence) await follow(files);
    }),
    { numRuns: 10, seed: 4 },
  );
  expect(steps).toBeGreaterThan(20);
  const nothing = await reconcileSchedules(deps, setOf({}));
  expect(nothing.deleted.length).toBe(before.size);
});

test('reconcileSchedules() takes back at once what was saved and undone, and makes again what was deleted and came back', async () => {
  const recent: RecentSchedules = new Map();
  const follow = (word?: string) =>
    reconcileSchedules(
      { client: own.client, log, recent },
      setOf({ a: word === undefined ? undefined : { word, priority: 'normal' } }),
    );
  await follow('daily');
  for (let round = 0; round < 5; round += 1) {
    expect((await follow('later')).updated).toEqual(['trigger:a']);
    expect((await follow('daily')).updated).toEqual(['trigger:a']);
    expect((await describeOf('a'))?.spec.calendars?.[0]?.minute).toMatchObject([{ start: 0 }]);
    expect((await follow()).deleted).toEqual(['trigger:a']);
    expect((await follow('daily')).created).toEqual(['trigger:a']);
    expect(await describeOf('a')).toBeDefined();
  }
  await follow();
});
