import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { type ChatChannel, isPost } from '../../schemas/channel-file.ts';
import type { HookReading } from '../../schemas/channel-hook.ts';
import { StewardError } from '../../schemas/errors.ts';
import { readDelivery, takesDeliveries } from '../../triggers/channel-hooks/prove-delivery.ts';
import { takeDelivery } from '../../triggers/channel-hooks/take-delivery.ts';
import type { ApiDeps } from '../api-deps.ts';
import { countHook } from '../count-hooks.ts';
import { problem } from '../problem.ts';
import { readRawBody } from '../read-raw-body.ts';
import { rawRoute } from '../route.ts';

/** The largest body of a comment, with all that a project tool puts around it. */
const maxBytes = 5_242_880;
const windowMs = 60_000;
/** Deliveries of one channel in a minute; more get 429, and their sender tries again. */
const perMinute = 600;

export const receiveChannelHook = rawRoute({
  method: 'post',
  path: '/hooks/channels/{name}',
  summary: 'Takes a delivery to a channel; its sender proves itself as the channel’s kind does',
  access: 'open',
  params: z.strictObject({ name: z.string().max(100).describe('As the file in channels/ is called') }),
  answers: { 200: 'text/plain', 400: problem, 401: problem, 404: problem, 413: problem, 429: problem, 503: problem },
  raw: receive,
});

async function receive(deps: ApiDeps, request: Request, response: Response, next: NextFunction): Promise<void> {
  const channel = deps.files.current().channels.get(String(request.params.name));
  // Nothing here: the answer is that of any path that does not exist, and comes before a byte of the body is read.
  if (channel === undefined || isPost(channel) || !takesDeliveries(channel)) return next();
  const { bytes: rawBody, release } = await readRawBody(request, maxBytes);
  try {
    const now = deps.store.clock.now();
    const reading = await readProven(deps, channel, { headers: request.headers, rawBody, now });
    await refuseFlood(deps, channel, response, now);
    const fresh = await takeDelivery(deps, channel, reading);
    countHook(fresh > 0 || reading.news.length > 0 ? 'accepted' : reading.messages.length > 0 ? 'repeated' : 'ignored');
    // Chat services show what they are answered; nothing is what shows nothing.
    response
      .status(200)
      .type('text/plain')
      .end(reading.reply ?? '');
  } finally {
    release();
  }
}

/** A refusal is said in the log once a minute for each channel: a flood must not fill it. */
async function readProven(
  { hot, log, store }: ApiDeps,
  channel: ChatChannel,
  request: Parameters<typeof readDelivery>[1],
): Promise<HookReading> {
  try {
    return readDelivery(channel, request);
  } catch (error) {
    if (error instanceof StewardError && error.code === 'hookRefused') {
      countHook('refused');
      const key = `hook-refused:${store.keys.fingerprint('channel-hook', channel.name)}`;
      if (await hot.claim(key, '1', windowMs)) log.warn({ channel: channel.kind }, 'a delivery was refused');
    }
    throw error;
  }
}

/** Counts what is proven, so that only its sender can use it up. @throws tooMany */
async function refuseFlood(
  { hot, store }: ApiDeps,
  { name }: ChatChannel,
  response: Response,
  now: Date,
): Promise<void> {
  const window = Math.floor(now.getTime() / windowMs);
  const key = `channel-hook-rate:${store.keys.fingerprint('channel-hook', name)}:${window}`;
  if ((await hot.increment(key, 1, 2 * windowMs)) <= perMinute) return;
  countHook('limited');
  response.set('retry-after', String(Math.ceil((windowMs - (now.getTime() % windowMs)) / 1000)));
  throw new StewardError('tooMany', 'This channel takes no more deliveries in this minute');
}
