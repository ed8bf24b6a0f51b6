import type { EmbedAsk } from '../../schemas/model-embed.ts';
import type { ModelEntry, ModelsFile } from '../../schemas/models-file.ts';
import type { Meter } from './meter.ts';
import type { ModelHealth } from './model-health.ts';
import { embedByProvider } from './providers/embed-provider.ts';
import { ModelFault } from './providers/name-outcome.ts';
import { traceEmbedding } from './trace-call.ts';

export interface EmbedDeps {
  readonly meter: Meter;
  readonly health: ModelHealth;
}

const bounds = { wholeMs: 300_000, firstMs: 240_000, maxBytes: 32 * 1_048_576 };

/** Has a model make vectors in one call that is counted, traced and within budgets. Fails with a `ModelFault`. */
export async function embedOnce(
  { meter, health }: EmbedDeps,
  file: ModelsFile,
  entry: ModelEntry,
  { for: asked, localOnly = false, signal }: Omit<EmbedAsk, 'texts'>,
  texts: readonly string[],
) {
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  const counted = {
    for: asked,
    maxOutputTokens: 0,
    intent: 'embed' as const,
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const call = await meter.begin(file, entry, counted, { tokens, tokensIn: tokens, localOnly });
    try {
      const { vectors, tokens: spent } = await traceEmbedding(entry, { texts, for: asked }, () =>
        embedByProvider(entry, texts, bounds, signal),
      );
      const cost = call.ended('answered', spent);
      await health.answered(entry);
      return { vectors, cost, tokens: spent };
    } catch (error) {
      call.failed(error instanceof ModelFault ? error.outcome : 'stopped');
      throw error;
    }
  } catch (error) {
    // Our own limits say nothing of the far side.
    if (error instanceof ModelFault && !error.ours) await health.failed(entry, error.outcome, error.waitMs);
    throw error;
  }
}
