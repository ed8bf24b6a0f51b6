import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { paceOf, waitFor } from '../../schemas/pace.ts';

/** A time to live within which a few calls are over even on a busy machine, in milliseconds. */
const SHORT = 2_000;

/** One implementation under test. */
export interface HotTierUnderTest {
  readonly tier: HotTier;
  /** Lets that much time pass for the tier, by its clock or really. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every hot tier does. Run by each implementation. */
export function hotTierContract(name: string, make: () => Promise<HotTierUnderTest>): void {
  describe(name, () => {
    let made: HotTierUnderTest;
    let tier: HotTier;
    beforeEach(async () => {
      made = await make();
      tier = made.tier;
    });
    afterEach(() => made.close());

    test('get() gives what set() kept, and undefined for what never was', async () => {
      await tier.set('a', 'Grüße 📮', 60_000);
      expect(await tier.get('a')).toBe('Grüße 📮');
      expect(await tier.get('b')).toBeUndefined();
    });

    test('get() gives undefined once the time to live has passed', async () => {
      await tier.set('short', 'x', 40);
      await tier.set('long', 'y', 60_000);
      await made.pass(80);
      expect(await tier.get('short')).toBeUndefined();
      expect(await tier.get('long')).toBe('y');
    });

    test('claim() is granted to one of 50 at once, and again after its end', async () => {
      const granted = await Promise.all(Array.from({ length: 50 }, (_, at) => tier.claim('lock', `${at}`, SHORT)));
      expect(granted.filter(Boolean)).toHaveLength(1);
      expect(await tier.get('lock')).toBe(`${granted.indexOf(true)}`);
      await made.pass(SHORT + 40);
      expect(await tier.claim('lock', 'next', 60_000)).toBe(true);
      expect(await tier.claim('lock', 'late', 60_000)).toBe(false);
      expect(await tier.get('lock')).toBe('next');
    });

    test('delete() frees a claim, and is quiet about a key that is not there', async () => {
      await tier.claim('lock', 'x', 60_000);
      await tier.delete('lock');
      await tier.delete('lock');
      expect(await tier.claim('lock', 'y', 60_000)).toBe(true);
    });

    test('increment() adds up 50 at once, and its first call starts the time to live', async () => {
      const sums = await Promise.all(Array.from({ length: 50 }, () => tier.increment('n', 2, 60_000)));
      expect(Math.max(...sums)).toBe(100);
      expect(new Set(sums).size).toBe(50);
      await tier.increment('window', 1, SHORT);
      await made.pass(40);
      expect(await tier.increment('window', -3, 60_000)).toBe(-2);
      await made.pass(SHORT);
      expect(await tier.increment('window', 1, 60_000)).toBe(1);
    });

    test('push() keeps the newest entries, newest last', async () => {
      for (const value of ['1', '2', '3', '4']) await tier.push('log', value, 3, 60_000);
      expect(await tier.list('log')).toEqual(['2', '3', '4']);
      expect(await tier.list('none')).toEqual([]);
      await tier.push('brief', 'x', 3, 40);
      await made.pass(80);
      expect(await tier.list('brief')).toEqual([]);
    });

    test('reserve() lets go when waitFor() says, in the order of asking, and takes nothing where that is too late', async () => {
      const pace = paceOf({ units: 100, perMs: 60_000 });
      const began = 1_764_000_000_000;
      let taken = 0;
      for (const [units, afterMs] of [
        ...Array.from({ length: 6 }, () => [1, 0] as const),
        ...[[40, 10] as const, [1, 500] as const, [3.5, 2_000] as const],
      ]) {
        const { waitMs, nextMs } = waitFor(pace, taken, began + afterMs, units);
        const reserved = await tier.reserve('pace', pace, units, began + afterMs, 100_000);
        expect(reserved?.refused).toBeUndefined();
        expect(reserved?.waitMs).toBeCloseTo(waitMs, 3);
        taken = nextMs;
      }
      const late = await tier.reserve('pace', pace, 1, began + 2_000, 1_000);
      expect(late?.refused).toBe(true);
      // What was refused took nothing, and what is given back is there for the next one.
      await tier.giveBack('pace', 5_000);
      await tier.giveBack('none', 5_000);
      const after = await tier.reserve('pace', pace, 1, began + 2_000, 100_000);
      expect(after?.waitMs).toBeCloseTo(waitFor(pace, taken - 5_000, began + 2_000, 1).waitMs, 3);
      expect(late!.waitMs - after!.waitMs).toBeCloseTo(5_000, 3);
    });

    test('reserve() gives each of 50 at once a turn of its own', async () => {
      const pace = paceOf({ units: 60, perMs: 60_000 });
      const all = await Promise.all(Array.from({ length: 50 }, () => tier.reserve('n', pace, 1, 1_000_000, 100_000)));
      const waits = all.map((one) => Math.round(one!.waitMs)).sort((a, b) => a - b);
      expect(waits).toEqual(Array.from({ length: 50 }, (_, at) => Math.round(at * pace.everyMs)));
    });

    test('every call that uses an entry as what it is not throws TypeError', async () => {
      await tier.set('text', 'words', 60_000);
      await tier.push('list', 'x', 3, 60_000);
      await expect(tier.increment('text', 1, 60_000)).rejects.toThrow(TypeError);
      await expect(tier.push('text', 'x', 3, 60_000)).rejects.toThrow(TypeError);
      await expect(tier.list('text')).rejects.toThrow(TypeError);
      await expect(tier.get('list')).rejects.toThrow(TypeError);
    });

    test('set() takes 30 days and refuses one millisecond more, none, and a part of one', async () => {
      const longest = 30 * 86_400_000;
      await tier.set('edge', 'x', longest);
      expect(await tier.get('edge')).toBe('x');
      for (const ttl of [longest + 1, 0, 1.5]) await expect(tier.set('edge', 'y', ttl)).rejects.toThrow(RangeError);
      expect(await tier.get('edge')).toBe('x');
    });
  });
}
