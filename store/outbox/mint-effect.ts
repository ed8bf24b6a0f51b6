import { eq } from 'drizzle-orm';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { newId } from '../../schemas/ids.ts';
import type { OutgoingMail } from '../../schemas/outgoing.ts';
import { appendEvent } from '../append-event.ts';
import type { StoreIn } from '../store.ts';

type Row = typeof outbox.$inferInsert;

/** An effect before it has an id. */
export type UnmintedEffect = Pick<Row, 'personId' | 'effectKey' | 'kind' | 'channel' | 'accountId'> &
  Partial<Pick<Row, 'turnId' | 'part' | 'state' | 'endedAt'>>;

/**
 * Mints an outward effect, inside the caller's transaction: id and content are fixed from here on. The same key is the
 * same effect.
 *
 * @param contentOf - what goes out under this id
 * @param facts - for the event beside it, nothing personal
 * @returns id of the row, new or not
 */
export async function mintEffect(
  inside: StoreIn,
  effect: UnmintedEffect,
  contentOf: (id: string) => OutgoingMail | OutgoingChat,
  facts: Record<string, string | number> = {},
): Promise<string> {
  const { personId, effectKey, kind, channel } = effect;
  const id = newId('outbox', inside.clock);
  const content = contentOf(id);
  const unit = inside.keys.newUnit(personId);
  const place = { table: 'outbox', row: id, column: 'content', person: personId };
  const print = 'messageId' in content ? content.messageId : content.id;
  const made = await inside.db
    .insert(outbox)
    .values({
      ...{ ...effect, id, createdAt: inside.clock.now() },
      messageIdHmac: inside.keys.fingerprint('message-id', print),
      ...{ wrappedKey: unit.wrapped, content: unit.seal(place, JSON.stringify(content)) },
    })
    .onConflictDoNothing({ target: outbox.effectKey })
    .returning({ id: outbox.id });
  if (made.length > 0) {
    const data = { kind, channel, ...facts };
    await appendEvent(inside, { aggregate: 'outbox', aggregateId: id, type: 'outbox.queued', personId, data });
    return id;
  }
  const [known] = await inside.db.select({ id: outbox.id }).from(outbox).where(eq(outbox.effectKey, effectKey));
  return known!.id;
}
