import type { Redis } from 'ioredis';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { timeOf } from '../../schemas/pace.ts';
import { checkTtl } from './check-ttl.ts';

export interface RedisHotTierOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Put before every key, so that several homes can share one server. */
  readonly prefix?: string;
  /** Told once for each outage. */
  readonly onError?: (error: Error) => void;
}

/** A hot tier that hangs is worse than none: the answer is needed now, and the truth is in Postgres. */
const commandTimeoutMs = 500;

/** Sums and starts the time to live in one step; `PEXPIRE NX` would need Redis 7. */
const incrementScript = `
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum`;

/** `waitFor` of schemas/pace.ts in one step. What is taken up to now is what nobody keeps, so it ends by itself. */
const reserveScript = `
local takes, ahead, now, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + takes
local wait = math.max(0, next - ahead - now)
if wait > most then return { tostring(wait), 1 } end
redis.call('SET', KEYS[1], string.format('%.17g', next), 'PX', math.ceil(next - now) + 1)
return { tostring(wait), 0 }`;

const giveBackScript = `
local taken = redis.call('GET', KEYS[1])
if taken then redis.call('SET', KEYS[1], string.format('%.17g', tonumber(taken) - tonumber(ARGV[1])), 'KEEPTTL') end`;

/**
 * A hot tier on Redis 6.2 or later, or Valkey: for several workers. A server that cannot be reached is an empty tier,
 * never an error: `get` and `reserve` are undefined, `list` is empty, `claim` is granted, `increment` begins again. Reconnects by
 * itself with a delay of up to 5 s. Nothing here may hold personal data: the server may write to disk.
 */
export async function redisHotTier({ url, prefix = 'steward:', onError }: RedisHotTierOptions): Promise<HotTier> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    keyPrefix: prefix,
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    // A command that was on its way when the server died may have been done; sent again it would count twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries) => Math.min(100 * 2 ** tries, 5_000) * (0.5 + Math.random() / 2),
  });
  const away = tellOnce(redis, onError);
  await redis.connect().catch(away);

  async function ask<T>(question: () => Promise<T>, whenAway: T): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (isWrongUse(error)) throw new TypeError(`Cannot use the entry that way: ${(error as Error).message}`);
      away(error as Error);
      return whenAway;
    }
  }

  return {
    shared: true,
    get: (key) => ask(async () => (await redis.get(key)) ?? undefined, undefined),
    set: async (key, value, ttlMs) => {
      const ttl = checkTtl(ttlMs);
      await ask(() => redis.set(key, value, 'PX', ttl), null);
    },
    claim: async (key, value, ttlMs) => {
      const ttl = checkTtl(ttlMs);
      return await ask(async () => (await redis.set(key, value, 'PX', ttl, 'NX')) === 'OK', true);
    },
    delete: async (key) => {
      await ask(() => redis.del(key), 0);
    },
    increment: async (key, by, ttlMs) => {
      const ttl = checkTtl(ttlMs);
      return await ask(async () => Number(await redis.eval(incrementScript, 1, key, by, ttl)), by);
    },
    push: async (key, value, keep, ttlMs) => {
      const ttl = checkTtl(ttlMs);
      await ask(async () => {
        const answers = await redis.multi().rpush(key, value).ltrim(key, -keep, -1).pexpire(key, ttl).exec();
        for (const [error] of answers ?? []) if (error) throw error;
      }, undefined);
    },
    list: (key) => ask(() => redis.lrange(key, 0, -1), []),
    reserve: (key, pace, units, nowMs, mostWaitMs) =>
      ask(async () => {
        const { takesMs, aheadMs } = timeOf(pace, units);
        const told = await redis.eval(reserveScript, 1, key, takesMs, aheadMs, nowMs, mostWaitMs);
        const [waitMs, refused] = told as [string, number];
        return refused === 1 ? { waitMs: Number(waitMs), refused: true } : { waitMs: Number(waitMs) };
      }, undefined),
    giveBack: async (key, ms) => {
      await ask(() => redis.eval(giveBackScript, 1, key, ms), null);
    },
    close: async () => redis.disconnect(),
  };
}

function tellOnce(redis: Redis, onError?: (error: Error) => void): (error: Error) => void {
  let told = false;
  const away = (error: Error) => {
    if (!told) onError?.(error);
    told = true;
  };
  redis.on('error', away);
  redis.on('ready', () => {
    told = false;
  });
  return away;
}

/** The caller mixed up its keys: that is a mistake in code, not an outage. @source redis.io/docs/latest/develop/reference/protocol-spec */
function isWrongUse(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'ReplyError' && /WRONGTYPE|not an integer/.test(message);
}
