import { desc } from 'drizzle-orm';
import { z } from 'zod';
import { fires, type WatchState } from '../../schemas/db/fires.ts';
import { endings } from '../../schemas/endings.ts';
import { kindOf } from '../../schemas/trigger-kinds.ts';
import type { Store } from '../../store/store.ts';
import { readWatches } from '../../store/triggers/watch-state.ts';
import { ownerZone } from '../../triggers/owner-zone.ts';
import { nextSlots } from '../../triggers/slots.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const triggerView = z.strictObject({
  name: z.string(),
  run: z.string(),
  enabled: z.boolean(),
  when: z.string().describe('The schedule, or the kind of event'),
  timezone: z.string().optional(),
  priority: z.string(),
  deliver: z.array(z.string()),
  next: z.iso.datetime().optional().describe('The next slot of a schedule that is enabled'),
  last: z
    .strictObject({ fireId: z.string(), state: z.enum(['open', ...endings]), dueAt: z.iso.datetime() })
    .optional()
    .describe('The newest fire'),
  watch: z
    .strictObject({
      state: z.enum(['well', 'faulty', 'unknown']),
      since: z.iso.datetime().describe('Since when it is well or faulty'),
      lookedAt: z.iso.datetime(),
      detail: z.string(),
    })
    .optional()
    .describe('Of a trigger that watches something: where it stands; unknown where the last look said nothing'),
});

const faultView = z.strictObject({
  kind: z.string(),
  path: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
  lastGoodInForce: z.boolean(),
});

export const listTriggers = route({
  method: 'get',
  path: '/api/v1/triggers',
  summary: 'The triggers in force, with next slot and last ending, and what is wrong in any file',
  access: 'reader',
  answers: { 200: z.strictObject({ triggers: z.array(triggerView), faults: z.array(faultView) }), 401: problem },
  handle: async ({ store, files }) => {
    const set = files.current();
    const newest = await newestFires(store);
    const watches = await readWatches(store);
    const triggers = [...set.triggers.values()].map(({ name, run, enabled, when, priority, deliver }) => {
      const watch = watches.get(name);
      const common = { ...{ name, run, enabled, priority, deliver }, ...(watch === undefined ? {} : watchOf(watch)) };
      const fire = newest.get(name);
      const last =
        fire === undefined ? {} : { last: { fireId: fire.id, state: fire.state, dueAt: fire.dueAt.toISOString() } };
      if (!('schedule' in when)) return { ...common, when: kindOf({ when }), ...last };
      const timezone = when.timezone ?? ownerZone(set);
      const [next] = enabled ? nextSlots({ schedule: when.schedule, timezone }, store.clock.now(), 1) : [];
      const slot = next === undefined ? {} : { next: next.toISOString() };
      return { ...common, when: when.schedule, timezone, ...slot, ...last };
    });
    return { status: 200, body: { triggers, faults: set.faults } };
  },
});

function watchOf({ faulty, verdict, since, lookedAt, detail }: WatchState) {
  const state = verdict === 'unknown' ? 'unknown' : faulty ? 'faulty' : 'well';
  return { watch: { state, since, lookedAt, detail } } as const;
}

async function newestFires(store: Store) {
  const rows = await store.db
    .selectDistinctOn([fires.trigger], {
      trigger: fires.trigger,
      id: fires.id,
      state: fires.state,
      dueAt: fires.dueAt,
    })
    .from(fires)
    .orderBy(fires.trigger, desc(fires.id));
  return new Map(rows.map((row) => [row.trigger, row]));
}
