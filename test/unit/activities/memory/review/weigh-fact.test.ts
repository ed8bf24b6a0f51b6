/**
 * - A weight is what uses and nights make of it, computed anew: the same events give the same weight, whatever was computed
 *   before, and a night counts once.
 * - It grows where a fact is used, shrinks where it is not, and stays within its bounds.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nightsBetween, weighFact } from '../../../../../activities/memory/review/weigh-fact.ts';
import { instanceFile } from '../../../../../schemas/instance-file.ts';

const settings = instanceFile.parse({}).memory;
const nights = (count: number) => Array.from({ length: count }, (_, at) => (at + 1) * 100);

test('weighFact() multiplies by 1 + GROWTH_FACTOR above THRESHOLD, and by the decay rate otherwise', () => {
  expect(weighFact([], [], settings)).toBe(1);
  expect(weighFact([], nights(3), settings)).toBeCloseTo(0.95 ** 3, 12);
  expect(weighFact([50, 150], nights(3), settings)).toBeCloseTo(1.1 * 1.1 * 0.95, 12);
  expect(weighFact([50, 60], nights(1), { ...settings, threshold: 2 })).toBeCloseTo(0.95, 12);
  expect(weighFact([50, 60, 70], nights(1), { ...settings, threshold: 2 })).toBeCloseTo(1.1, 12);
  // On the night itself it was used before it; after the last night nothing counts yet.
  expect(weighFact([100], nights(1), settings)).toBeCloseTo(1.1, 12);
  expect(weighFact([101], nights(1), settings)).toBeCloseTo(0.95, 12);
});

test('weighFact() keeps each night within its bounds', () => {
  expect(weighFact([], nights(500), settings)).toBe(settings.least);
  const often = Array.from({ length: 500 }, (_, at) => at * 100 + 50);
  expect(weighFact(often, nights(500), settings)).toBe(settings.most);
  // Clamped night by night: one night after five hundred of use it is worth what a night takes, and no more.
  expect(weighFact(often, nights(501), settings)).toBeCloseTo(settings.most * 0.95, 12);
});

test('weighFact() is the same however uses come, and goes on where it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 30 }),
      (uses, count) => {
        const whole = weighFact(uses, nights(count), settings);
        expect(weighFact(uses.toReversed(), nights(count), settings)).toBe(whole);
        // By hand, night by night.
        let weight = 1;
        for (const night of nights(count)) {
          const used = uses.filter((at) => at > (night === 100 ? -1 : night - 100) && at <= night).length;
          weight = Math.min(4, Math.max(0.1, weight * (used > 0 ? 1.1 : 0.95)));
        }
        expect(Math.abs(whole - weight)).toBeLessThan(1e-9);
      },
    ),
  );
});

test('nightsBetween() counts the nights of a zone, one each, also where its clocks change', () => {
  const from = Date.parse('2026-03-27T12:00:00Z');
  const to = Date.parse('2026-03-31T12:00:00Z');
  expect(nightsBetween(from, to, 'Europe/Berlin').map((at) => new Date(at).toISOString())).toEqual([
    ...['2026-03-28T02:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T01:00:00.000Z', '2026-03-31T01:00:00.000Z'],
  ]);
  expect(nightsBetween(from, from, 'UTC')).toEqual([]);
});
