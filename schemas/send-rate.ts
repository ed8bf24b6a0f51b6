import { z } from 'zod';
import { duration } from './common.ts';

/** `rate:` of a channel's file: how much may be sent. */
export const sendRate = z
  .strictObject({
    messages: z.int().min(2).max(100_000),
    per: duration,
    burst: z.int().min(1).optional().describe('Of them, how many at once; a quarter when left out'),
  })
  .refine(({ messages, burst = 1 }) => burst < messages, { path: ['burst'], message: 'must be less than messages' })
  .refine(({ per }) => per > 0, { path: ['per'], message: 'must be longer than nothing' });

/** Never more than `messages` in any stretch of `perMs`, and never more than `burst` at once. */
export interface SendRate {
  readonly messages: number;
  readonly perMs: number;
  readonly burst: number;
}

const minute = 60_000;
/** What services take from one sender without complaint; a homeserver or mail server of one's own takes more. */
const usual: Readonly<Record<string, number>> = {
  ...{ xmpp: 1_200, matrix: 1_200, webhook: 1_200, mail: 120 },
  ...{ slack: 60, mattermost: 120, github: 30, gitea: 60, gitlab: 60, jira: 60, linear: 30 },
};

/** How much may be sent on a channel; undefined where there is no limit. Pure. */
export function sendRateOf({
  kind,
  rate,
}: {
  readonly kind: string;
  readonly rate?: z.infer<typeof sendRate> | undefined;
}): SendRate | undefined {
  const messages = rate?.messages ?? usual[kind];
  if (messages === undefined) return undefined;
  return { messages, perMs: rate?.per ?? minute, burst: rate?.burst ?? Math.max(1, Math.floor(messages / 4)) };
}
