import { z } from 'zod';

/** What a model costs, per million tokens, in any one unit of money. Local ones cost nothing. */
const price = z
  .strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })
  .optional()
  .describe('Per million tokens; `agent.cost` in steward.yaml is in the same unit');

/** `models.yaml`: first usable model is tried first. With none, summaries are extractive. @source DESIGN.md section 6 */
export const modelsFile = z.strictObject({
  models: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          name: z.string().min(1),
          type: z.literal('remote'),
          endpoint: z.url(),
          /** Name of the model at the provider; `name` when left out. */
          model: z.string().optional(),
          auth: z.strictObject({ api_key: z.string().min(1) }).optional(),
          price,
        }),
        z.strictObject({
          name: z.string().min(1),
          type: z.literal('ollama'),
          endpoint: z.url().default('http://127.0.0.1:11434'),
          model: z.string().optional(),
          path: z.string().optional(),
          gpu_id: z.int().nonnegative().optional(),
          price,
        }),
      ]),
    )
    .default([]),
});
export type ModelsFile = z.infer<typeof modelsFile>;
export type ModelEntry = ModelsFile['models'][number];
