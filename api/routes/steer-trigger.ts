import { z } from 'zod';
import type { Steered } from '../../schemas/dispatch.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const params = z.strictObject({ name: z.string().max(100) });
const steered = z.strictObject({
  trigger: z.string(),
  paused: z.strictObject({ by: z.string(), since: z.iso.datetime() }).optional(),
  skipNext: z.int().describe('So many of the next fires are skipped'),
});
const answers = { 200: steered, 400: problem, 401: problem, 404: problem, 503: problem };

/** Whoever holds the token acts for the owner. */
const by = 'owner';

export const pauseTrigger = route({
  method: 'post',
  path: '/api/v1/triggers/{name}/pause',
  summary: 'Pauses a trigger until it is resumed: its slots and events end as skipped; a request still runs',
  access: 'token',
  params,
  body: z.strictObject({ reason: z.string().trim().min(1).max(500).optional() }).default({}),
  answers,
  handle: async ({ dispatch }, { params: { name }, body: { reason } }) => {
    const now = await dispatch.pause({ trigger: name, by, ...(reason === undefined ? {} : { reason }) });
    return { status: 200, body: viewOf(now) };
  },
});

export const resumeTrigger = route({
  method: 'post',
  path: '/api/v1/triggers/{name}/resume',
  summary: 'Takes a pause back',
  access: 'token',
  params,
  body: z.strictObject({}).default({}),
  answers,
  handle: async ({ dispatch }, { params: { name } }) => ({
    status: 200,
    body: viewOf(await dispatch.resume({ trigger: name, by })),
  }),
});

export const skipFires = route({
  method: 'post',
  path: '/api/v1/triggers/{name}/skip',
  summary: 'Skips the next fires of a trigger; sets, and does not add',
  access: 'token',
  params,
  body: z
    .strictObject({ count: z.int().min(0).max(1_000).default(1).describe('0 takes it back') })
    .default({ count: 1 }),
  answers,
  handle: async ({ dispatch }, { params: { name }, body: { count } }) => ({
    status: 200,
    body: viewOf(await dispatch.skip({ trigger: name, by, count })),
  }),
});

function viewOf({ trigger, paused, skipNext }: Steered): z.infer<typeof steered> {
  const pause = paused === undefined ? {} : { paused: { by: paused.by, since: paused.since.toISOString() } };
  return { trigger, ...pause, skipNext };
}
