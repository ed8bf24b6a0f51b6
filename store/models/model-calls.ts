import { and, eq, gte, sql } from 'drizzle-orm';
import { modelCalls } from '../../schemas/db/model-calls.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import type { CallRow } from './call-writer.ts';

const dayMs = 24 * 3_600_000;
/** Budgets are looked at one after another; the number is nothing but a name. */
const budgetLock = 7_264_001;

/** What may be used up within 24 hours, and by whom. */
export interface Ceiling {
  /** As its key is called. */
  readonly name: string;
  /** Of this one only; of all when left out. */
  readonly of?: Partial<Pick<CallRow, 'model' | 'personId' | 'trigger' | 'flow'>>;
  readonly tokensPerDay?: number | undefined;
  readonly costPerDay?: number | undefined;
}

/**
 * Puts a call on record before it is made, within ceilings: one transaction under a lock, so that calls at once cannot use
 * up together what each alone would not.
 *
 * @returns the ceiling that it would go beyond; then there is no row
 */
export async function beginWithin(
  store: Store,
  call: CallRow,
  ceilings: readonly Ceiling[],
): Promise<{ readonly spentUp?: string }> {
  return await inTransaction(store, async (inside) => {
    await inside.db.execute(sql`select pg_advisory_xact_lock(${budgetLock})`);
    for (const ceiling of ceilings) {
      const spentUp = await wouldExceed(inside, ceiling, call);
      if (spentUp !== undefined) return { spentUp };
    }
    await inside.db.insert(modelCalls).values(call);
    return {};
  });
}

async function wouldExceed(
  inside: StoreIn,
  { name, of, tokensPerDay, costPerDay }: Ceiling,
  { inputTokens, outputTokens, cost }: CallRow,
): Promise<string | undefined> {
  const spent = await spentOfDay(inside, of);
  if (tokensPerDay !== undefined && spent.tokens + inputTokens + outputTokens > tokensPerDay)
    return `${name}.tokensPerDay`;
  if (costPerDay !== undefined && spent.cost + cost > costPerDay) return `${name}.costPerDay`;
  return undefined;
}

/** What the calls of the last 24 hours came to, those under way with the most that they may. Reads only. */
export async function spentOfDay(
  { db, clock }: StoreIn,
  { model, personId, trigger, flow }: NonNullable<Ceiling['of']> = {},
): Promise<{ tokens: number; cost: number }> {
  const whose = [
    gte(modelCalls.createdAt, new Date(clock.now().getTime() - dayMs)),
    ...(model == null ? [] : [eq(modelCalls.model, model)]),
    ...(personId == null ? [] : [eq(modelCalls.personId, personId)]),
    ...(trigger == null ? [] : [eq(modelCalls.trigger, trigger)]),
    ...(flow == null ? [] : [eq(modelCalls.flow, flow)]),
  ];
  const [row] = await db
    .select({
      tokens: sql<number>`coalesce(sum(${modelCalls.inputTokens} + ${modelCalls.outputTokens}), 0)::float8`,
      cost: sql<number>`coalesce(sum(${modelCalls.cost}), 0)::float8`,
    })
    .from(modelCalls)
    .where(and(...whose));
  return row!;
}

/** What is seen of each model in the last 24 hours. Reads only. */
export async function seenOfModels({ db, clock }: StoreIn) {
  return await db
    .select({
      model: modelCalls.model,
      calls: sql<number>`(count(*) filter (where ${modelCalls.outcome} is distinct from 'reused'))::int`,
      answered: sql<number>`(count(*) filter (where ${modelCalls.outcome} = 'answered'))::int`,
      reused: sql<number>`(count(*) filter (where ${modelCalls.outcome} = 'reused'))::int`,
      tokens: sql<number>`coalesce(sum(${modelCalls.inputTokens} + ${modelCalls.outputTokens}), 0)::float8`,
      cost: sql<number>`coalesce(sum(${modelCalls.cost}), 0)::float8`,
      latencyMs: sql<
        number | null
      >`(percentile_cont(0.5) within group (order by ${modelCalls.tookMs}) filter (where ${modelCalls.outcome} = 'answered'))::float8`,
    })
    .from(modelCalls)
    .where(gte(modelCalls.createdAt, new Date(clock.now().getTime() - dayMs)))
    .groupBy(modelCalls.model);
}
