import type { AskedFor, ModelTokens } from './model-chat.ts';

/** Texts that are to become vectors. */
export interface EmbedAsk {
  /** None is empty. */
  readonly texts: readonly string[];
  readonly for: AskedFor;
  /** No word of them may leave for a model that is not local. */
  readonly localOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** What a provider made of some texts. */
export interface EmbedReply {
  /** One for each text, in the order of the texts, all of one length. */
  readonly vectors: readonly Float32Array[];
  readonly tokens: ModelTokens;
}

/** Vectors, by whom and for how much. */
export interface EmbeddedTexts {
  readonly vectors: readonly Float32Array[];
  /** Its name in `models.yaml`. */
  readonly model: string;
  /** What makes vectors comparable: those of another space say nothing beside these. */
  readonly space: string;
  /** In the unit of `price`; of what was not known before. */
  readonly cost: number;
}

/**
 * Has the model of `embed` in `models.yaml` make vectors. The same text of the same person is asked once for ever. Nobody
 * takes its place where it is away: vectors of two models cannot be compared.
 *
 * @throws modelNone where there is none, or where words must not leave; modelBusy, modelRefused
 */
export type EmbedTexts = (ask: EmbedAsk) => Promise<EmbeddedTexts>;
