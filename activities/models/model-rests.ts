import type { Clock } from '../../schemas/clock.ts';
import type { FailureCode } from '../../schemas/errors.ts';

/** How long a model is left alone: one that is busy comes back by itself, one that refuses waits for a person. */
const restMs: Partial<Record<FailureCode, number>> = { modelBusy: 60_000, modelRefused: 600_000, modelLied: 60_000 };

/** Which models are left alone for a while, in this process. */
export interface ModelRests {
  rests(name: string): boolean;
  begin(name: string, code: FailureCode): void;
}

/** Remembers which models failed, and until when they are left alone. */
export function makeModelRests(clock: Clock): ModelRests {
  const until = new Map<string, number>();
  return {
    rests: (name) => (until.get(name) ?? 0) > clock.now().getTime(),
    begin: (name, code) => void until.set(name, clock.now().getTime() + (restMs[code] ?? 60_000)),
  };
}
