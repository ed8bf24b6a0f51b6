import { boundedFetch } from './bounded-fetch.ts';
import { type OllamaModel, ollamaName } from './chat-ollama.ts';
import { modelFailure } from './open-openai.ts';
import { answerSchema, type Question } from './quote-mail.ts';

/**
 * Asks an Ollama server once. The model is `model`, else the last part of `path`, else `name`; `gpu_id` picks the card.
 * No tools, no retry inside.
 *
 * @throws modelBusy when it does not answer in time, modelRefused when it has no such model or refuses the request
 * @source docs.ollama.com/api/chat
 */
export async function callOllama(entry: OllamaModel, question: Question, timeoutMs: number): Promise<string> {
  const { Ollama } = await import('ollama');
  const client = new Ollama({ host: entry.endpoint, fetch: boundedFetch(timeoutMs) });
  try {
    const answer = await client.chat({
      model: ollamaName(entry),
      stream: false,
      format: answerSchema,
      options: { temperature: 0, num_predict: 400, ...(entry.gpu_id === undefined ? {} : { main_gpu: entry.gpu_id }) },
      messages: [
        { role: 'system', content: question.instruction },
        { role: 'user', content: question.quoted },
      ],
    });
    return answer.message?.content ?? '';
  } catch (cause) {
    throw modelFailure(entry.name, (cause as { status_code?: number }).status_code);
  }
}
