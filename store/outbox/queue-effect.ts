import type { ChatDocument } from '../../schemas/chat-document.ts';
import { chatIdOf, messageIdOf } from '../../schemas/ids.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { mintEffect } from './mint-effect.ts';

interface Addressed {
  readonly personId: string;
  /** What is done at most once under this name; begins with the fire's id. */
  readonly effectKey: string;
  readonly kind: 'digest' | 'report' | 'notice' | 'answer';
  /** The turn that it belongs to. */
  readonly turnId?: string;
  readonly channel: string;
  readonly accountId: string;
  /** The owner's own address; of a mail the sender too. */
  readonly address: string;
}

export interface NewEffect extends Addressed {
  readonly mail: RenderedMail;
}

/** What Steward says on a channel of messages. */
export interface StewardMessage {
  readonly document: ChatDocument;
  /** The same in plain words. */
  readonly text: string;
}

/** Mints a mail: the same key is the same effect. @returns id of the row, new or not */
export async function queueEffect(store: Store, { address, mail, ...effect }: NewEffect): Promise<string> {
  return await inTransaction(store, (inside) =>
    mintEffect(inside, effect, (id) => ({
      messageId: messageIdOf(id, address.slice(address.lastIndexOf('@') + 1)),
      ...{ from: address, to: address, ...mail, date: inside.clock.now().toISOString() },
    })),
  );
}

/**
 * Mints what is said to one address as one message a part, inside the caller's transaction. The same key is the same
 * effects.
 *
 * @returns ids of the rows in the order of the parts, new or not
 */
export async function queueMessages(
  inside: StoreIn,
  { address, parts, ...effect }: Addressed & { readonly parts: readonly StewardMessage[] },
): Promise<string[]> {
  const ids: string[] = [];
  for (const [at, part] of parts.entries()) {
    const effectKey = at === 0 ? effect.effectKey : `${effect.effectKey}:${at + 1}`;
    const contentOf = (id: string) => ({ id: chatIdOf(id), address, kind: 'direct' as const, ...part });
    ids.push(await mintEffect(inside, { ...effect, effectKey, part: at + 1 }, contentOf));
  }
  return ids;
}
