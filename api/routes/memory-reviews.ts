import { z } from 'zod';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { actOf } from './memory.ts';

const pair = z.strictObject({ factId: z.string(), other: z.string() });
const reviewView = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  undoneAt: z.iso.datetime().optional(),
  facts: z.int().describe('Believed before it'),
  merged: z.array(z.strictObject({ factId: z.string(), into: z.string() })).readonly(),
  archived: z.array(z.strictObject({ factId: z.string(), why: z.enum(['faded', 'overruled']) })).readonly(),
  erased: z.array(z.string()).readonly(),
  against: z.array(pair).readonly().describe('They say different things of the same; both stay'),
  promoted: z.array(z.string()).readonly().describe('Found by several questions on several days'),
  left: z.int().describe('Changes that wait for the next night'),
});

export const listMemoryReviews = route({
  method: 'get',
  path: '/api/v1/memory/reviews',
  summary: 'The nightly reviews of memory, newest first, and what each changed',
  access: 'token',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(20) }),
  answers: { 200: z.strictObject({ reviews: z.array(reviewView) }), 400: problem, 401: problem },
  handle: async ({ memory, personId }, { query: { limit } }) => {
    const reviews = (await memory.reviews(personId, limit)).map(({ id, at, found, undoneAt }) => ({
      ...{ id, at: at.toISOString(), ...found },
      ...(undoneAt === undefined ? {} : { undoneAt: undoneAt.toISOString() }),
    }));
    return { status: 200, body: { reviews } };
  },
});

export const undoMemoryReview = route({
  method: 'post',
  path: '/api/v1/memory/reviews/{id}/undo',
  summary: 'Takes up again what a review put aside, where nobody changed it since',
  access: 'token',
  params: z.strictObject({ id: z.string().max(40) }),
  body: z.strictObject({}),
  answers: {
    200: z.strictObject({ restored: z.array(z.string()).readonly() }),
    400: problem,
    401: problem,
    404: problem,
  },
  handle: async ({ memory, store, personId }, { params: { id } }) => {
    // Under the review's name: asked twice, it is undone once.
    const restored = await memory.undoReview(actOf({ store, personId }, `undo:${id}`), id);
    return { status: 200, body: { restored } };
  },
});
