/** Who may be killed. Worker and API share one process in the embedded home. */
export const victims = ['node', 'temporal', 'postgres', 'imap'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  /** Milliseconds after the kill before it. */
  readonly afterMs: number;
  readonly victim: Victim;
}

/** A small seeded generator, so that a campaign can be run again. @source mulberry32, public domain */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same seed gives the same kills: moments between 50 ms and 5 s apart, so that some hit a part that is still starting. */
export function killPlan(seed: number, kills: number): Kill[] {
  const random = seeded(seed);
  return Array.from({ length: kills }, () => ({
    afterMs: Math.round(50 + random() ** 2 * 4_950),
    victim: victims[Math.floor(random() * victims.length)] ?? 'node',
  }));
}
