import {
  isPicture,
  type ModelMedia,
  type ModelReply,
  type ModelTokens,
  mediaIn,
  type ProviderAsk,
} from '../../../schemas/model-chat.ts';

/** Of text without blanks and of scripts other than Latin a token has fewer characters; of nothing has it more than this. */
const mostCharsOfToken = 32;

const charsOf = (value: unknown) => JSON.stringify(value).length;

/** What a large picture comes to where most is charged for one. @source platform.openai.com/docs/guides/images-vision */
const tokensOfPicture = 1_105;
/** Of a sound: ten a second, which is about 16 kB where it is packed and more where it is not. */
const base64OfSoundToken = 2_000;

/** What a question takes, at about four characters a token. Pure. */
export function tokensAsked(ask: Pick<ProviderAsk, 'messages' | 'tools'>): number {
  return tokensOfWords(ask) + mediaIn(ask.messages).reduce((sum, one) => sum + tokensOfMedia(one), 0);
}

function tokensOfWords({ messages, tools }: Pick<ProviderAsk, 'messages' | 'tools'>): number {
  const words = messages.map((message) => ({ ...message, media: undefined }));
  return Math.ceil(charsOf([words, tools]) / 4);
}

const tokensOfMedia = (one: ModelMedia): number =>
  isPicture(one) ? tokensOfPicture : Math.ceil(one.data.length / base64OfSoundToken);

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
    // What a small picture takes differs by a hundred times.
    input: believed(counted.input, tokensAsked(ask), tokensOfWords(ask)),
    output: believed(counted.output, Math.ceil(output / 4)),
  };
}

/** @param estimate - at four characters a token @param words - of that, what is words */
function believed(counted: unknown, estimate: number, words = estimate): number {
  const isCount = typeof counted === 'number' && Number.isSafeInteger(counted);
  // Envelopes of tools and roles are not counted everywhere, so that few tokens may be none at all.
  const least = Math.floor((words * 4 - 200) / mostCharsOfToken);
  return isCount && counted >= Math.max(least, 1) ? counted : estimate;
}
