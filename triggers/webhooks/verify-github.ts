import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** The SHA-256 signature; the SHA-1 one that GitHub sends beside it is not looked at. @source docs.github.com, "Validating webhook deliveries" */
export const verifyGithub: Verify = (request, settings) => {
  const given = headerOf(request, 'x-hub-signature-256');
  if (given === undefined || !given.startsWith('sha256=')) return unsigned;
  const signature = { algorithm: 'sha256', encoding: 'hex', parts: [request.rawBody] } as const;
  if (!isSigned(given.slice('sha256='.length), secretsOf(settings), signature)) return wrongSignature;
  const body = readBody(request);
  const eventType = headerOf(request, 'x-github-event');
  const action = textAt(body, 'action');
  return {
    ...{ ok: true, body },
    ...told({
      deliveryId: headerOf(request, 'x-github-delivery'),
      eventType,
      aliases: eventType === undefined || action === undefined ? undefined : [`${eventType}.${action}`],
    }),
  };
};
