import { eq } from 'drizzle-orm';
import { isPostKind } from '../../schemas/channel-file.ts';
import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { chatIdOf, messageIdOf, newId } from '../../schemas/ids.ts';
import type { OutgoingMail, RenderedMail } from '../../schemas/outgoing.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

export interface NewEffect {
  readonly personId: string;
  /** What is done at most once under this name; begins with the fire's id. */
  readonly effectKey: string;
  readonly kind: 'digest' | 'report' | 'notice';
  readonly channel: string;
  readonly accountId: string;
  /** Sender and recipient: the owner's own address. */
  readonly address: string;
  readonly mail: RenderedMail;
}

/**
 * Mints an outward effect: id, Message-ID and content are fixed from here on. The same key is the same effect.
 *
 * @returns id of the row, new or not
 */
export async function queueEffect(store: Store, effect: NewEffect): Promise<string> {
  const { personId, effectKey, kind, channel, accountId, address } = effect;
  const id = newId('outbox', store.clock);
  const createdAt = store.clock.now();
  const { print, content } = isPostKind(channel)
    ? mailOf(id, address, effect.mail, createdAt)
    : messageOf(id, address, effect.mail);
  return await inTransaction(store, async (inside) => {
    const unit = inside.keys.newUnit(personId);
    const place = { table: 'outbox', row: id, column: 'content', person: personId };
    const made = await inside.db
      .insert(outbox)
      .values({
        ...{ id, personId, effectKey, kind, channel, accountId, createdAt },
        messageIdHmac: inside.keys.fingerprint('message-id', print),
        wrappedKey: unit.wrapped,
        content: unit.seal(place, JSON.stringify(content)),
      })
      .onConflictDoNothing({ target: outbox.effectKey })
      .returning({ id: outbox.id });
    if (made.length > 0) {
      await appendEvent(inside, {
        aggregate: 'outbox',
        aggregateId: id,
        type: 'outbox.queued',
        personId,
        data: { kind, channel },
      });
      return id;
    }
    const [known] = await inside.db.select({ id: outbox.id }).from(outbox).where(eq(outbox.effectKey, effectKey));
    return known!.id;
  });
}

function mailOf(id: string, address: string, mail: RenderedMail, createdAt: Date) {
  const messageId = messageIdOf(id, address.slice(address.lastIndexOf('@') + 1));
  const content: OutgoingMail = { messageId, from: address, to: address, ...mail, date: createdAt.toISOString() };
  return { print: messageId, content };
}

/** On a channel of messages the plain text says all. */
function messageOf(id: string, address: string, { subject, text }: RenderedMail) {
  const document: ChatDocument = [
    { kind: 'heading', text: subject },
    { kind: 'code', text },
  ];
  const content: OutgoingChat = { id: chatIdOf(id), address, kind: 'direct', document, text: `${subject}\n\n${text}` };
  return { print: content.id, content };
}

/** What Steward says on a channel of messages of its own accord. */
export interface StewardMessage {
  readonly document: ChatDocument;
  /** The same in plain words. */
  readonly text: string;
}

/**
 * Mints a message to one address, inside the caller's transaction. The key must be new.
 *
 * @returns id of the row
 */
export async function queueMessage(
  inside: StoreIn,
  to: {
    readonly personId: string;
    readonly accountId: string;
    readonly channel: string;
    readonly address: string;
    readonly effectKey: string;
    readonly message: StewardMessage;
  },
): Promise<string> {
  const { personId, accountId, channel, address, effectKey, message } = to;
  const id = newId('outbox', inside.clock);
  const content: OutgoingChat = { id: chatIdOf(id), address, kind: 'direct', ...message };
  const unit = inside.keys.newUnit(personId);
  const place = { table: 'outbox', row: id, column: 'content', person: personId };
  await inside.db.insert(outbox).values({
    ...{ id, personId, effectKey, kind: 'notice', channel, accountId, createdAt: inside.clock.now() },
    messageIdHmac: inside.keys.fingerprint('message-id', content.id),
    ...{ wrappedKey: unit.wrapped, content: unit.seal(place, JSON.stringify(content)) },
  });
  const data = { kind: 'notice', channel };
  await appendEvent(inside, { aggregate: 'outbox', aggregateId: id, type: 'outbox.queued', personId, data });
  return id;
}
