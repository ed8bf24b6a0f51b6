import { z } from 'zod';
import { intents } from '../../schemas/model-intents.ts';
import { modelLanguages } from '../../schemas/model-languages.ts';
import { callOutcomes } from '../../schemas/model-outcomes.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const can = z.strictObject({
  tools: z
    .union([z.boolean(), z.literal('envelope')])
    .optional()
    .describe('`envelope`: it is told of tools in words, and names one in an object'),
  schema: z.boolean().optional(),
  vision: z.boolean().optional().describe('Whether it takes pictures'),
  audio: z.boolean().optional().describe('Whether it takes sounds'),
  languages: z
    .array(z.enum(modelLanguages))
    .readonly()
    .optional()
    .describe('Of those that are tried, in which it answered'),
  context: z.int().optional().describe('Tokens, in and out'),
  size: z.int().optional().describe('Bytes of its weights'),
  dimensions: z.int().optional().describe('Numbers in a vector, where it makes those'),
});
const modelView = z.strictObject({
  name: z.string(),
  type: z.string(),
  host: z.string(),
  local: z.boolean().describe('Whether words that must not leave may go there'),
  rests: z.strictObject({ until: z.iso.datetime(), why: z.string() }).optional(),
  can,
  seen: z
    .strictObject({
      calls: z.int(),
      answered: z.int(),
      reused: z.int().describe('Questions that it had answered before, so that it was not asked'),
      tokens: z.number(),
      cost: z.number(),
      latencyMs: z.number().optional().describe('Half of its answers took at most this'),
    })
    .describe('In the last 24 hours'),
});

export const listModels = route({
  method: 'get',
  path: '/api/v1/models',
  summary: 'The models of models.yaml, and how each stands',
  access: 'reader',
  answers: { 200: z.strictObject({ models: z.array(modelView) }), 401: problem },
  handle: async ({ models }) => {
    const views = (await models.list()).map(({ rests, ...view }): z.infer<typeof modelView> => {
      return { ...view, ...(rests === undefined ? {} : { rests: { ...rests, until: rests.until.toISOString() } }) };
    });
    return { status: 200, body: { models: views } };
  },
});

export const explainModels = route({
  method: 'post',
  path: '/api/v1/models/explain',
  summary: 'Which models would be asked something, in which order, and why; asks none',
  access: 'reader',
  body: z.strictObject({
    text: z.string().min(1).max(32_768),
    tools: z.boolean().default(true).describe('As a turn of a conversation, which may call tools'),
    localOnly: z.boolean().default(false).describe('As what comes by a channel of `privacy: local-only`'),
  }),
  answers: {
    200: z.strictObject({
      intent: z.enum(intents),
      why: z.string().describe('What the intent was recognised by'),
      models: z.array(
        z.strictObject({
          name: z.string(),
          place: z.int().optional().describe('From 1; not asked when left out'),
          reasons: z.array(z.string()),
        }),
      ),
    }),
    400: problem,
    401: problem,
  },
  handle: async ({ models }, { body }) => ({ status: 200, body: await models.explain(body) }),
});

export const testModel = route({
  method: 'post',
  path: '/api/v1/models/{name}/test',
  summary: 'Really asks a model for a word, an object and a tool, and keeps what it can do',
  access: 'token',
  params: z.strictObject({ name: z.string().max(100) }),
  body: z.strictObject({}).default({}),
  answers: {
    200: z.strictObject({
      name: z.string(),
      outcome: z.enum(callOutcomes),
      why: z.string().optional(),
      tookMs: z.number().describe('Until the first answer'),
      tokens: z.int(),
      cost: z.number(),
      can,
    }),
    400: problem,
    401: problem,
    404: problem,
  },
  handle: async ({ models }, { params: { name } }) => ({ status: 200, body: await models.test(name) }),
});
