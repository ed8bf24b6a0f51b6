/** So many units in any stretch of this length, milliseconds. */
export interface Rate {
  readonly units: number;
  readonly perMs: number;
}

/** How a rate is kept: one unit each `everyMs`, and what was not used for up to `burst` units at once. */
export interface Pace {
  readonly everyMs: number;
  readonly burst: number;
}

/**
 * What may come at once is taken off what comes steadily, so that no stretch ever holds more than the rate; and one in a
 * hundred more, since timers of a busy machine let some go later than they may, and so closer to the next ones. Pure.
 */
export function paceOf({ units, perMs }: Rate): Pace {
  const burst = units < 2 ? 0 : Math.max(1, Math.floor(units * 0.015));
  return { everyMs: perMs / (units * 0.99 - burst), burst };
}

/**
 * When so many units may go: how long to wait, and up to when the rate is taken then. What is more than a burst is
 * charged for what it goes beyond it, since it goes all at once. Pure.
 *
 * @param takenMs - up to when it is taken already
 */
export function waitFor(
  { everyMs, burst }: Pace,
  takenMs: number,
  nowMs: number,
  units: number,
): { readonly waitMs: number; readonly nextMs: number } {
  const { takesMs, aheadMs } = timeOf({ everyMs, burst }, units);
  const nextMs = Math.max(takenMs, nowMs) + takesMs;
  return { nextMs, waitMs: Math.max(0, nextMs - aheadMs - nowMs) };
}

/** How much of the time of a pace so many units take, and how much of it may be ahead of the clock, milliseconds. Pure. */
export function timeOf(
  { everyMs, burst }: Pace,
  units: number,
): { readonly takesMs: number; readonly aheadMs: number } {
  const atOnce = Math.max(burst, 1);
  return { takesMs: (units + Math.max(0, units - atOnce)) * everyMs, aheadMs: atOnce * everyMs };
}
