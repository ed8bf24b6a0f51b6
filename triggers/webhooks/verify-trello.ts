import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** Base64 over the body and, right behind it, the address as the hook was made with it. @source developer.atlassian.com/cloud/trello, "Webhooks" */
export const verifyTrello: Verify = (request, settings) => {
  const given = headerOf(request, 'x-trello-webhook');
  if (given === undefined) return unsigned;
  const parts = [request.rawBody, settings.callbackUrl ?? ''];
  if (!isSigned(given, secretsOf(settings), { algorithm: 'sha1', encoding: 'base64', parts })) return wrongSignature;
  const body = readBody(request);
  return {
    ...{ ok: true, body },
    ...told({ deliveryId: textAt(body, 'action', 'id'), eventType: textAt(body, 'action', 'type') }),
  };
};
