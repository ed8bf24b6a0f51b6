/** What a model may call. Its arguments are checked here before anything is done, whoever made them up. */
export interface ModelTool {
  /** Letters, digits and `_`. */
  readonly name: string;
  readonly does: string;
  /** JSON Schema of one object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One call that a model asked for. */
export interface ModelCall {
  /** The provider's own name of it; answered under the same one. */
  readonly id: string;
  readonly tool: string;
  /** JSON as the model wrote it: text from outside. */
  readonly args: string;
}

export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly calls?: readonly ModelCall[] }
  | { readonly role: 'tool'; readonly call: ModelCall; readonly content: string };

export interface ModelAsk {
  readonly messages: readonly ModelMessage[];
  /** None: it can only speak. */
  readonly tools: readonly ModelTool[];
  readonly maxOutputTokens: number;
  /** Called with all that was said so far, as it comes. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface ModelReply {
  readonly text: string;
  readonly calls: readonly ModelCall[];
  /** As the provider counts; estimated at four characters each where it does not say. */
  readonly tokens: { readonly input: number; readonly output: number };
}

/** A reply with who gave it. */
export interface AnsweredAsk extends ModelReply {
  /** Its name in `models.yaml`. */
  readonly model: string;
  /** In the unit of `price`; 0 where none is set. */
  readonly cost: number;
}

/**
 * Asks the models of `models.yaml` in their order until one answers. No retry inside, and none after the first word was
 * handed on.
 *
 * @throws modelBusy, modelRefused: what the last one came to
 */
export type AskModel = (ask: ModelAsk) => Promise<AnsweredAsk>;
