import { and, eq, ne } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { followFire } from './end-and-follow.ts';
import { inQueue, releaseQueue } from './release-queue.ts';

/** Endings taken up by one sweep; the rest waits a minute. */
const mostRows = 500;

/** Follows endings that nobody has been told of, and lets out queues that nothing runs ahead of. May be repeated. */
export async function sweepFollowers(deps: DispatchDeps): Promise<void> {
  const { db } = deps.store;
  const untold = await db
    .select()
    .from(fires)
    .where(and(eq(fires.followed, false), ne(fires.state, 'open')))
    .orderBy(fires.id)
    .limit(mostRows);
  for (const fire of untold) {
    try {
      await followFire(deps, fire);
    } catch (error) {
      // One that cannot be followed holds up neither the others nor the rest of the sweep.
      deps.log.warn({ fire: fire.id, err: error }, 'an ending could not be followed yet; the next sweep tries again');
    }
  }
  const queues = await db.selectDistinct({ trigger: fires.trigger }).from(fires).where(inQueue);
  for (const { trigger } of queues) await releaseQueue(deps, trigger);
}
