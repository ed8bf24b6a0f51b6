import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** Bitbucket Cloud and Data Center; the request's id has another name in each. @source support.atlassian.com, "Manage webhooks" */
export const verifyBitbucket: Verify = (request, settings) => {
  const given = headerOf(request, 'x-hub-signature');
  if (given === undefined || !given.startsWith('sha256=')) return unsigned;
  const signature = { algorithm: 'sha256', encoding: 'hex', parts: [request.rawBody] } as const;
  if (!isSigned(given.slice('sha256='.length), secretsOf(settings), signature)) return wrongSignature;
  return {
    ...{ ok: true, body: readBody(request) },
    ...told({
      deliveryId: headerOf(request, 'x-request-uuid') ?? headerOf(request, 'x-request-id'),
      eventType: headerOf(request, 'x-event-key'),
    }),
  };
};
