import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { deliveries, fires } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';
import type { FireRow } from './open-fire.ts';

export interface FireQuery {
  readonly trigger?: string;
  readonly state?: FireRow['state'];
  /** 1 to 500. */
  readonly limit: number;
  /** Only fires older than this one: the last id of the page before. */
  readonly before?: string;
}

/** Fires, newest first. Ids sort by time, so the last id of a page asks for the next. */
export async function readFires(store: StoreIn, query: FireQuery): Promise<FireRow[]> {
  const wanted: SQL[] = [];
  if (query.trigger !== undefined) wanted.push(eq(fires.trigger, query.trigger));
  if (query.state !== undefined) wanted.push(eq(fires.state, query.state));
  if (query.before !== undefined) wanted.push(lt(fires.id, query.before));
  return await store.db
    .select()
    .from(fires)
    .where(and(...wanted))
    .orderBy(desc(fires.id))
    .limit(query.limit);
}

/** One fire with its further deliveries, oldest first; undefined where it does not exist. */
export async function readFire(
  store: StoreIn,
  fireId: string,
): Promise<{ fire: FireRow; deliveries: { at: Date; source: string }[] } | undefined> {
  const [fire] = await store.db.select().from(fires).where(eq(fires.id, fireId));
  if (fire === undefined) return undefined;
  const further = await store.db
    .select({ at: deliveries.at, source: deliveries.source })
    .from(deliveries)
    .where(eq(deliveries.fireId, fireId))
    .orderBy(deliveries.id)
    .limit(500);
  return { fire, deliveries: further };
}
