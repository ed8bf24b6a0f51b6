import type { Intent } from './model-intents.ts';

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

/** A picture or a sound that goes with words. */
export interface ModelMedia {
  readonly mime: (typeof pictureTypes)[number] | (typeof soundTypes)[number];
  /** Base64. */
  readonly data: string;
}
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export const soundTypes = ['audio/wav', 'audio/mpeg'] as const;

/** Whether it is looked at, not listened to. Pure. */
export const isPicture = ({ mime }: ModelMedia): boolean => pictureTypes.some((one) => one === mime);

export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string; readonly media?: readonly ModelMedia[] }
  | { readonly role: 'assistant'; readonly content: string; readonly calls?: readonly ModelCall[] }
  | { readonly role: 'tool'; readonly call: ModelCall; readonly content: string };

/** All pictures and sounds of some messages. Pure. */
export const mediaIn = (messages: readonly ModelMessage[]): readonly ModelMedia[] =>
  messages.flatMap((message) => ('media' in message ? (message.media ?? []) : []));

/** An object that an answer must be. */
export interface AnswerSchema {
  /** Letters, digits and `_`. */
  readonly name: string;
  /** JSON Schema of one object. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What is wrong with an answer, whoever gave it; undefined where nothing is. Repeats nothing of it. */
  readonly check: (value: unknown) => string | undefined;
}

/** What a provider is asked. */
export interface ProviderAsk {
  readonly messages: readonly ModelMessage[];
  /** None: it can only speak. */
  readonly tools: readonly ModelTool[];
  readonly maxOutputTokens: number;
  /** The answer is one such object. */
  readonly schema?: AnswerSchema;
  /** 0 for what is to be the same each time; the provider's own when left out. */
  readonly temperature?: number;
  /** Called with all that was said so far, as it comes. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Whose a call is, for the record of it. */
export interface AskedFor {
  readonly personId: string;
  readonly purpose: 'turn' | 'digest' | 'intent' | 'test' | 'memory';
  /** Row that it serves, such as a turn. */
  readonly ref?: string;
  /** Flow that it is part of, and the trigger that fired that: each may have a budget. */
  readonly flow?: string;
  readonly trigger?: string;
}

/** What the router is asked. */
export interface ModelAsk extends ProviderAsk {
  readonly for: AskedFor;
  /** What is wanted; found out from the last words of a person when left out. */
  readonly intent?: Intent;
  /** No word of it may leave for a model that is not local. */
  readonly localOnly?: boolean;
  /** A model that was away just now is not asked, even where there is nobody else: there is a way without one. */
  readonly optional?: boolean;
  /** It is asked although it said something to the same question before. */
  readonly fresh?: boolean;
}

export interface ModelTokens {
  readonly input: number;
  readonly output: number;
}

export interface ModelReply {
  readonly text: string;
  readonly calls: readonly ModelCall[];
  /** As the provider counts, where that can be; else estimated at four characters each. */
  readonly tokens: ModelTokens;
}

/** A reply with who gave it, now or before. */
export interface AnsweredAsk extends ModelReply {
  /** Its name in `models.yaml`. */
  readonly model: string;
  /** In the unit of `price`; 0 where none is set, and where it had answered before. */
  readonly cost: number;
  /** Where a schema was asked for: an object that keeps to it. */
  readonly object?: unknown;
}

/**
 * Asks the models of `models.yaml` in the order of the route until one answers. Each is asked once: the only retry is the
 * activity's. Nothing is asked any more after the first word was handed on.
 *
 * @throws modelBusy, modelRefused, modelNone: what the last one came to
 */
export type AskModel = (ask: ModelAsk) => Promise<AnsweredAsk>;
