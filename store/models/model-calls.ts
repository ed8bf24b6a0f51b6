import { and, eq, gte, sql } from 'drizzle-orm';
import { modelCalls } from '../../schemas/db/model-calls.ts';
import { newId } from '../../schemas/ids.ts';
import type { AskedFor, ModelTokens } from '../../schemas/model-chat.ts';
import type { Intent } from '../../schemas/model-intents.ts';
import type { CallOutcome } from '../../schemas/model-outcomes.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

const dayMs = 24 * 3_600_000;
/** Budgets are looked at one after another; the number is nothing but a name. */
const budgetLock = 7_264_001;

/** A call that is to be made. */
export interface PlannedCall extends AskedFor {
  readonly intent: Intent;
  readonly model: string;
  readonly localOnly: boolean;
  /** The most that it may come to. */
  readonly tokens: ModelTokens;
  readonly cost: number;
}

/** What may be used up within 24 hours, and by whom. */
export interface Ceiling {
  /** As its key is called. */
  readonly name: string;
  /** Of this model only; of all when left out. */
  readonly model?: string;
  readonly tokensPerDay?: number | undefined;
  readonly costPerDay?: number | undefined;
}

export type BegunCall = { readonly id: string } | { readonly spentUp: string };

/**
 * Puts a call on record before it is made. With ceilings it is one transaction under a lock: calls at once cannot use up
 * together what each alone would not.
 *
 * @returns the ceiling that it would go beyond; then there is no row
 */
export async function beginCall(
  store: Store,
  call: PlannedCall,
  ceilings: readonly Ceiling[] = [],
): Promise<BegunCall> {
  if (ceilings.length === 0) return { id: await insert(store, call) };
  return await inTransaction(store, async (inside) => {
    await inside.db.execute(sql`select pg_advisory_xact_lock(${budgetLock})`);
    for (const ceiling of ceilings) {
      const over = await wouldExceed(inside, ceiling, call);
      if (over !== undefined) return { spentUp: over };
    }
    return { id: await insert(inside, call) };
  });
}

async function insert({ db, clock }: StoreIn, { tokens, ...call }: PlannedCall): Promise<string> {
  const { personId, purpose, ref, intent, model, localOnly, cost } = call;
  const id = newId('modelCall', clock);
  await db.insert(modelCalls).values({
    ...{ id, personId, purpose, intent, model, localOnly, cost, createdAt: clock.now() },
    ...{ ref: ref ?? null, inputTokens: tokens.input, outputTokens: tokens.output },
  });
  return id;
}

/** Says what a call came to. */
export async function endCall(
  { db }: Pick<StoreIn, 'db'>,
  id: string,
  ended: {
    readonly outcome: CallOutcome;
    readonly tokens: ModelTokens;
    readonly cost: number;
    readonly firstMs?: number;
    readonly tookMs: number;
  },
): Promise<void> {
  const { outcome, tokens, cost, firstMs, tookMs } = ended;
  await db
    .update(modelCalls)
    .set({
      ...{ outcome, cost, inputTokens: tokens.input, outputTokens: tokens.output },
      ...{ firstMs: firstMs === undefined ? null : Math.round(firstMs), tookMs: Math.round(tookMs) },
    })
    .where(eq(modelCalls.id, id));
}

async function wouldExceed(
  inside: StoreIn,
  { name, model, tokensPerDay, costPerDay }: Ceiling,
  { tokens, cost }: PlannedCall,
): Promise<string | undefined> {
  const spent = await spentOfDay(inside, model);
  if (tokensPerDay !== undefined && spent.tokens + tokens.input + tokens.output > tokensPerDay)
    return `${name}.tokensPerDay`;
  if (costPerDay !== undefined && spent.cost + cost > costPerDay) return `${name}.costPerDay`;
  return undefined;
}

/** What the calls of the last 24 hours came to, those under way with the most that they may. Reads only. */
export async function spentOfDay({ db, clock }: StoreIn, model?: string): Promise<{ tokens: number; cost: number }> {
  const since = gte(modelCalls.createdAt, new Date(clock.now().getTime() - dayMs));
  const [row] = await db
    .select({
      tokens: sql<number>`coalesce(sum(${modelCalls.inputTokens} + ${modelCalls.outputTokens}), 0)::float8`,
      cost: sql<number>`coalesce(sum(${modelCalls.cost}), 0)::float8`,
    })
    .from(modelCalls)
    .where(model === undefined ? since : and(since, eq(modelCalls.model, model)));
  return row!;
}

/** What is seen of each model in the last 24 hours. Reads only. */
export async function seenOfModels({ db, clock }: StoreIn) {
  return await db
    .select({
      model: modelCalls.model,
      calls: sql<number>`count(*)::int`,
      answered: sql<number>`(count(*) filter (where ${modelCalls.outcome} = 'answered'))::int`,
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
