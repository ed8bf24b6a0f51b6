import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import {
  headerOf,
  isTimely,
  secretsOf,
  textAt,
  told,
  unsigned,
  type Verdict,
  type Verify,
  type WebhookRequest,
  type WebhookSettings,
  wrongSignature,
  wrongTime,
} from './webhook-request.ts';

/** Standard Webhooks, as Svix and many others send. @source standard-webhooks/standard-webhooks, spec 1.0 */
export const verifyStandard: Verify = (request, settings) => {
  const verdict = proveStandard(request, settings, secretsOf(settings));
  return verdict.ok ? { ...verdict, ...told({ eventType: textAt(verdict.body, 'type') }) } : verdict;
};

/** The proof alone: `v1` signatures over id, time and body. Those of other versions are passed over. */
export function proveStandard(request: WebhookRequest, settings: WebhookSettings, secrets: readonly string[]): Verdict {
  const id = headerOf(request, 'webhook-id');
  const time = headerOf(request, 'webhook-timestamp');
  const given = (headerOf(request, 'webhook-signature') ?? '')
    .split(/\s+/)
    .filter((one) => one.startsWith('v1,'))
    .slice(0, mostSignatures)
    .map((one) => one.slice('v1,'.length));
  if (id === undefined || time === undefined || given.length === 0 || !/^\d{1,13}$/.test(time)) return unsigned;
  const keys = secrets.flatMap(keysOf);
  const parts = [`${id}.${time}.`, request.rawBody];
  const right = given.map((one) => isSigned(one, keys, { algorithm: 'sha256', encoding: 'base64', parts }));
  if (!right.some((one) => one)) return wrongSignature;
  const sentAt = Number(time) * 1000;
  if (!isTimely(sentAt, request, settings)) return wrongTime;
  return { ok: true, deliveryId: id, sentAt: new Date(sentAt), body: readBody(request) };
}

/** More only cost time; a sender that rotates has two. */
const mostSignatures = 10;

/** The specification's form is `whsec_` and base64; libraries also take the base64 alone, and some plain bytes. */
function keysOf(secret: string): Buffer[] {
  if (secret.startsWith('whsec_')) return [Buffer.from(secret.slice('whsec_'.length), 'base64')];
  const plain = Buffer.from(secret);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(secret) ? [Buffer.from(secret, 'base64'), plain] : [plain];
}
