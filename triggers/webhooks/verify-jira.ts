import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** `X-Hub-Signature: <method>=<hex>`, as WebSub writes it. @source developer.atlassian.com, "Webhooks", Secure admin webhooks */
export const verifyJira: Verify = (request, settings) => {
  const [, given] = /^sha256=([0-9a-f]+)$/i.exec(headerOf(request, 'x-hub-signature') ?? '') ?? [];
  if (given === undefined) return unsigned;
  const signature = { algorithm: 'sha256', encoding: 'hex', parts: [request.rawBody] } as const;
  if (!isSigned(given, secretsOf(settings), signature)) return wrongSignature;
  const body = readBody(request);
  const finer = textAt(body, 'issue_event_type_name');
  return {
    ...{ ok: true, body },
    ...told({
      deliveryId: headerOf(request, 'x-atlassian-webhook-identifier'),
      eventType: textAt(body, 'webhookEvent'),
      aliases: finer === undefined ? undefined : [finer],
    }),
  };
};
