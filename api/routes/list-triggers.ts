import { desc } from 'drizzle-orm';
import { z } from 'zod';
import { fires } from '../../schemas/db/fires.ts';
import { endings } from '../../schemas/endings.ts';
import type { Store } from '../../store/store.ts';
import { ownerZone } from '../../triggers/owner-zone.ts';
import { whenOf } from '../../triggers/when-of.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const triggerView = z.strictObject({
  name: z.string(),
  run: z.string(),
  enabled: z.boolean(),
  when: z.string().describe('The schedule, or the kind such as `mail`'),
  timezone: z.string().optional(),
  priority: z.string(),
  deliver: z.array(z.string()),
  next: z.iso.datetime().optional().describe('The next slot of a schedule that is enabled'),
  last: z
    .strictObject({ fireId: z.string(), state: z.enum(['open', ...endings]), dueAt: z.iso.datetime() })
    .optional()
    .describe('The newest fire'),
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
    const triggers = [...set.triggers.values()].map((trigger) => {
      const { name, run, enabled, priority, deliver } = trigger;
      const fire = newest.get(name);
      const last =
        fire === undefined ? {} : { last: { fireId: fire.id, state: fire.state, dueAt: fire.dueAt.toISOString() } };
      return { name, run, enabled, priority, deliver, ...whenOf(trigger, ownerZone(set), store.clock.now()), ...last };
    });
    return { status: 200, body: { triggers, faults: set.faults } };
  },
});

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
