import { isSigned } from './prove.ts';
import { readBody } from './read-body.ts';
import {
  headerOf,
  isTimely,
  secretsOf,
  textAt,
  told,
  unsigned,
  type Verify,
  wrongSignature,
  wrongTime,
} from './webhook-request.ts';

/** Hex over the body, which holds the time of sending in milliseconds. @source linear.app/developers/webhooks */
export const verifyLinear: Verify = (request, settings) => {
  const given = headerOf(request, 'linear-signature');
  if (given === undefined) return unsigned;
  const signature = { algorithm: 'sha256', encoding: 'hex', parts: [request.rawBody] } as const;
  if (!isSigned(given, secretsOf(settings), signature)) return wrongSignature;
  const body = readBody(request);
  const sentAt = Number(textAt(body, 'webhookTimestamp') ?? Number.NaN);
  if (!isTimely(sentAt, request, settings)) return wrongTime;
  const eventType = textAt(body, 'type') ?? headerOf(request, 'linear-event');
  const action = textAt(body, 'action');
  return {
    ...{ ok: true, sentAt: new Date(sentAt), body },
    ...told({
      deliveryId: headerOf(request, 'linear-delivery'),
      eventType,
      aliases: eventType === undefined || action === undefined ? undefined : [`${eventType}.${action}`],
    }),
  };
};
