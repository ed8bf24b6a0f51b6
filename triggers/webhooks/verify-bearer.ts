import { isOneOf } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/**
 * A token says who sends, and nothing of what: without an id of the sender's each request is an event of its own, as a
 * button that is pressed twice should be. @source RFC 6750 2.1; draft-ietf-httpapi-idempotency-key-header
 */
export const verifyBearer: Verify = (request, settings) => {
  const [, token] = /^bearer +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
  if (token === undefined) return unsigned;
  if (!isOneOf(token, secretsOf(settings))) return wrongSignature;
  const body = readBody(request);
  return {
    ...{ ok: true, body },
    ...told({
      deliveryId: headerOf(request, 'idempotency-key') ?? headerOf(request, 'webhook-id'),
      eventType: headerOf(request, 'x-event-type') ?? textAt(body, 'type') ?? textAt(body, 'event'),
    }),
  };
};
