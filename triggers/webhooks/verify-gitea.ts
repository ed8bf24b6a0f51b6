import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import { headerOf, secretsOf, textAt, told, unsigned, type Verify, wrongSignature } from './webhook-request.ts';

/** Gitea, Forgejo and Gogs: bare hex over the body. @source docs.gitea.com and forgejo.org/docs, "Webhooks" */
export const verifyGitea: Verify = (request, settings) => {
  const [forge, given] = forges
    .map((name) => [name, headerOf(request, `x-${name}-signature`)] as const)
    .find(([, signature]) => signature !== undefined) ?? [undefined, undefined];
  if (given === undefined) return unsigned;
  const signature = { algorithm: 'sha256', encoding: 'hex', parts: [request.rawBody] } as const;
  if (!isSigned(given, secretsOf(settings), signature)) return wrongSignature;
  const body = readBody(request);
  const eventType = headerOf(request, `x-${forge}-event`);
  const aliases = [
    headerOf(request, `x-${forge}-event-type`),
    textAt(body, 'action') === undefined ? undefined : `${eventType}.${textAt(body, 'action')}`,
  ].filter((alias) => alias !== undefined);
  return {
    ...{ ok: true, body },
    ...told({ deliveryId: headerOf(request, `x-${forge}-delivery`), eventType, aliases }),
  };
};

/** The first of these that signed is the one that is asked for everything else. */
const forges = ['forgejo', 'gitea', 'gogs'] as const;
