import { isOneOf } from './prove.ts';
import { readBody } from './read-body.ts';
import { proveStandard } from './verify-standard.ts';
import {
  headerOf,
  secretsOf,
  textAt,
  told,
  unsigned,
  type Verdict,
  type Verify,
  type WebhookRequest,
  type WebhookSettings,
  wrongSignature,
} from './webhook-request.ts';

/**
 * A signing token (`whsec_`) as Standard Webhooks, or the older secret token in plain text. A secret is only ever taken
 * for what its form says: a signing token in the plain header proves nothing.
 *
 * @source gitlab.com/gitlab-org/gitlab merge request 230944; docs.gitlab.com, "Webhooks"
 */
export const verifyGitlab: Verify = (request, settings) => {
  const verdict = prove(request, settings);
  if (!verdict.ok) return verdict;
  const kind = textAt(verdict.body, 'object_kind') ?? textAt(verdict.body, 'event_name');
  return {
    ...verdict,
    ...told({
      deliveryId: verdict.deliveryId ?? headerOf(request, 'idempotency-key'),
      eventType: headerOf(request, 'x-gitlab-event') ?? kind,
      aliases: kind === undefined ? undefined : [kind],
    }),
  };
};

function prove(request: WebhookRequest, settings: WebhookSettings): Verdict {
  const signing = secretsOf(settings).filter((secret) => secret.startsWith('whsec_'));
  if (signing.length > 0 && headerOf(request, 'webhook-signature') !== undefined) {
    const verdict = proveStandard(request, settings, signing);
    if (verdict.ok) return verdict;
    if (signing.length === secretsOf(settings).length) return verdict;
  }
  const plain = secretsOf(settings).filter((secret) => !secret.startsWith('whsec_'));
  const token = headerOf(request, 'x-gitlab-token');
  if (token === undefined || plain.length === 0) return unsigned;
  return isOneOf(token, plain) ? { ok: true, body: readBody(request) } : wrongSignature;
}
