import { z } from 'zod';
import { newId } from '../../schemas/ids.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const requestId = z
  .string()
  .regex(/^[\w.:-]{1,100}$/, 'expected 1 to 100 letters, digits and . _ : -')
  .describe('The same id is the same fire, however often it is sent');

export const fireTrigger = route({
  method: 'post',
  path: '/api/v1/triggers/{name}/fire',
  summary: 'Fires a trigger now; answered when the row and the start of its run are safe',
  access: 'token',
  params: z.strictObject({ name: z.string().max(100) }),
  body: z
    .strictObject({ requestId: requestId.optional(), args: z.record(z.string(), z.json()).optional() })
    .default({}),
  headers: [{ name: 'Idempotency-Key', description: 'The request id, where the body names none' }],
  answers: {
    202: z.strictObject({
      fireId: z.string(),
      workflowId: z.string(),
      accepted: z.boolean().describe('False when this request had become that fire before'),
    }),
    400: problem,
    401: problem,
    404: problem,
    503: problem,
  },
  handle: async ({ dispatch, store }, { params, body, header }) => {
    const asked = body.requestId ?? header('idempotency-key') ?? newId('delivery', store.clock);
    const receipt = await dispatch.fireNow({
      trigger: params.name,
      requestId: asked,
      by: 'owner',
      ...(body.args === undefined ? {} : { args: body.args }),
    });
    return { status: 202, body: receipt, headers: { location: `/api/v1/fires/${receipt.fireId}` } };
  },
});
