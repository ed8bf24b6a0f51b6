import { eq } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import { digests } from '../../schemas/db/inbox.ts';
import type { StoreIn } from '../store.ts';

/** The flow that makes a digest, and the trigger that fired it. Reads only. */
export async function firedFor(
  { db }: Pick<StoreIn, 'db'>,
  digestId: string,
): Promise<{ readonly flow: string; readonly trigger: string } | undefined> {
  const [row] = await db
    .select({ flow: fires.flow, trigger: fires.trigger })
    .from(digests)
    .innerJoin(fires, eq(fires.id, digests.fireId))
    .where(eq(digests.id, digestId));
  return row;
}
