import { z } from 'zod';
import { intents } from './model-intents.ts';
import { modelLanguages } from './model-languages.ts';

/** What a model costs, per million tokens, in any one unit of money. Local ones cost nothing. */
const price = z
  .strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })
  .optional()
  .describe('Per million tokens; every `cost` in steward.yaml and here is in the same unit');

/** What may be used up. Counted for 24 hours back from each call, so that midnight is no second budget. */
const budget = z.strictObject({
  tokensPerDay: z.int().min(1_000).optional().describe('In and out'),
  costPerDay: z.number().positive().optional(),
});

const common = {
  name: z.string().min(1).max(100),
  model: z.string().min(1).optional().describe('Its name at the provider; `name` when left out'),
  price,
  local: z
    .boolean()
    .optional()
    .describe('Whether words that must not leave may go there; true for this machine when left out'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Plain HTTP to another machine; whoever listens on the way reads and changes all of it'),
  can: z
    .strictObject({
      tools: z
        .union([z.boolean(), z.literal('envelope')])
        .optional()
        .describe('`envelope`: it is told of tools in words, and names one in an object'),
      schema: z.boolean().optional().describe('Whether it is asked to keep to a JSON Schema, or else for any JSON'),
      context: z.int().min(256).optional().describe('Tokens, in and out'),
      size: z.int().min(1).optional().describe('Bytes of its weights'),
      vision: z.boolean().optional().describe('Whether it is shown pictures'),
      audio: z.boolean().optional().describe('Whether it is given sounds'),
      languages: z.array(z.enum(modelLanguages)).optional().describe('Of these; others are not looked at'),
    })
    .prefault({})
    .describe('What it can do, where that is known better than `steward models test` found'),
  limits: z
    .strictObject({
      requestsPerMinute: z.int().min(1).optional(),
      tokensPerMinute: z.int().min(1_000).optional(),
    })
    .prefault({})
    .describe('What its provider allows; kept by all workers together'),
  budget: budget.prefault({}),
};

const keepMinutes = z.int().min(0).max(1_440).describe('How long it stays in memory when nobody asks it');

const entry = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('remote'),
    ...common,
    endpoint: z.url({ protocol: /^https?$/ }),
    api: z
      .enum(['chat', 'responses'])
      .default('chat')
      .describe('Chat Completions, or Responses where they are offered'),
    auth: z.strictObject({ api_key: z.string().min(1) }).optional(),
  }),
  z.strictObject({
    type: z.literal('ollama'),
    ...common,
    endpoint: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:11434'),
    path: z
      .string()
      .optional()
      .describe('A GGUF file, or a folder with one, of which `steward models pull` makes the model there'),
    gpu_id: z.int().nonnegative().optional(),
    keepMinutes: keepMinutes.optional(),
  }),
  z.strictObject({
    type: z.literal('gguf'),
    ...common,
    path: z
      .string()
      .regex(/^\//, 'is no absolute path')
      .describe('A GGUF file on this machine, run in the worker itself'),
    gpu: z.enum(['none', 'cuda', 'vulkan', 'metal']).default('none'),
    threads: z.int().min(1).max(256).optional().describe('One less than there are cores when left out'),
    keepMinutes: keepMinutes.default(10),
  }),
]);
export type ModelEntry = z.infer<typeof entry>;

const names = z.array(z.string());

/** `models.yaml`: any number of models, or none; then summaries are extractive. @source DESIGN.md section 6 */
export const modelsFile = z
  .strictObject({
    models: z.array(entry).default([]),
    prefer: z
      .partialRecord(z.enum(intents), names)
      .default({})
      .describe('Which models are asked first for what; the others follow'),
    order: z
      .enum(['file', 'cheapest', 'fastest', 'smallest', 'largest'])
      .default('file')
      .describe(
        'Of those that `prefer` does not name: as they stand here, by price, by what was seen of them, or by size; what no size is known of counts as large',
      ),
    probe: z
      .boolean()
      .default(true)
      .describe('Whether a new entry is asked some short questions, once, to find out what it can do'),
    budget: budget.prefault({}).describe('Of all models together'),
    budgets: z
      .strictObject({
        person: z.record(z.string(), budget).default({}).describe('By the handle of a person'),
        trigger: z.record(z.string(), budget).default({}).describe('By the name of a trigger'),
        flow: z.record(z.string(), budget).default({}).describe('By the name of a flow; turns are `conversation`'),
      })
      .prefault({})
      .describe('Of what is asked for one person, by one trigger or in one flow, over all models'),
    recognise: z
      .string()
      .optional()
      .describe('Which model is asked what somebody wants, where neither rules nor lessons say; none when left out'),
    embed: z.string().optional().describe('Which model makes vectors of texts; it is asked for nothing else'),
    cache: z
      .strictObject({ hours: z.int().min(0).max(720).default(24).describe('How long an answer is kept; 0: none is') })
      .prefault({})
      .describe('What was asked before with temperature 0 and without tools, word for word, is not asked again'),
  })
  .superRefine(({ models, prefer, recognise, embed }, context) => {
    const known = models.map(({ name }) => name);
    for (const [at, model] of models.entries()) {
      if (known.indexOf(model.name) < at)
        context.addIssue({ code: 'custom', path: ['models', at, 'name'], message: 'is the name of another model too' });
      if (model.type === 'gguf') continue;
      if (!model.insecure && new URL(model.endpoint).protocol === 'http:' && !isLoopback(model.endpoint))
        context.addIssue({
          ...{ code: 'custom', path: ['models', at, 'endpoint'] },
          message: 'is plain HTTP to another machine: use https, or say `insecure: true` beside it',
        });
    }
    if (recognise !== undefined && !known.includes(recognise))
      context.addIssue({ code: 'custom', path: ['recognise'], message: 'is the name of no model' });
    if (embed !== undefined && !known.includes(embed))
      context.addIssue({ code: 'custom', path: ['embed'], message: 'is the name of no model' });
    const silent = 'is the model of `embed`, which says nothing: name another entry for words';
    if (recognise !== undefined && recognise === embed)
      context.addIssue({ code: 'custom', path: ['recognise'], message: silent });
    for (const [intent, preferred] of Object.entries(prefer))
      for (const [at, name] of preferred.entries())
        if (!known.includes(name) || name === embed)
          context.addIssue({
            ...{ code: 'custom', path: ['prefer', intent, at] },
            message: known.includes(name) ? silent : 'is the name of no model',
          });
  });
export type ModelsFile = z.infer<typeof modelsFile>;

/** Whether an address is this machine. Pure. */
export function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether words that must not leave may go to a model. Pure. */
export const isLocal = (entry: ModelEntry): boolean =>
  entry.local ?? (entry.type === 'gguf' || isLoopback(entry.endpoint));

/** Where a model is: its endpoint, or its file. Pure. */
export const placeOfModel = (entry: ModelEntry): string => (entry.type === 'gguf' ? entry.path : entry.endpoint);
