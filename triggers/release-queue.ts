import { and, eq } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { inTransaction } from '../store/store.ts';
import { begun, openFiresOf } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { startFire } from './start-fire.ts';

/** Fires that wait behind another of their trigger. */
export const inQueue = and(eq(fires.state, 'open'), eq(fires.waits, 'queue'));

/**
 * Lets the next fire out of a trigger's queue when none of its runs is under way. May be repeated, also by several at
 * once.
 *
 * @returns whether one was let out
 */
export async function releaseQueue(deps: DispatchDeps, trigger: string): Promise<boolean> {
  // Every ending asks, and hardly any trigger has a queue: one look at a small index instead of a lock.
  const [waiting] = await deps.store.db
    .select({ id: fires.id })
    .from(fires)
    .where(and(inQueue, eq(fires.trigger, trigger)))
    .limit(1);
  if (waiting === undefined) return false;
  const next = await inTransaction(deps.store, async (inside) => {
    await lockTrigger(inside, trigger);
    const open = await openFiresOf(inside, trigger);
    if (begun(open).length > 0) return undefined;
    const [first] = open;
    if (first === undefined) return undefined;
    const [released] = await inside.db.update(fires).set({ waits: null }).where(eq(fires.id, first.id)).returning();
    return released;
  });
  if (next === undefined) return false;
  try {
    await startFire(deps, next);
  } catch (error) {
    deps.log.warn({ fire: next.id, err: error }, 'a fire could not be started yet; the sweeper tries again');
  }
  return true;
}
