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

/** Events, slash commands and interactions of a Slack app. @source docs.slack.dev, "Verifying requests from Slack" */
export const verifySlack: Verify = (request, settings) => {
  const given = headerOf(request, 'x-slack-signature');
  const time = headerOf(request, 'x-slack-request-timestamp');
  if (given === undefined || !given.startsWith('v0=') || time === undefined || !/^\d{1,13}$/.test(time)) {
    return unsigned;
  }
  const parts = [`v0:${time}:`, request.rawBody];
  const signature = { algorithm: 'sha256', encoding: 'hex', parts } as const;
  if (!isSigned(given.slice('v0='.length), secretsOf(settings), signature)) return wrongSignature;
  const sentAt = Number(time) * 1000;
  if (!isTimely(sentAt, request, settings)) return wrongTime;
  const body = readBody(request);
  const challenge = textAt(body, 'type') === 'url_verification' ? textAt(body, 'challenge') : undefined;
  const inner = textAt(body, 'event', 'type');
  const subtype = textAt(body, 'event', 'subtype');
  return {
    ...{ ok: true, sentAt: new Date(sentAt), body },
    ...(challenge === undefined ? {} : { challenge }),
    ...told({
      deliveryId: textAt(body, 'event_id') ?? textAt(body, 'trigger_id'),
      eventType: inner ?? textAt(body, 'type') ?? textAt(body, 'command'),
      aliases: inner === undefined || subtype === undefined ? undefined : [`${inner}.${subtype}`],
    }),
  };
};
