import { sql } from 'drizzle-orm';
import type { StoreIn } from '../store.ts';

/** Lets one transaction at a time decide for a trigger; the others wait for its end. */
export async function lockTrigger(store: StoreIn, trigger: string): Promise<void> {
  await store.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`trigger:${trigger}`}, 0))`);
}
