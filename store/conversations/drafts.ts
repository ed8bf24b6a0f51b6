import { and, eq, isNull } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { StoreIn } from '../store.ts';

/** What is being said in a conversation before it is all said. It may be lost at any moment. */
export interface Draft {
  readonly turn: number;
  /** Grows when what was said so far is void, and it is said anew. */
  readonly attempt: number;
  /** All so far, in Markdown as the model writes it: text from outside. */
  readonly text: string;
}

/** Nobody waits longer for the next word. */
const ttlMs = 60_000;

const keyOf = (conversationId: string) => `draft:${conversationId}`;
const sealPlace = (row: string, person: string) => ({ table: 'drafts', row, column: 'text', person });

interface Whose {
  readonly conversationId: string;
  readonly personId: string;
}

/** Shows what is being said, sealed. */
export async function putDraft(
  { hot, keys }: { readonly hot: HotTier; readonly keys: KeyRing },
  { conversationId, personId }: Whose,
  draft: Draft,
): Promise<void> {
  const unit = keys.newUnit(personId);
  const content = unit.seal(sealPlace(conversationId, personId), JSON.stringify(draft));
  const sealed = JSON.stringify([unit.wrapped.toString('base64'), content.toString('base64')]);
  await hot.set(keyOf(conversationId), sealed, ttlMs);
}

/** What is being said; undefined where nothing is. @throws sealBroken */
export async function readDraft(
  { hot, keys }: { readonly hot: HotTier; readonly keys: KeyRing },
  { conversationId, personId }: Whose,
): Promise<Draft | undefined> {
  const sealed = await hot.get(keyOf(conversationId));
  if (sealed === undefined) return undefined;
  const [wrapped, content] = (JSON.parse(sealed) as [string, string]).map((part) => Buffer.from(part, 'base64'));
  const text = keys.unit(personId, wrapped!).open(sealPlace(conversationId, personId), content!).toString();
  return JSON.parse(text) as Draft;
}

/** All is said. */
export const dropDraft = (hot: HotTier, conversationId: string): Promise<void> => hot.delete(keyOf(conversationId));

/** Notes where a draft of an answer is shown, so that the answer takes its place. The first one stays. */
export async function keepDraftPlace({ db }: StoreIn, inboxId: string, place: string): Promise<void> {
  await db
    .update(inbox)
    .set({ draftPlace: place })
    .where(and(eq(inbox.id, inboxId), isNull(inbox.draftPlace)));
}
