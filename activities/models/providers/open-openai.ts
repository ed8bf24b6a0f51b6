import type { APIError, OpenAI } from 'openai';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import { type AnswerBounds, boundedFetch } from './bounded-fetch.ts';
import { ModelFault, nameOutcome } from './name-outcome.ts';

export type RemoteModel = Extract<ModelEntry, { type: 'remote' }>;

/** One of an entry, for as long as it is in force with the same bounds. */
const clients = new WeakMap<RemoteModel, { readonly client: OpenAI; readonly bounds: string }>();

/** A client for one OpenAI-compatible endpoint that never retries by itself. */
export async function openOpenai(entry: RemoteModel, bounds: AnswerBounds): Promise<OpenAI> {
  const known = clients.get(entry);
  const named = JSON.stringify(bounds);
  if (known?.bounds === named) return known.client;
  // Loaded when first used: without models it costs no memory.
  const { default: Client } = await import('openai');
  const client = new Client({
    baseURL: entry.endpoint,
    apiKey: entry.auth?.api_key ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: bounds.wholeMs + 1_000,
    logLevel: 'off',
    fetch: boundedFetch(bounds),
  });
  clients.set(entry, { client, bounds: named });
  return client;
}

/** What a failed call of the client means. Pure. @param begun - an answer had begun to come */
export function openaiFault(cause: unknown, begun: boolean): ModelFault {
  const known = faultIn(cause);
  if (known !== undefined) return known;
  const { status, code, type, message, headers, error } = cause as Partial<APIError>;
  if (status === undefined && (begun || error !== undefined)) return new ModelFault('broke');
  return nameOutcome({ status, words: [code, type, message], retryAfter: headers?.get('retry-after') });
}

/** The fault that a client has put into an error of its own. Pure. */
export function faultIn(cause: unknown): ModelFault | undefined {
  for (let at = cause; at instanceof Error; at = at.cause) if (at instanceof ModelFault) return at;
  return undefined;
}
