import type { ModelAsk, ModelReply } from '../../schemas/model-chat.ts';

/** An estimate where a provider does not count: about four characters a token. Pure. */
export function countTokens(
  { messages, tools }: Pick<ModelAsk, 'messages' | 'tools'>,
  { text, calls }: Pick<ModelReply, 'text' | 'calls'>,
): ModelReply['tokens'] {
  const tokensOf = (value: unknown) => Math.ceil(JSON.stringify(value).length / 4);
  return { input: tokensOf([messages, tools]), output: tokensOf([text, calls]) };
}
