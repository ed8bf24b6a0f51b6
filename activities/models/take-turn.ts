import type { HotTier } from '../../schemas/hot-tier.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { paceOf, type Rate } from '../../schemas/pace.ts';
import { giveBackRate, reserveRate } from '../../store/models/reserve-rate.ts';
import type { Store } from '../../store/store.ts';
import { ModelFault } from './providers/name-outcome.ts';
import { sleepWithin } from './wait-within.ts';

/** Where limits are kept. */
export interface LimitDeps {
  readonly store: Store;
  readonly hot?: Pick<HotTier, 'shared' | 'reserve' | 'giveBack'>;
}

/** What a call was let through with. */
export interface Turn {
  /** Gives tokens back that were not used; fewer than one is none. */
  giveBack(tokens: number): Promise<void>;
}

/** Longer than this nobody is held up: another model may be free. */
const mostWaitMs = 20_000;
const minute = 60_000;

/** Whether an entry has limits. Pure. */
export const isLimited = ({ limits }: Pick<ModelEntry, 'limits'>): boolean =>
  limits.requestsPerMinute !== undefined || limits.tokensPerMinute !== undefined;

/**
 * Waits for a call's turn in its model's limits, for all workers together: in the hot tier where that is one for all of
 * them and there, else in the ledger. Fails with a `ModelFault` `limited` where the turn is too far away.
 *
 * @source docs/decisions/0015
 */
export async function takeTurn(
  { store, hot }: LimitDeps,
  entry: ModelEntry,
  tokens: number,
  signal?: AbortSignal,
): Promise<Turn> {
  const given: ((tokens: number) => Promise<void>)[] = [];
  let waitMs = 0;
  for (const { unit, rate, units } of ratesOf(entry, tokens)) {
    const name = { model: entry.name, unit };
    const key = `rate:${entry.name}:${unit}`;
    const nowMs = store.clock.now().getTime();
    const there = hot?.shared === true ? await hot.reserve(key, paceOf(rate), units, nowMs, mostWaitMs) : undefined;
    const reserved = there ?? (await reserveRate(store, name, rate, units, mostWaitMs));
    if (reserved.refused === true) throw new ModelFault('limited', { waitMs: reserved.waitMs, ours: true });
    waitMs = Math.max(waitMs, reserved.waitMs);
    if (unit !== 'tokens') continue;
    given.push(async (back) => {
      if (there === undefined) await giveBackRate(store, name, rate, back);
      else await hot!.giveBack(key, back * paceOf(rate).everyMs);
    });
  }
  if (waitMs > 0) await sleepWithin(waitMs, signal);
  return {
    giveBack: async (back) => {
      if (back > 0) for (const give of given) await give(back);
    },
  };
}

const ratesOf = ({ limits }: ModelEntry, tokens: number): { unit: string; rate: Rate; units: number }[] => [
  ...(limits.requestsPerMinute === undefined
    ? []
    : [{ unit: 'requests', rate: { units: limits.requestsPerMinute, perMs: minute }, units: 1 }]),
  ...(limits.tokensPerMinute === undefined
    ? []
    : [{ unit: 'tokens', rate: { units: limits.tokensPerMinute, perMs: minute }, units: tokens }]),
];
