import { isOneOf } from './prove.ts';
import { readBody } from './read-body.ts';
import { secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** An outgoing webhook: its token is in the body, JSON or form, and nothing is signed. @source developers.mattermost.com, "Outgoing webhooks" */
export const verifyMattermost: Verify = (request, settings) => {
  const body = readBody(request);
  const token = textAt(body, 'token');
  if (token === undefined) return unsigned;
  if (!isOneOf(token, secretsOf(settings))) return wrongSignature;
  return {
    ...{ ok: true, body: withoutToken(body) },
    ...told({ deliveryId: textAt(body, 'post_id'), eventType: textAt(body, 'trigger_word') }),
  };
};

/** What a flow sees must not hold the proof itself. */
function withoutToken(body: unknown): unknown {
  return Object.fromEntries(Object.entries(body as object).filter(([key]) => key !== 'token'));
}
