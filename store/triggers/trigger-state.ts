import { and, count, desc, eq, gt, ne, notInArray, sql } from 'drizzle-orm';
import { fires, triggerStates } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a trigger remembers between its fires. */
export interface TriggerState {
  readonly pausedBy?: string;
  readonly pausedAt?: Date;
  readonly skipNext: number;
  /** `state` of its condition. */
  readonly memory: Json;
}

const memoryPlace = (row: string, person: string) => ({ table: 'trigger_states', row, column: 'memory', person });

/** What a trigger remembers; nothing where it has never been asked to. @throws sealBroken */
export async function readTriggerState({ db, keys }: StoreIn, trigger: string): Promise<TriggerState> {
  // Not `watch`: of a large folder it is a megabyte, and this is read for each event.
  const { personId, pausedBy, pausedAt, skipNext, memoryKey, memory: sealed } = triggerStates;
  const [row] = await db
    .select({ personId, pausedBy, pausedAt, skipNext, memoryKey, memory: sealed })
    .from(triggerStates)
    .where(eq(triggerStates.trigger, trigger));
  if (row === undefined) return { skipNext: 0, memory: {} };
  const memory =
    row.memoryKey === null || row.memory === null
      ? {}
      : (JSON.parse(
          keys.unit(row.personId, row.memoryKey).open(memoryPlace(trigger, row.personId), row.memory).toString(),
        ) as Json);
  return {
    ...(row.pausedBy === null ? {} : { pausedBy: row.pausedBy }),
    ...(row.pausedAt === null ? {} : { pausedAt: row.pausedAt }),
    skipNext: row.skipNext,
    memory,
  };
}

/** Keeps what a condition wants to know the next time, sealed. */
export async function keepMemory(store: StoreIn, trigger: string, personId: string, memory: Json): Promise<void> {
  const unit = store.keys.newUnit(personId);
  const sealed = {
    memoryKey: unit.wrapped,
    memory: unit.seal(memoryPlace(trigger, personId), JSON.stringify(memory)),
    updatedAt: store.clock.now(),
  };
  await store.db
    .insert(triggerStates)
    .values({ trigger, personId, ...sealed })
    .onConflictDoUpdate({ target: triggerStates.trigger, set: sealed });
}

/** One of the fires that a person wanted skipped has been. */
export async function countSkip(store: StoreIn, trigger: string): Promise<void> {
  await store.db
    .update(triggerStates)
    .set({ skipNext: sql`greatest(${triggerStates.skipNext} - 1, 0)`, updatedAt: store.clock.now() })
    .where(eq(triggerStates.trigger, trigger));
}

/** When the last fire that began or will begin was accepted, and how many there were within `perMs`. */
export async function recentFires(
  { db, clock }: StoreIn,
  trigger: string,
  perMs: number,
): Promise<{ lastAt?: number; recent: number }> {
  // A run that tells of a failure is no fire of its own.
  const counted = and(
    ...[eq(fires.trigger, trigger), ne(fires.kind, 'failure'), notInArray(fires.state, ['skipped', 'missed'])],
  );
  const [last] = await db
    .select({ at: fires.acceptedAt })
    .from(fires)
    .where(counted)
    .orderBy(desc(fires.acceptedAt))
    .limit(1);
  if (last === undefined) return { recent: 0 };
  if (perMs === 0) return { lastAt: last.at.getTime(), recent: 0 };
  const [found] = await db
    .select({ n: count() })
    .from(fires)
    .where(and(counted, gt(fires.acceptedAt, new Date(clock.now().getTime() - perMs))));
  return { lastAt: last.at.getTime(), recent: found?.n ?? 0 };
}
