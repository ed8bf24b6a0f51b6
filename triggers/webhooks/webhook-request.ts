import type { z } from 'zod';
import type { webhookWhen } from '../../schemas/trigger-kinds/webhook.ts';

/** A request to a hook, as it came. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Buffer;
  readonly now: Date;
}

/** What a trigger's file says of its hook. */
export type WebhookSettings = z.infer<typeof webhookWhen>['webhook'];

/** What a sender says of its request; to be trusted once the proof holds. */
export interface Told {
  /** What makes two requests the same delivery; absent where nothing does. */
  readonly deliveryId?: string;
  /** What happened, as the sender calls it. */
  readonly eventType?: string;
  /** Other names of the same, such as `issues.opened`. */
  readonly aliases?: readonly string[];
}

export type Verdict =
  | (Told & {
      readonly ok: true;
      /** When it was sent; only where the sender signs a time. */
      readonly sentAt?: Date;
      readonly body: unknown;
      /** A question about the address itself: answered with these words, and no event. */
      readonly challenge?: string;
    })
  | { readonly ok: false; readonly refused: 'unsigned' | 'wrong signature' | 'wrong time' };

/** One provider's proof. Pure. */
export type Verify = (request: WebhookRequest, settings: WebhookSettings) => Verdict;

export const unsigned: Verdict = { ok: false, refused: 'unsigned' };
export const wrongSignature: Verdict = { ok: false, refused: 'wrong signature' };
export const wrongTime: Verdict = { ok: false, refused: 'wrong time' };

/** A header in whatever case it was written; undefined for none and for an empty one. */
export function headerOf({ headers }: Pick<WebhookRequest, 'headers'>, name: string): string | undefined {
  const lower = name.toLowerCase();
  const found = headers[lower] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === lower)?.[1];
  const text = typeof found === 'string' ? found : found?.[0];
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** Every secret that counts now: several while one is being replaced. */
export const secretsOf = ({ secret }: WebhookSettings): readonly string[] =>
  typeof secret === 'string' ? [secret] : secret;

/** Senders sign anew when they repeat. @source standard-webhooks/standard-webhooks, spec 1.0 */
const usualToleranceMs = 300_000;

/** Whether a signed instant is as near to now as the file allows. @param sentAt - milliseconds since 1970 */
export const isTimely = (
  sentAt: number,
  { now }: WebhookRequest,
  { tolerance = usualToleranceMs }: WebhookSettings,
): boolean => Number.isFinite(sentAt) && Math.abs(now.getTime() - sentAt) <= tolerance;

/** The text at a path of a parsed body; undefined for anything but a text that says something, or a number. */
export function textAt(body: unknown, ...path: readonly string[]): string | undefined {
  let at = body;
  for (const key of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  if (typeof at === 'number') return String(at);
  return typeof at === 'string' && at !== '' ? at : undefined;
}

/** Leaves out what is not known. */
export function told(given: { [K in keyof Told]: Told[K] | undefined }): Told {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Told;
}
