import { isPicture, type ModelAsk, mediaIn } from '../../../schemas/model-chat.ts';
import type { ModelLanguage } from '../../../schemas/model-languages.ts';
import { tokensAsked } from '../providers/count-tokens.ts';
import { languageOf } from './language-of.ts';

/** What a model must be able to do for a question. */
export interface ModelNeeds {
  readonly tools: boolean;
  /** There are pictures, or sounds. */
  readonly vision: boolean;
  readonly audio: boolean;
  /** What the words are written in, where that is plain to see. */
  readonly language?: ModelLanguage;
  /** In, and the most that may come out. */
  readonly tokens: number;
  /** Of those, in. */
  readonly tokensIn: number;
  readonly localOnly: boolean;
  /** There is a way without a model. */
  readonly optional: boolean;
}

/** Step 1, input: what a question needs, and the words that say what is wanted. Pure. */
export function processInput(ask: ModelAsk): { readonly needs: ModelNeeds; readonly words: string } {
  const { messages, tools, schema, maxOutputTokens, localOnly = false, optional = false } = ask;
  const tokensIn = tokensAsked(ask) + (schema === undefined ? 0 : Math.ceil(JSON.stringify(schema.json).length / 4));
  const media = mediaIn(messages);
  const words = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const language = languageOf(words);
  return {
    needs: {
      ...{ tools: tools.length > 0, vision: media.some(isPicture), audio: !media.every(isPicture) },
      ...{ tokens: tokensIn + maxOutputTokens, tokensIn, localOnly, optional },
      ...(language === undefined ? {} : { language }),
    },
    words,
  };
}
