import { z } from 'zod';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const postMessage = route({
  method: 'post',
  path: '/api/v1/messages',
  summary: 'Hands in a message on the channel `api`; answered when a fire of each trigger that it matches is safe',
  access: 'token',
  body: z.strictObject({
    id: z
      .string()
      .regex(/^[\w.:-]{1,100}$/, 'expected 1 to 100 letters, digits and . _ : -')
      .describe('The same id is the same message, however often it is sent'),
    text: z.string().min(1).max(32_768),
    room: z.string().max(200).optional(),
    from: z.string().max(200).default('me'),
  }),
  answers: {
    202: z.strictObject({
      fires: z.array(z.strictObject({ fireId: z.string(), workflowId: z.string(), accepted: z.boolean() })),
    }),
    400: problem,
    401: problem,
    503: problem,
  },
  handle: async ({ dispatch }, { body: { id, text, room, from } }) => {
    const place = room === undefined ? {} : { room };
    const fires = await dispatch.messageArrived({ ...place, id, text, from, channel: 'api', mention: true });
    return { status: 202, body: { fires } };
  },
});
