import type { APIError, OpenAI } from 'openai';
import { StewardError } from '../../schemas/errors.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { boundedFetch } from './bounded-fetch.ts';

export type RemoteModel = Extract<ModelEntry, { type: 'remote' }>;

/** A client for one OpenAI-compatible endpoint that never retries by itself. */
export async function openOpenai(entry: RemoteModel, timeoutMs: number, maxBytes?: number): Promise<OpenAI> {
  // Loaded when first used: without models it costs no memory.
  const { default: Client } = await import('openai');
  return new Client({
    baseURL: entry.endpoint,
    apiKey: entry.auth?.api_key ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: boundedFetch(timeoutMs, maxBytes),
  });
}

/** What a failed call means: whether a person must mend something, or time does. @param status - of the answer, if one came */
export function modelFailure(name: string, status: number | undefined): StewardError {
  const refused = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new StewardError(refused ? 'modelRefused' : 'modelBusy', `Cannot ask ${name}: status ${status ?? 'none'}`);
}

/** The status of a failed call of the client; undefined where no answer came. */
export const statusOf = (cause: unknown): number | undefined => (cause as Partial<APIError>).status ?? undefined;
