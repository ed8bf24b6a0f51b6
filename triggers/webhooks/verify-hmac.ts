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

/** Any sender that signs the body, or its time and the body, as the trigger's file describes. */
export const verifyHmac: Verify = (request, settings) => {
  const { hmac } = settings;
  const given = hmac === undefined ? undefined : headerOf(request, hmac.header);
  if (hmac === undefined || given === undefined || !given.startsWith(hmac.prefix)) return unsigned;
  const time = hmac.timestampHeader === undefined ? undefined : headerOf(request, hmac.timestampHeader);
  if (hmac.timestampHeader !== undefined && !/^\d{1,13}$/.test(time ?? '')) return unsigned;
  const parts = time === undefined ? [request.rawBody] : [`${time}.`, request.rawBody];
  const { algorithm, encoding, prefix, idHeader } = hmac;
  if (!isSigned(given.slice(prefix.length), secretsOf(settings), { algorithm, encoding, parts })) return wrongSignature;
  const sentAt = Number(time) * 1000;
  if (time !== undefined && !isTimely(sentAt, request, settings)) return wrongTime;
  const body = readBody(request);
  return {
    ...{ ok: true, body },
    ...(time === undefined ? {} : { sentAt: new Date(sentAt) }),
    ...told({
      deliveryId: idHeader === undefined ? undefined : headerOf(request, idHeader),
      eventType: headerOf(request, 'x-event-type') ?? textAt(body, 'type') ?? textAt(body, 'event'),
    }),
  };
};
