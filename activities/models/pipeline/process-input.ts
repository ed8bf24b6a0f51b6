import type { ModelAsk } from '../../../schemas/model-chat.ts';
import { tokensAsked } from '../providers/count-tokens.ts';

/** What a model must be able to do for a question. */
export interface ModelNeeds {
  readonly tools: boolean;
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
  return {
    needs: {
      tools: tools.length > 0,
      ...{ tokens: tokensIn + maxOutputTokens, tokensIn, localOnly, optional },
    },
    words: messages.findLast(({ role }) => role === 'user')?.content ?? '',
  };
}
