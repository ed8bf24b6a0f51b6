import { and, eq, isNull } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import { StewardError } from '../schemas/errors.ts';
import type { Beginning } from '../schemas/flow-io.ts';
import { argsOf } from '../store/fires/open-fire.ts';
import { inTransaction } from '../store/store.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/**
 * Lets a fire that collects events begin once they have come to rest. From then on nothing joins it.
 *
 * May be repeated: the first beginning stays.
 *
 * @returns how long to wait and ask again, or the arguments to begin with
 * @throws notFound, storeBusy
 */
export async function beginFire({ store }: Pick<DispatchDeps, 'store'>, fireId: string): Promise<Beginning> {
  try {
    return await inTransaction(store, async (inside) => {
      const [fire] = await inside.db.select().from(fires).where(eq(fires.id, fireId)).for('update');
      if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
      const now = inside.clock.now();
      const waitMs = fire.begunAt === null && fire.notBefore !== null ? fire.notBefore.getTime() - now.getTime() : 0;
      if (waitMs > 0) return { waitMs };
      await inside.db
        .update(fires)
        .set({ begunAt: now })
        .where(and(eq(fires.id, fireId), isNull(fires.begunAt)));
      return { waitMs: 0, args: argsOf(inside, fire) };
    });
  } catch (error) {
    throw nameFailure(error);
  }
}
