import { isOneOf } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** Service hooks sign nothing: basic authentication, whose password is the secret; any user name. @source learn.microsoft.com, "Webhooks with Azure DevOps" */
export const verifyAzureDevops: Verify = (request, settings) => {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
  if (encoded === undefined) return unsigned;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return unsigned;
  if (!isOneOf(pair.slice(colon + 1), secretsOf(settings))) return wrongSignature;
  const body = readBody(request);
  return {
    ...{ ok: true, body },
    ...told({ deliveryId: textAt(body, 'id'), eventType: textAt(body, 'eventType') }),
  };
};
