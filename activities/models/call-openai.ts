import type OpenAI from 'openai';
import { modelFailure, openOpenai, type RemoteModel, statusOf } from './open-openai.ts';
import { answerSchema, type Question } from './quote-mail.ts';

/** Endpoints that refused `json_schema`; they are asked for any JSON object from then on. */
const withoutSchema = new Set<string>();

/**
 * Asks an OpenAI-compatible endpoint once. No tools, no retry inside, nothing kept.
 *
 * @throws modelBusy when it does not answer in time, modelRefused when key, name or request are refused
 * @source platform.openai.com/docs/api-reference/chat
 */
export async function callOpenai(entry: RemoteModel, question: Question, timeoutMs: number): Promise<string> {
  const client = await openOpenai(entry, timeoutMs);
  const format = withoutSchema.has(entry.endpoint) ? looseFormat : strictFormat;
  try {
    return await ask(client, entry, question, format);
  } catch (cause) {
    const status = statusOf(cause);
    if (status === 400 && format === strictFormat) {
      withoutSchema.add(entry.endpoint);
      return callOpenai(entry, question, timeoutMs);
    }
    throw modelFailure(entry.name, status);
  }
}

type Format = NonNullable<OpenAI.ChatCompletionCreateParams['response_format']>;
const strictFormat: Format = {
  type: 'json_schema',
  json_schema: { name: 'mail_summary', strict: true, schema: answerSchema },
};
const looseFormat: Format = { type: 'json_object' };

async function ask(client: OpenAI, entry: RemoteModel, question: Question, format: Format): Promise<string> {
  const completion = await client.chat.completions.create({
    model: entry.model ?? entry.name,
    response_format: format,
    max_completion_tokens: 1_000,
    messages: [
      { role: 'system', content: question.instruction },
      { role: 'user', content: question.quoted },
    ],
  });
  return completion.choices?.[0]?.message?.content ?? '';
}
