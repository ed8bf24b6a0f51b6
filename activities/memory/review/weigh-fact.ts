import type { WeightSettings } from '../../../schemas/memory-review.ts';
import { zoneOffset } from '../../../schemas/zone-offset.ts';

/** Local hour of a night, as far as weights know one. */
const nightHour = 3;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Nights of a zone after one instant and up to another, each as an instant, oldest first. Pure. */
export function nightsBetween(after: number, upTo: number, zone: string): number[] {
  const firstDay = Math.floor(after / dayMs) - 1;
  const lastDay = Math.floor(upTo / dayMs) + 1;
  const nights: number[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const local = day * dayMs + nightHour * hourMs;
    // Twice: by the offset that holds there, not by that of UTC's same clock time.
    const night = local - zoneOffset(zone, local - zoneOffset(zone, local));
    if (night > after && night <= upTo) nights.push(night);
  }
  return nights;
}

/**
 * The weight of a fact: each night multiplies it by 1 + growthFactor where it was used more than `threshold` times since the
 * night before, and by `decayRate` otherwise, within `least` and `most`. Computed anew of all uses and nights each time, so
 * that a night that is done twice counts once. Pure.
 *
 * @param uses - instants, in any order; those before the fact was told count for its first night
 * @param nights - instants, oldest first, since it was told
 */
export function weighFact(
  uses: readonly number[],
  nights: readonly number[],
  { growthFactor, threshold, decayRate, least, most }: WeightSettings,
): number {
  const sorted = uses.toSorted((a, b) => a - b);
  let weight = 1;
  let at = 0;
  for (const night of nights) {
    let used = 0;
    while (at < sorted.length && sorted[at]! <= night) {
      used += 1;
      at += 1;
    }
    weight = Math.min(most, Math.max(least, weight * (used > threshold ? 1 + growthFactor : decayRate)));
  }
  return weight;
}
