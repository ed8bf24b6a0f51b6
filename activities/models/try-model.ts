import { modelOutcomes } from '../../schemas/model-outcomes.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { askProvider } from './providers/ask-provider.ts';
import { embedByProvider } from './providers/embed-provider.ts';
import { ModelFault } from './providers/name-outcome.ts';

const bounds = { wholeMs: 300_000, firstMs: 240_000, maxBytes: 1_048_576 };

/** Asks a model that is in no file yet for a word, or for a vector. @returns why there is no answer, in words */
export async function tryModel(entry: ModelEntry, vectors: boolean): Promise<string | undefined> {
  try {
    if (vectors) {
      await embedByProvider(entry, ['one text'], bounds);
      return undefined;
    }
    const { text } = await askProvider(
      entry,
      { messages: [{ role: 'user', content: 'Answer with the one word OK.' }], tools: [], maxOutputTokens: 1_000 },
      bounds,
    );
    return text.trim() === '' ? 'it answered without a word' : undefined;
  } catch (error) {
    if (error instanceof ModelFault) return error.why ?? modelOutcomes[error.outcome].means;
    throw error;
  }
}
