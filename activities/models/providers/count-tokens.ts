import type { ModelReply, ModelTokens, ProviderAsk } from '../../../schemas/model-chat.ts';

/** Of text without blanks and of scripts other than Latin a token has fewer characters; of nothing has it more than this. */
const mostCharsOfToken = 32;

const charsOf = (value: unknown) => JSON.stringify(value).length;

/** What a question takes, at about four characters a token. Pure. */
export const tokensAsked = ({ messages, tools }: Pick<ProviderAsk, 'messages' | 'tools'>): number =>
  Math.ceil(charsOf([messages, tools]) / 4);

/**
 * What a provider says that it counted; an estimate where it says nothing, or what cannot be: a budget does not take a
 * provider's word for it. Pure.
 */
export function countTokens(
  ask: Pick<ProviderAsk, 'messages' | 'tools'>,
  { text, calls }: Pick<ModelReply, 'text' | 'calls'>,
  counted: { readonly input?: unknown; readonly output?: unknown } = {},
): ModelTokens {
  const output = charsOf([text, calls]);
  return {
    input: believed(counted.input, tokensAsked(ask)),
    output: believed(counted.output, Math.ceil(output / 4)),
  };
}

/** @param estimate - at four characters a token */
function believed(counted: unknown, estimate: number): number {
  const isCount = typeof counted === 'number' && Number.isSafeInteger(counted);
  // Envelopes of tools and roles are not counted everywhere, so that few tokens may be none at all.
  const least = Math.floor((estimate * 4 - 200) / mostCharsOfToken);
  return isCount && counted >= Math.max(least, 1) ? counted : estimate;
}
