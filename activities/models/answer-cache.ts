import type { Logger } from 'pino';
import type { HotTier } from '../../schemas/hot-tier.ts';
import type { ModelAsk } from '../../schemas/model-chat.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { type AnswerPlace, keepAnswerFor, readAnswer } from '../../store/models/kept-answers.ts';
import { modelPrint } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';
import { ModelFault } from './providers/name-outcome.ts';
import { awaitWithin, sleepWithin } from './wait-within.ts';

/** What is kept of an answer. */
export interface KeptAnswer {
  readonly text: string;
  readonly object?: unknown;
}

/** An answer, and whether a model was asked for it. */
export type Given<T extends KeptAnswer> =
  | { readonly asked: true; readonly answer: T }
  | { readonly asked: false; readonly answer: KeptAnswer };

/** Has one question asked once. */
export interface AnswerCache {
  /**
   * Gives what the model said to the very same question of the same person before; else has it asked, once however many
   * ask at the same time. Only what is to be the same each time is kept: temperature 0, without tools.
   *
   * @param forMs - how long an answer is kept, milliseconds; 0: none is
   */
  give<T extends KeptAnswer>(
    entry: ModelEntry,
    ask: ModelAsk,
    forMs: number,
    make: () => Promise<T>,
  ): Promise<Given<T>>;
}

export interface CacheDeps {
  readonly store: Store;
  readonly hot: HotTier;
  readonly log: Pick<Logger, 'warn'>;
}

/** One worker says that it asks for so long, and says it again; one that died is waited for no longer. */
const claimMs = 6_000;
const lookMs = 40;

/** Makes the cache of a process. Answers are in the ledger, sealed; who asks just now is told through the hot tier. */
export function makeAnswerCache(deps: CacheDeps): AnswerCache {
  const flights = new Map<string, Promise<Given<KeptAnswer>>>();
  return {
    give: async (entry, ask, forMs, make) => {
      if (forMs === 0 || !isRepeatable(ask)) return { asked: true, answer: await make() };
      const place = { personId: ask.for.personId, print: printOf(deps.store, entry, ask) };
      for (;;) {
        const flight = flights.get(place.print);
        if (flight === undefined) {
          const own = askOnce(deps, place, ask, forMs, make);
          flights.set(place.print, own);
          return await own.finally(() => flights.delete(place.print));
        }
        try {
          const { answer } = await awaitWithin(flight, ask.signal);
          return { asked: false, answer };
        } catch (error) {
          ask.signal?.throwIfAborted();
          // Whoever asked does not want it any more; we do.
          if (error instanceof ModelFault) throw error;
        }
      }
    },
  };
}

async function askOnce<T extends KeptAnswer>(
  { store, hot, log }: CacheDeps,
  place: AnswerPlace,
  ask: ModelAsk,
  forMs: number,
  make: () => Promise<T>,
): Promise<Given<T>> {
  const known = async () => usable(await readAnswer(store, place), ask);
  const claim = `model:asking:${place.print}`;
  let kept = await known();
  while (kept === undefined && !(await hot.claim(claim, '1', claimMs))) {
    await sleepWithin(lookMs, ask.signal);
    kept = await known();
  }
  if (kept !== undefined) return { asked: false, answer: kept };
  const renewing = setInterval(() => void hot.set(claim, '1', claimMs).catch(() => undefined), claimMs / 3);
  try {
    // Another worker may have been told between the look and the claim.
    const late = await known();
    if (late !== undefined) return { asked: false, answer: late };
    const answer = await make();
    const { text, object } = answer;
    await keepAnswerFor(store, place, JSON.stringify({ text, object }), forMs).catch((err: unknown) =>
      log.warn({ err }, 'an answer of a model could not be kept'),
    );
    return { asked: true, answer };
  } finally {
    clearInterval(renewing);
    await hot.delete(claim);
  }
}

/** What a tool did once is not what it does today. */
const isRepeatable = ({ temperature, tools, fresh = false }: ModelAsk) =>
  temperature === 0 && tools.length === 0 && !fresh;

/** Of all that an answer depends on, and of whose it is: nobody is told what another was told. */
function printOf({ keys }: Pick<Store, 'keys'>, entry: ModelEntry, ask: ModelAsk): string {
  const { messages, schema, maxOutputTokens } = ask;
  const all = [ask.for.personId, entry.name, modelPrint(entry), messages, schema?.name, schema?.json, maxOutputTokens];
  return keys.fingerprint('answer', JSON.stringify(all));
}

/** An object is looked at again: what it must be may have changed since. */
function usable(kept: string | undefined, { schema }: ModelAsk): KeptAnswer | undefined {
  if (kept === undefined) return undefined;
  const answer = JSON.parse(kept) as KeptAnswer;
  return schema === undefined || schema.check(answer.object) === undefined ? answer : undefined;
}
