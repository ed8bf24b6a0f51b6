import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** An outgoing webhook: the security token is base64, the key is what it stands for. @source learn.microsoft.com, "Create an Outgoing Webhook" */
export const verifyTeams: Verify = (request, settings) => {
  const [, given] = /^hmac +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
  if (given === undefined) return unsigned;
  const keys = secretsOf(settings).map((secret) => Buffer.from(secret, 'base64'));
  const signature = { algorithm: 'sha256', encoding: 'base64', parts: [request.rawBody] } as const;
  if (!isSigned(given, keys, signature)) return wrongSignature;
  const body = readBody(request);
  const id = textAt(body, 'id');
  return {
    ...{ ok: true, body },
    ...told({
      // The id of a message is a time, and only one within its conversation.
      deliveryId: id === undefined ? undefined : `${textAt(body, 'conversation', 'id') ?? ''}/${id}`,
      eventType: textAt(body, 'type'),
    }),
  };
};
