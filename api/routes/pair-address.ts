import { z } from 'zod';
import { pairAddress as pair } from '../../store/people/pair-address.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const pairAddress = route({
  method: 'post',
  path: '/api/v1/pairings',
  summary: 'Lets in whoever was given this code: what that address says counts as the owner’s own word',
  access: 'token',
  body: z.strictObject({ code: z.string().min(4).max(40) }),
  answers: {
    200: z.strictObject({ channel: z.string(), address: z.string() }),
    400: problem,
    401: problem,
    404: problem,
    503: problem,
  },
  handle: async ({ store, personId }, { body: { code } }) => {
    return { status: 200, body: await pair(store, { personId, code, by: 'owner' }) };
  },
});
