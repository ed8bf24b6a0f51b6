import { z } from 'zod';
import { intents } from '../../schemas/model-intents.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const text = z.string().trim().min(1).max(2_000);
const intent = z.enum(intents).exclude(['command']);

export const teachIntent = route({
  method: 'post',
  path: '/api/v1/models/lessons',
  summary: 'Says what was meant by something: it, and what is like it, is taken so from then on',
  access: 'token',
  body: z.strictObject({ text, intent }),
  answers: {
    200: z.strictObject({ id: z.string(), lessons: z.int().describe('How many there are') }),
    400: problem,
    401: problem,
  },
  handle: async ({ models }, { body }) => ({ status: 200, body: await models.teach(body) }),
});

export const listLessons = route({
  method: 'get',
  path: '/api/v1/models/lessons',
  summary: 'What was said to be meant by what, newest first',
  access: 'token',
  answers: {
    200: z.strictObject({
      lessons: z.array(z.strictObject({ id: z.string(), text: z.string(), intent: z.enum(intents) })),
    }),
    401: problem,
  },
  handle: async ({ models }) => ({ status: 200, body: { lessons: [...(await models.lessons())] } }),
});

export const dropLesson = route({
  method: 'delete',
  path: '/api/v1/models/lessons/{id}',
  summary: 'Forgets a lesson',
  access: 'token',
  params: z.strictObject({ id: z.string().max(60) }),
  answers: { 200: z.strictObject({ id: z.string() }), 401: problem, 404: problem },
  handle: async ({ models }, { params: { id } }) => {
    await models.unteach(id);
    return { status: 200, body: { id } };
  },
});
