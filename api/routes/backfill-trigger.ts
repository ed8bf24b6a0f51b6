import { z } from 'zod';
import { newId } from '../../schemas/ids.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { requestId } from './fire-trigger.ts';

const instant = z.iso.datetime({ offset: true });

export const backfillTrigger = route({
  method: 'post',
  path: '/api/v1/triggers/{name}/backfill',
  summary: 'Fires the slots of a range that did not run, one after another; answered when all rows are safe',
  access: 'token',
  params: z.strictObject({ name: z.string().max(100) }),
  body: z.strictObject({
    from: instant.describe('First instant of the range'),
    to: instant.describe('Last instant of the range; not in the future'),
    max: z.int().min(1).max(1_000).default(100).describe('At most so many, the oldest'),
    dryRun: z.boolean().default(false).describe('Only says which slots would be fired'),
    requestId: requestId.optional(),
  }),
  headers: [{ name: 'Idempotency-Key', description: 'The request id, where the body names none' }],
  answers: {
    202: z.strictObject({
      requestId: z.string(),
      slots: z.array(
        z.strictObject({ dueAt: z.iso.datetime(), fireId: z.string().optional(), accepted: z.boolean().optional() }),
      ),
      left: z.int().describe('Slots beyond `max` that did not run either'),
    }),
    400: problem,
    401: problem,
    404: problem,
    503: problem,
  },
  handle: async ({ dispatch, store }, { params: { name }, body, header }) => {
    const done = await dispatch.backfill({
      ...{ trigger: name, by: 'owner', max: body.max, dryRun: body.dryRun },
      ...{ from: new Date(body.from), to: new Date(body.to) },
      requestId: body.requestId ?? header('idempotency-key') ?? newId('delivery', store.clock),
    });
    const slots = done.slots.map((slot) => ({ ...slot, dueAt: slot.dueAt.toISOString() }));
    return { status: 202, body: { ...done, slots } };
  },
});
