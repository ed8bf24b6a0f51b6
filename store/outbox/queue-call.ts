import { eq } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { newId } from '../../schemas/ids.ts';
import type { OutgoingCall } from '../../schemas/outgoing.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import type { OutboxRow } from './claim-effect.ts';

const callPlace = (row: string, person: string) => ({ table: 'outbox', row, column: 'content', person });

/**
 * Mints an HTTP call as an outward effect: id and content are fixed from here on. The same key is the same call.
 *
 * @param effectKey - what is called at most once under this name; begins with the fire's id
 * @returns id of the row, new or not
 */
export async function queueCall(
  store: Store,
  { personId, effectKey, call }: { personId: string; effectKey: string; call: OutgoingCall },
): Promise<string> {
  const id = newId('outbox', store.clock);
  return await inTransaction(store, async (inside) => {
    const unit = inside.keys.newUnit(personId);
    const made = await inside.db
      .insert(outbox)
      .values({
        ...{ id, personId, effectKey, kind: 'call', channel: 'http', accountId: '', createdAt: inside.clock.now() },
        // No mail will ever come back under it.
        messageIdHmac: inside.keys.fingerprint('message-id', id),
        wrappedKey: unit.wrapped,
        content: unit.seal(callPlace(id, personId), JSON.stringify(call)),
      })
      .onConflictDoNothing({ target: outbox.effectKey })
      .returning({ id: outbox.id });
    if (made.length > 0) {
      const data = { kind: 'call', channel: 'http' };
      await appendEvent(inside, { aggregate: 'outbox', aggregateId: id, type: 'outbox.queued', personId, data });
      return id;
    }
    const [known] = await inside.db.select({ id: outbox.id }).from(outbox).where(eq(outbox.effectKey, effectKey));
    return known!.id;
  });
}

/** Opens what is to be called. @throws sealBroken */
export function openCall({ keys }: Pick<StoreIn, 'keys'>, row: OutboxRow): OutgoingCall {
  const opened = keys.unit(row.personId, row.wrappedKey).open(callPlace(row.id, row.personId), row.content);
  return JSON.parse(opened.toString()) as OutgoingCall;
}
