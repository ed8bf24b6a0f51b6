import { and, eq } from 'drizzle-orm';
import type { ThreadPlace } from '../../schemas/chat-message.ts';
import { conversations, threads } from '../../schemas/db/conversations.ts';
import { newId } from '../../schemas/ids.ts';
import type { StoreIn } from '../store.ts';

export type ThreadRow = typeof threads.$inferSelect;

interface ThreadOwner {
  readonly personId: string;
  readonly accountId: string;
}

/** Finds the row of a thread, or makes it with its conversation, inside the caller's transaction. Two at once make one. */
export async function ensureThread(inside: StoreIn, owner: ThreadOwner, place: ThreadPlace): Promise<ThreadRow> {
  const { personId, accountId } = owner;
  const keyHmac = inside.keys.fingerprint('thread', place.key);
  const known = await findThread(inside, accountId, keyHmac);
  if (known !== undefined) return known;
  const conversationId = await ensureConversation(inside, owner, place);
  const id = newId('thread', inside.clock);
  const [made] = await inside.db
    .insert(threads)
    .values({ id, personId, conversationId, accountId, kind: place.kind, keyHmac, createdAt: inside.clock.now() })
    .onConflictDoNothing({ target: [threads.accountId, threads.keyHmac] })
    .returning();
  return made ?? (await findThread(inside, accountId, keyHmac))!;
}

async function findThread(inside: StoreIn, accountId: string, keyHmac: string): Promise<ThreadRow | undefined> {
  const [found] = await inside.db
    .select()
    .from(threads)
    .where(and(eq(threads.accountId, accountId), eq(threads.keyHmac, keyHmac)));
  return found;
}

/** All direct threads of a person are one conversation: it is one assistant, wherever one writes to it. */
async function ensureConversation(inside: StoreIn, owner: ThreadOwner, place: ThreadPlace): Promise<string> {
  const { personId, accountId } = owner;
  const key = place.kind === 'direct' ? 'direct' : `${accountId}\0${place.key}`;
  const keyHmac = inside.keys.fingerprint('conversation', key);
  const now = inside.clock.now();
  await inside.db
    .insert(conversations)
    .values({ id: newId('conversation', inside.clock), personId, keyHmac, createdAt: now, lastAt: now })
    .onConflictDoNothing({ target: [conversations.personId, conversations.keyHmac] });
  const [found] = await inside.db
    .select({ id: conversations.id })
    .from(conversations)
    .where(and(eq(conversations.personId, personId), eq(conversations.keyHmac, keyHmac)));
  return found!.id;
}
