import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { deliveries, fires, payloads } from '../../schemas/db/fires.ts';
import { firstIdAt } from '../../schemas/ids.ts';
import { sealOverheadBytes } from '../keys/seal.ts';
import type { StoreIn } from '../store.ts';
import type { FireRow } from './open-fire.ts';

export interface FireQuery {
  readonly trigger?: string;
  readonly state?: FireRow['state'];
  readonly kind?: FireRow['kind'];
  /** Only fires accepted at this instant or after it. */
  readonly since?: Date;
  /** 1 to 500. */
  readonly limit: number;
  /** Only fires older than this one: the last id of the page before. */
  readonly before?: string;
}

/**
 * Fires, newest first. Ids sort by time, so the last id of a page asks for the next, and `since` is a range of the
 * primary key. What one filter makes rare is found by its own index (trigger, state) or by walking the range of ids.
 */
export async function readFires(store: StoreIn, query: FireQuery): Promise<FireRow[]> {
  const wanted: SQL[] = [];
  if (query.trigger !== undefined) wanted.push(eq(fires.trigger, query.trigger));
  if (query.state !== undefined) wanted.push(eq(fires.state, query.state));
  if (query.kind !== undefined) wanted.push(eq(fires.kind, query.kind));
  if (query.since !== undefined) wanted.push(gte(fires.id, firstIdAt('fire', query.since)));
  if (query.before !== undefined) wanted.push(lt(fires.id, query.before));
  return await store.db
    .select()
    .from(fires)
    .where(and(...wanted))
    .orderBy(desc(fires.id))
    .limit(query.limit);
}

/** What is known of one fire beside its row. */
export interface WholeFire {
  readonly fire: FireRow;
  readonly deliveries: readonly { readonly at: Date; readonly source: string }[];
  /** The fire whose ending set this one off, and those that its own ending set off; oldest first, at most 100. */
  readonly cause?: FireRow;
  readonly caused: readonly FireRow[];
  /** What came with the event; `bytes` before it was sealed. */
  readonly payload?: { readonly bytes: number; readonly mediaType: string; readonly receivedAt: Date };
}

/** One fire with its further deliveries, oldest first, its cause and what it caused; undefined where it does not exist. */
export async function readFire(store: StoreIn, fireId: string): Promise<WholeFire | undefined> {
  const { db } = store;
  const [fire] = await db.select().from(fires).where(eq(fires.id, fireId));
  if (fire === undefined) return undefined;
  const further = await db
    .select({ at: deliveries.at, source: deliveries.source })
    .from(deliveries)
    .where(eq(deliveries.fireId, fireId))
    .orderBy(deliveries.id)
    .limit(500);
  const [cause] = fire.causedBy === null ? [] : await db.select().from(fires).where(eq(fires.id, fire.causedBy));
  const caused = await db.select().from(fires).where(eq(fires.causedBy, fireId)).orderBy(fires.id).limit(100);
  const [payload] = await db
    .select({
      sealed: sql<number>`octet_length(${payloads.content})`,
      mediaType: payloads.mediaType,
      receivedAt: payloads.receivedAt,
    })
    .from(payloads)
    .where(eq(payloads.fireId, fireId));
  return {
    ...{ fire, deliveries: further, caused },
    ...(cause === undefined ? {} : { cause }),
    ...(payload === undefined
      ? {}
      : {
          payload: {
            bytes: payload.sealed - sealOverheadBytes,
            mediaType: payload.mediaType,
            receivedAt: payload.receivedAt,
          },
        }),
  };
}
