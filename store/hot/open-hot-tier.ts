import { type Clock, systemClock } from '../../schemas/clock.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { inProcessHotTier } from './in-process.ts';
import { redisHotTier } from './redis.ts';

/** Opens the hot tier: on Redis or Valkey where an address is given, else in this process. Never fails for an outage. */
export async function openHotTier({
  redisUrl,
  clock = systemClock,
  onError,
}: {
  /** `REDIS_URL`. */
  redisUrl?: string | undefined;
  clock?: Clock;
  onError?: (error: Error) => void;
}): Promise<HotTier> {
  if (redisUrl === undefined || redisUrl === '') return inProcessHotTier(clock);
  return await redisHotTier({ url: redisUrl, ...(onError === undefined ? {} : { onError }) });
}
