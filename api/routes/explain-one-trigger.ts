import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { triggerKinds } from '../../schemas/trigger-kinds.ts';
import { explainTrigger } from '../../triggers/explain-trigger.ts';
import { ownerZone } from '../../triggers/owner-zone.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const explained = z.strictObject({
  name: z.string(),
  kind: z.enum(triggerKinds),
  run: z.string(),
  picture: z.string().describe('One line at a glance'),
  inForce: z.boolean(),
  says: z.array(z.strictObject({ topic: z.string(), words: z.string() })).describe('What the file says, in words'),
  next: z.array(z.iso.datetime()).describe('The next three slots of a schedule'),
  notes: z.array(z.string()).describe('What is allowed and hardly meant'),
});

export const explainOneTrigger = route({
  method: 'get',
  path: '/api/v1/triggers/{name}/explain',
  summary: 'What a trigger’s file does, in words',
  access: 'reader',
  params: z.strictObject({ name: z.string().max(64) }),
  answers: { 200: explained, 401: problem, 404: problem },
  handle: ({ store, files }, { params }) => {
    const set = files.current();
    const trigger = set.triggers.get(params.name);
    if (trigger === undefined) throw new StewardError('notFound', `There is no trigger "${params.name}"`);
    return { status: 200, body: explainTrigger(trigger, { zone: ownerZone(set), now: store.clock.now() }) };
  },
});
