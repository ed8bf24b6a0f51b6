import { z } from 'zod';
import { storeSecret as keep } from '../../store/secrets/store-secret.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const storeSecret = route({
  method: 'post',
  path: '/api/v1/secrets/{name}',
  summary: 'Seals a secret under a name that files may refer to; nothing gives it back',
  access: 'token',
  params: z.strictObject({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'expected letters, digits and . _ -') }),
  body: z.strictObject({ value: z.string().min(1).max(32_768) }),
  answers: { 200: z.strictObject({ name: z.string() }), 400: problem, 401: problem, 503: problem },
  handle: async ({ store, personId }, { params, body }) => {
    await keep(store, personId, params.name, body.value);
    return { status: 200, body: { name: params.name } };
  },
});
