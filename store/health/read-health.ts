import { healthStates } from '../../schemas/db/records.ts';
import type { StoreIn } from '../store.ts';

export type HealthState = typeof healthStates.$inferSelect;

/** The settled state of every check, by name. */
export function readHealth(store: StoreIn): Promise<HealthState[]> {
  return store.db.select().from(healthStates).orderBy(healthStates.check);
}
