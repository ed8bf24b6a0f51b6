import { z } from 'zod';
import type { WatchState } from '../../schemas/db/fires.ts';
import { endings } from '../../schemas/endings.ts';
import { newestFires } from '../../store/fires/newest-fires.ts';
import { readSteering, type SteeredNow } from '../../store/triggers/steer-state.ts';
import { readWatches } from '../../store/triggers/watch-state.ts';
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
  paused: z
    .strictObject({ by: z.string(), since: z.iso.datetime(), reason: z.string().optional() })
    .optional()
    .describe('Until it is resumed, its slots and events end as skipped'),
  skipNext: z.int().optional().describe('So many of the next fires are skipped'),
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
    const newest = await newestFires(store, [...set.triggers.keys()]);
    const steering = await readSteering(store);
    const watches = await readWatches(store);
    const triggers = [...set.triggers.values()].map((trigger) => {
      const { name, run, enabled, priority, deliver } = trigger;
      const fire = newest.get(name);
      const last =
        fire === undefined ? {} : { last: { fireId: fire.id, state: fire.state, dueAt: fire.dueAt.toISOString() } };
      return {
        ...{
          name,
          run,
          enabled,
          priority,
          deliver,
          ...viewSteering(steering.get(name)),
          ...viewWatch(watches.get(name)),
        },
        ...{ ...whenOf(trigger, ownerZone(set), store.clock.now()), ...last },
      };
    });
    return { status: 200, body: { triggers, faults: set.faults } };
  },
});

function viewSteering(steered: SteeredNow | undefined) {
  if (steered === undefined) return {};
  const { paused, skipNext } = steered;
  return {
    ...(paused === undefined ? {} : { paused: { ...paused, since: paused.since.toISOString() } }),
    ...(skipNext === 0 ? {} : { skipNext }),
  };
}

function viewWatch(watch: WatchState | undefined) {
  if (watch === undefined) return {};
  const { faulty, verdict, since, lookedAt, detail } = watch;
  const state = verdict === 'unknown' ? 'unknown' : faulty ? 'faulty' : 'well';
  return { watch: { state, since, lookedAt, detail } } as const;
}
