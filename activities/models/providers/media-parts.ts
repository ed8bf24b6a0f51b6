import type { OpenAI } from 'openai';
import { isPicture, type ModelMedia, type ModelMessage } from '../../../schemas/model-chat.ts';
import { ModelFault } from './name-outcome.ts';

type Worded = Extract<ModelMessage, { role: 'system' | 'user' }>;

const urlOf = ({ mime, data }: ModelMedia) => `data:${mime};base64,${data}`;
const soundOf = ({ mime, data }: ModelMedia) => ({
  data,
  format: mime === 'audio/wav' ? ('wav' as const) : ('mp3' as const),
});

/** What a person says, with what goes with it, for Chat Completions. Pure. @source platform.openai.com/docs/api-reference/chat */
export function asChatMessage({ role, content, media = [] }: Worded): OpenAI.ChatCompletionMessageParam {
  if (media.length === 0 || role === 'system') return { role, content };
  const parts = media.map(
    (one): OpenAI.ChatCompletionContentPart =>
      isPicture(one)
        ? { type: 'image_url', image_url: { url: urlOf(one) } }
        : { type: 'input_audio', input_audio: soundOf(one) },
  );
  return { role, content: [...parts, { type: 'text', text: content }] };
}

/** The same for Responses. Pure. @source platform.openai.com/docs/api-reference/responses */
export function asResponsesItem({ role, content, media = [] }: Worded): OpenAI.Responses.ResponseInputItem {
  if (media.length === 0) return { role, content };
  const parts = media.map((one): OpenAI.Responses.ResponseInputContent => {
    if (isPicture(one)) return { type: 'input_image', image_url: urlOf(one), detail: 'auto' };
    throw new ModelFault('badRequest', { why: 'the Responses API takes no sounds: say `api: chat`' });
  });
  return { role, content: [...parts, { type: 'input_text', text: content }] };
}

/** Pictures as Ollama takes them. Fails with a `ModelFault` where there are sounds. Pure. @source docs.ollama.com/capabilities/vision */
export function ollamaImages(media: readonly ModelMedia[]): string[] {
  if (!media.every(isPicture)) throw new ModelFault('badRequest', { why: 'an Ollama server takes no sounds' });
  return media.map(({ data }) => data);
}
