import { and, eq, inArray } from 'drizzle-orm';
import { deliveries, fires } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';

/** Those of some slot keys that one trigger knows already, as a fire of their own or taken along by another. */
export async function knownSlots(
  { db }: Pick<StoreIn, 'db'>,
  trigger: string,
  slotKeys: readonly string[],
): Promise<Set<string>> {
  if (slotKeys.length === 0) return new Set();
  const own = await db
    .select({ slotKey: fires.slotKey })
    .from(fires)
    .where(and(eq(fires.trigger, trigger), inArray(fires.slotKey, [...slotKeys])));
  const joined = await db
    .select({ slotKey: deliveries.slotKey })
    .from(deliveries)
    .where(and(eq(deliveries.trigger, trigger), inArray(deliveries.slotKey, [...slotKeys])));
  return new Set([...own, ...joined].flatMap(({ slotKey }) => slotKey ?? []));
}
