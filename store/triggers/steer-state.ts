import { and, gt, isNotNull, or } from 'drizzle-orm';
import { triggerStates } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';
import { readPauseReason } from './pause-reason.ts';

type Steering = Partial<Pick<typeof triggerStates.$inferInsert, 'pausedAt' | 'pausedBy' | 'skipNext'>>;

/** Keeps a person's word on a trigger: over restarts, and whatever becomes of its file. */
export async function writeSteering(
  store: StoreIn,
  trigger: string,
  personId: string,
  steering: Steering,
): Promise<void> {
  const row = { ...steering, updatedAt: store.clock.now() };
  await store.db
    .insert(triggerStates)
    .values({ trigger, personId, ...row })
    .onConflictDoUpdate({ target: triggerStates.trigger, set: row });
}

export interface SteeredNow {
  readonly paused?: { readonly by: string; readonly since: Date; readonly reason?: string };
  readonly skipNext: number;
}

/** Every trigger that is paused or skips what comes next, by name. @throws sealBroken */
export async function readSteering(store: StoreIn): Promise<Map<string, SteeredNow>> {
  const { trigger, pausedAt, pausedBy, skipNext } = triggerStates;
  const rows = await store.db
    .select({ trigger, pausedAt, pausedBy, skipNext })
    .from(triggerStates)
    .where(or(and(isNotNull(pausedAt), isNotNull(pausedBy)), gt(skipNext, 0)))
    .orderBy(trigger);
  const found = new Map<string, SteeredNow>();
  for (const row of rows) {
    const reason = row.pausedAt === null ? undefined : await readPauseReason(store, row.trigger);
    found.set(row.trigger, {
      skipNext: row.skipNext,
      ...(row.pausedAt === null || row.pausedBy === null
        ? {}
        : { paused: { by: row.pausedBy, since: row.pausedAt, ...(reason === undefined ? {} : { reason }) } }),
    });
  }
  return found;
}
