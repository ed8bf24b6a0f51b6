import { z } from 'zod';

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
        }),
        z.strictObject({
          name: z.string().min(1),
          type: z.literal('ollama'),
          endpoint: z.url().default('http://127.0.0.1:11434'),
          model: z.string().optional(),
          path: z.string().optional(),
          gpu_id: z.int().nonnegative().optional(),
        }),
      ]),
    )
    .default([]),
});
export type ModelsFile = z.infer<typeof modelsFile>;
export type ModelEntry = ModelsFile['models'][number];
