import type { ModelReply, ProviderAsk } from '../../../schemas/model-chat.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import type { AnswerBounds } from './bounded-fetch.ts';

/**
 * Asks one model once, with tools, and hands on its words as they come. Never retries inside. Fails with a `ModelFault` for
 * what the far side did, with the reason of `signal` where the caller ended it.
 */
export type AskProvider<E extends ModelEntry = ModelEntry> = (
  entry: E,
  ask: ProviderAsk,
  bounds: AnswerBounds,
) => Promise<ModelReply>;
