import { eq, isNotNull, sql } from 'drizzle-orm';
import { triggerStates, type WatchState } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';

/** Where the watch of a trigger stands; undefined before its first look. */
export async function readWatch({ db }: StoreIn, trigger: string): Promise<WatchState | undefined> {
  const [row] = await db
    .select({ watch: triggerStates.watch })
    .from(triggerStates)
    .where(eq(triggerStates.trigger, trigger));
  return row?.watch ?? undefined;
}

/** A watch without what it saw, which is megabytes for a large folder. */
export type WatchSummary = Omit<WatchState, 'seen'> & { readonly hasSeen: boolean };

/** Where all watches stand, by trigger. */
export async function readWatches({ db }: StoreIn): Promise<ReadonlyMap<string, WatchSummary>> {
  const { trigger, watch } = triggerStates;
  const rows = await db
    .select({
      trigger,
      watch: sql<Omit<WatchState, 'seen'>>`${watch} - 'seen'`,
      hasSeen: sql<boolean>`${watch} -> 'seen' is not null`,
    })
    .from(triggerStates)
    .where(isNotNull(watch));
  return new Map(rows.map((row) => [row.trigger, { ...row.watch, hasSeen: row.hasSeen }]));
}

/** Keeps where a watch stands. Call it in the transaction that decided, under the trigger's lock. */
export async function keepWatch(
  { db, clock }: StoreIn,
  { trigger, personId }: { trigger: string; personId: string },
  watch: WatchState,
): Promise<void> {
  const set = { watch, updatedAt: clock.now() };
  await db
    .insert(triggerStates)
    .values({ trigger, personId, ...set })
    .onConflictDoUpdate({ target: triggerStates.trigger, set });
}
