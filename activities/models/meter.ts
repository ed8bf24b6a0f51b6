import type { Logger } from 'pino';
import { newId } from '../../schemas/ids.ts';
import type { ModelAsk, ModelTokens } from '../../schemas/model-chat.ts';
import type { Intent } from '../../schemas/model-intents.ts';
import type { CallOutcome } from '../../schemas/model-outcomes.ts';
import type { ModelEntry, ModelsFile } from '../../schemas/models-file.ts';
import { type CallRow, makeCallWriter } from '../../store/models/call-writer.ts';
import { beginWithin, type Ceiling } from '../../store/models/model-calls.ts';
import { handleOf } from '../../store/people/handle-of.ts';
import type { Store } from '../../store/store.ts';
import type { ModelNeeds } from './pipeline/process-input.ts';
import { ModelFault } from './providers/name-outcome.ts';
import { isLimited, type LimitDeps, takeTurn } from './take-turn.ts';

/** What a call is counted by. */
export interface CountedAsk extends Pick<ModelAsk, 'for' | 'maxOutputTokens' | 'signal'> {
  readonly intent: Intent | 'embed';
}

/** One call that is counted. Each of its endings may be said once. */
export interface MeteredCall {
  /** Words came; all so far. */
  heard(text: string): void;
  /** An answer came, to be used or not. @returns what it cost, in the unit of `price` */
  ended(outcome: 'answered' | 'lied', tokens: ModelTokens): number;
  /** None came; `stopped` where whoever asked does not want it any more. What was heard of it is counted where it is charged. */
  failed(outcome: CallOutcome): void;
}

/** Counts what is asked of models, and keeps it within what may be. */
export interface Meter {
  /**
   * Begins to count a call: waits its turn in the model's limits, and puts it on record within the budgets. Fails with a
   * `ModelFault`: `limited` where the turn is too far away, `spentUp` where a budget would be gone beyond.
   */
  begin(
    file: ModelsFile,
    entry: ModelEntry,
    ask: CountedAsk,
    needs: Pick<ModelNeeds, 'tokens' | 'tokensIn' | 'localOnly'>,
  ): Promise<MeteredCall>;
  /** Puts on record that nobody had to be asked. */
  reused(entry: ModelEntry, ask: CountedAsk, needs: Pick<ModelNeeds, 'localOnly'>): void;
  /** Resolves when all that was counted is on record. */
  idle(): Promise<void>;
}

/** Outcomes that a provider does not charge for. */
const free: ReadonlySet<CallOutcome> = new Set([
  ...(['limited', 'away', 'badRequest', 'tooLong', 'noKey', 'noMoney', 'noModel', 'spentUp'] as const),
]);

/**
 * Makes the meter of a process. What it counts is the ledger's, for all workers together.
 *
 * @param hot - keeps the limits where it is one for all workers; else the ledger does
 */
export function makeMeter(deps: LimitDeps & { readonly log: Pick<Logger, 'warn'> }): Meter {
  const { store, log } = deps;
  const writer = makeCallWriter(store, (err) => log.warn({ err }, 'calls of models could not be put on record'));
  const giving = new Set<Promise<unknown>>();
  const aside = (work: Promise<unknown>) => {
    const kept = work
      .catch((err: unknown) => log.warn({ err }, 'what was left of a limit could not be given back'))
      .finally(() => giving.delete(kept));
    giving.add(kept);
  };
  return {
    begin: async (file, entry, ask, needs) => {
      const most = { input: needs.tokensIn, output: ask.maxOutputTokens };
      const turn = isLimited(entry) ? await takeTurn(deps, entry, needs.tokens, ask.signal) : undefined;
      const row = rowOf(store, entry, ask, needs, most);
      const ceilings = await ceilingsOf(store, file, entry, row);
      // Without a ceiling nobody has to wait for the row: it is written while the model thinks.
      if (ceilings.length === 0) writer.begin(row);
      else {
        const { spentUp } = await beginWithin(store, row, ceilings);
        if (spentUp !== undefined)
          throw new ModelFault('spentUp', { ours: true, why: `it would go beyond \`${spentUp}\`` });
      }
      const began = performance.now();
      let heard = 0;
      let firstMs: number | null = null;
      const end = (outcome: CallOutcome, tokens: ModelTokens): number => {
        const cost = costOf(entry, tokens);
        const counted = { inputTokens: tokens.input, outputTokens: tokens.output, cost };
        writer.end(row.id, { outcome, ...counted, firstMs, tookMs: Math.round(performance.now() - began) });
        if (turn !== undefined) aside(turn.giveBack(needs.tokens - tokens.input - tokens.output));
        return cost;
      };
      const half = (): ModelTokens => ({ input: most.input, output: Math.ceil(heard / 4) });
      return {
        heard: (text) => {
          heard = text.length;
          firstMs ??= Math.round(performance.now() - began);
        },
        ended: end,
        failed: (outcome) => void end(outcome, free.has(outcome) ? { input: 0, output: 0 } : half()),
      };
    },
    reused: (entry, ask, needs) => {
      const row = rowOf(store, entry, ask, needs, { input: 0, output: 0 });
      writer.begin({ ...row, outcome: 'reused', tookMs: 0 });
    },
    idle: async () => {
      while (giving.size > 0) await Promise.all(giving);
      await writer.idle();
    },
  };
}

function rowOf(
  { clock }: Store,
  entry: ModelEntry,
  ask: CountedAsk,
  { localOnly }: Pick<ModelNeeds, 'localOnly'>,
  { input, output }: ModelTokens,
): CallRow {
  const { personId, purpose, ref, flow, trigger } = ask.for;
  return {
    ...{ id: newId('modelCall', clock), personId, purpose, ref: ref ?? null, createdAt: clock.now() },
    ...{ flow: flow ?? null, trigger: trigger ?? null },
    ...{ intent: ask.intent, model: entry.name, localOnly, cost: costOf(entry, { input, output }) },
    ...{ inputTokens: input, outputTokens: output },
  };
}

/** What tokens cost at a model's price. Pure. */
export const costOf = ({ price }: Pick<ModelEntry, 'price'>, { input, output }: ModelTokens): number =>
  price === undefined ? 0 : (input * price.input + output * price.output) / 1_000_000;

async function ceilingsOf(
  store: Store,
  { budget: ofAll, budgets }: ModelsFile,
  { name: model, budget }: ModelEntry,
  { personId, trigger, flow }: CallRow,
): Promise<Ceiling[]> {
  const people = Object.keys(budgets.person).length === 0 ? undefined : await handleOf(store, personId);
  const one = (kind: keyof ModelsFile['budgets'], name: string | null | undefined, of: Ceiling['of']): Ceiling[] => {
    const own = name == null ? undefined : budgets[kind][name];
    return own === undefined ? [] : [{ name: `budgets.${kind}.${name}`, ...(of === undefined ? {} : { of }), ...own }];
  };
  const all: Ceiling[] = [
    { name: 'budget', ...ofAll },
    { name: `models.${model}.budget`, of: { model }, ...budget },
    ...one('person', people, { personId }),
    ...one('trigger', trigger, { trigger: trigger ?? null }),
    ...one('flow', flow, { flow: flow ?? null }),
  ];
  return all.filter(({ tokensPerDay, costPerDay }) => tokensPerDay !== undefined || costPerDay !== undefined);
}
