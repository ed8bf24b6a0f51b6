import { zoneOffset } from '../schemas/zone-offset.ts';

const dayMs = 86_400_000;
/** Local clocks are 12 hours behind UTC to 14 hours ahead of it, everywhere. */
export const widestOffsetMs = 15 * 3_600_000;

/**
 * The instant at which local clocks show `wall`: of a repeated time the first, of a skipped time the end of the gap.
 *
 * @param wall - the local clock, as milliseconds since 1970 as if it were UTC
 * @throws RangeError for an unknown zone
 */
export function instantOf(zone: string, wall: number): number {
  const [before, after] = offsetsAround(zone, wall);
  return before === after ? wall - before : instantsOf(zone, wall, before, after, false)[0]!;
}

/** The last instant at which local clocks show `wall`, or the end of the gap. @throws RangeError for an unknown zone */
export function lastInstantOf(zone: string, wall: number): number {
  const [before, after] = offsetsAround(zone, wall);
  return instantsOf(zone, wall, before, after, true).at(-1) ?? instantOf(zone, wall);
}

/** The offsets before and after the local day of `wall`. */
function offsetsAround(zone: string, wall: number): [number, number] {
  const day = Math.floor(wall / dayMs) * dayMs;
  return [zoneOffset(zone, day - widestOffsetMs), zoneOffset(zone, day + dayMs + widestOffsetMs)];
}

/** The instants at which local clocks show `wall`, under the two offsets of that day; all, or one as `instantOf` says. */
export function instantsOf(zone: string, wall: number, before: number, after: number, all: boolean): number[] {
  const shown = [...new Set([wall - before, wall - after])]
    .filter((at) => at + zoneOffset(zone, at) === wall)
    .sort((a, b) => a - b);
  if (all) return shown;
  return [shown[0] ?? endOfGap(zone, wall, before, after)];
}

/** The instant at which clocks jumped over `wall`. */
function endOfGap(zone: string, wall: number, before: number, after: number): number {
  let low = wall - after;
  let high = wall - before;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (zoneOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
