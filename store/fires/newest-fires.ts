import { sql } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { StoreIn } from '../store.ts';
import type { FireRow } from './open-fire.ts';

export type NewestFire = Pick<FireRow, 'id' | 'state' | 'dueAt'>;

/** The newest fire of each of these triggers, by name: one look into the index for each, however long the ledger is. */
export async function newestFires(store: StoreIn, triggers: readonly string[]): Promise<Map<string, NewestFire>> {
  if (triggers.length === 0) return new Map();
  const { rows } = await store.db.execute<{ name: string; id: string; state: FireRow['state']; due_at: string }>(
    newestQuery(triggers),
  );
  return new Map(rows.map(({ name, id, state, due_at }) => [name, { id, state, dueAt: new Date(due_at) }]));
}

/** The statement by itself, so that a test can ask for its plan. */
export function newestQuery(triggers: readonly string[]) {
  return sql`select wanted.name, newest.id, newest.state, newest.due_at
    from unnest(${sql.param([...triggers])}::text[]) as wanted(name)
    cross join lateral (
      select ${fires.id}, ${fires.state}, ${fires.dueAt} from ${fires}
      where ${fires.trigger} = wanted.name
      order by ${fires.acceptedAt} desc limit 1
    ) newest`;
}
