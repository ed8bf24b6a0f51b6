import type { Clock } from '../../schemas/clock.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { waitFor } from '../../schemas/pace.ts';
import { checkTtl } from './check-ttl.ts';

interface Entry {
  value: string | string[];
  readonly endsAt: number;
}

/**
 * A hot tier in the memory of one process: for a home with a single worker. Holds at most `maxEntries` keys, 10,000
 * unless told; the key that was written first makes room.
 */
export function inProcessHotTier(clock: Clock, { maxEntries = 10_000 }: { maxEntries?: number } = {}): HotTier {
  const entries = new Map<string, Entry>();

  const alive = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.endsAt > clock.now().getTime()) return entry;
    entries.delete(key);
    return undefined;
  };
  const put = (key: string, value: Entry['value'], endsAt: number): void => {
    if (!entries.has(key) && entries.size >= maxEntries) makeRoom();
    entries.set(key, { value, endsAt });
  };
  const makeRoom = (): void => {
    for (const key of [...entries.keys()]) alive(key);
    const [first] = entries.keys();
    if (entries.size >= maxEntries && first !== undefined) entries.delete(first);
  };
  const after = (ttlMs: number) => clock.now().getTime() + checkTtl(ttlMs);

  return {
    shared: false,
    get: async (key) => {
      const entry = alive(key);
      return entry === undefined ? undefined : textOf(key, entry);
    },
    set: async (key, value, ttlMs) => put(key, value, after(ttlMs)),
    claim: async (key, value, ttlMs) => {
      const endsAt = after(ttlMs);
      if (alive(key) !== undefined) return false;
      put(key, value, endsAt);
      return true;
    },
    delete: async (key) => {
      entries.delete(key);
    },
    increment: async (key, by, ttlMs) => {
      const endsAt = after(ttlMs);
      const entry = alive(key);
      const sum = (entry === undefined ? 0 : countOf(key, entry)) + by;
      put(key, String(sum), entry?.endsAt ?? endsAt);
      return sum;
    },
    push: async (key, value, keep, ttlMs) => {
      const endsAt = after(ttlMs);
      const entry = alive(key);
      put(key, [...(entry === undefined ? [] : listOf(key, entry)), value].slice(-keep), endsAt);
    },
    list: async (key) => {
      const entry = alive(key);
      return entry === undefined ? [] : [...listOf(key, entry)];
    },
    reserve: async (key, pace, units, nowMs, mostWaitMs) => {
      const entry = alive(key);
      const taken = entry === undefined ? 0 : Number(textOf(key, entry));
      const { waitMs, nextMs } = waitFor(pace, taken, nowMs, units);
      if (waitMs > mostWaitMs) return { waitMs, refused: true };
      put(key, String(nextMs), after(Math.ceil(nextMs - nowMs) + 1));
      return { waitMs };
    },
    giveBack: async (key, ms) => {
      const entry = alive(key);
      if (entry !== undefined) put(key, String(Number(textOf(key, entry)) - ms), entry.endsAt);
    },
    close: async () => entries.clear(),
  };
}

function textOf(key: string, { value }: Entry): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Cannot read ${key} as text, it is a list`);
}

function countOf(key: string, entry: Entry): number {
  const text = textOf(key, entry);
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new TypeError(`Cannot count ${key}, expected a whole number`);
}

function listOf(key: string, { value }: Entry): string[] {
  if (typeof value !== 'string') return value;
  throw new TypeError(`Cannot read ${key} as a list, it is text`);
}
