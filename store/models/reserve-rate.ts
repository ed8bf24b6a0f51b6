import { and, eq, sql } from 'drizzle-orm';
import { modelRates } from '../../schemas/db/model-rates.ts';
import { paceOf, type Rate, waitFor } from '../../schemas/pace.ts';
import { inTransaction, type Store } from '../store.ts';

/**
 * Takes so many units of a model's rate, for all workers together: the time for them is reserved in the order of asking,
 * so that whoever waits is not overtaken.
 *
 * @param mostWaitMs - nothing is taken where it would take longer
 * @returns how long to wait, milliseconds; `refused` with how long it would have been
 * @source GCRA, the virtual scheduling algorithm of ITU-T I.371, with reservation
 */
export async function reserveRate(
  store: Store,
  { model, unit }: { readonly model: string; readonly unit: string },
  rate: Rate,
  units: number,
  mostWaitMs: number,
): Promise<{ readonly waitMs: number; readonly refused?: true }> {
  return await inTransaction(store, async (inside) => {
    const nowMs = inside.clock.now().getTime();
    const one = and(eq(modelRates.model, model), eq(modelRates.unit, unit));
    await inside.db.insert(modelRates).values({ model, unit, nextMs: 0 }).onConflictDoNothing();
    const [row] = await inside.db.select().from(modelRates).where(one).for('update');
    const { nextMs, waitMs } = waitFor(paceOf(rate), row!.nextMs, nowMs, units);
    if (waitMs > mostWaitMs) return { waitMs, refused: true };
    await inside.db.update(modelRates).set({ nextMs }).where(one);
    return { waitMs };
  });
}

/** Gives units back that were not used. */
export async function giveBackRate(
  { db }: Pick<Store, 'db'>,
  { model, unit }: { readonly model: string; readonly unit: string },
  rate: Rate,
  units: number,
): Promise<void> {
  const back = units * paceOf(rate).everyMs;
  await db
    .update(modelRates)
    .set({ nextMs: sql`${modelRates.nextMs} - ${back}` })
    .where(and(eq(modelRates.model, model), eq(modelRates.unit, unit)));
}
