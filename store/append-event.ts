import { events } from '../schemas/db/records.ts';
import type { StoreIn } from './store.ts';

/** Records a change of state beside the change, in its transaction. `data` holds no personal data. */
export async function appendEvent(
  store: StoreIn,
  event: {
    aggregate:
      | 'fire'
      | 'inbox'
      | 'outbox'
      | 'pairing'
      | 'digest'
      | 'report'
      | 'account'
      | 'approval'
      | 'conversation'
      | 'file'
      | 'health'
      | 'incident'
      | 'person'
      | 'secret'
      | 'trigger'
      | 'watch';
    aggregateId: string;
    type: string;
    personId?: string;
    data?: Record<string, string | number | boolean>;
  },
): Promise<void> {
  await store.db.insert(events).values({
    at: store.clock.now(),
    personId: event.personId ?? null,
    aggregate: event.aggregate,
    aggregateId: event.aggregateId,
    type: event.type,
    data: event.data ?? {},
  });
}
