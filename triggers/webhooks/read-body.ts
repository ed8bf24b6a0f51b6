import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** Deeper than any sender nests, and far from where walking it could exhaust the stack. */
const deepest = 64;

/**
 * What a body says: JSON, a form as an object, or text. GitHub and Slack put JSON into a form's field `payload`; then
 * that is what it says. Undefined where it is empty, broken or nested too deeply. Never throws.
 */
export function readBody(request: Pick<WebhookRequest, 'headers' | 'rawBody'>): unknown {
  const text = request.rawBody.toString('utf8');
  if (text.trim() === '') return undefined;
  const type = (headerOf(request, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    const form = Object.fromEntries(new URLSearchParams(text.trim()));
    const wrapped = form.payload === undefined ? undefined : readJson(form.payload);
    return typeof wrapped === 'object' && wrapped !== null ? wrapped : form;
  }
  const json = readJson(text);
  return json === undefined && type.startsWith('text/') ? text : json;
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isShallow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= deepest; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return true;
  }
  return false;
}
