import { eq } from 'drizzle-orm';
import { digests, inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { readDigest } from '../../store/digests/keep-digest.ts';
import { openMail } from '../../store/outbox/claim-effect.ts';
import type { Store } from '../../store/store.ts';

export interface Verdict {
  readonly messages: number;
  readonly digests: number;
  /** On the server and in no digest. */
  readonly lost: readonly string[];
  /** In more than one digest. */
  readonly doubled: readonly string[];
  /** In a digest and never sent by us. */
  readonly invented: readonly string[];
  /** Digests with mail whose delivery cannot be known; listed, never sent again. */
  readonly unknown: number;
  /** Digests with mail that the sink accepted other than once, `unknown` ones aside. */
  readonly misdelivered: readonly { readonly digestId: string; readonly copies: number; readonly state: string }[];
}

/**
 * Holds three lists against each other: what the mail server has, what the digests say, what the far side got.
 *
 * @param onServer - Message-IDs that were put into the mailbox
 * @param accepted - Message-ID of every mail that the SMTP server took, one entry a copy
 */
export async function judgeDigests(
  store: Store,
  onServer: readonly string[],
  accepted: readonly string[],
): Promise<Verdict> {
  const seen = new Map<string, number>();
  const rows = await store.db.select().from(digests).where(eq(digests.state, 'made'));
  const misdelivered: { digestId: string; copies: number; state: string }[] = [];
  let unknown = 0;
  for (const row of rows) {
    const { digest } = await readDigest(store, row.id);
    for (const item of digest.items) {
      const id = item.messageId ?? item.inboxId;
      seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    if (digest.items.length === 0) continue;
    const delivery = await deliveryOf(store, row.fireId);
    const copies = accepted.filter((id) => id === delivery?.messageId).length;
    if (delivery?.state === 'unknown') unknown += 1;
    if (copies !== 1 && !(delivery?.state === 'unknown' && copies === 0)) {
      misdelivered.push({ digestId: row.id, copies, state: delivery?.state ?? 'none' });
    }
  }
  const sent = new Set(onServer);
  return {
    messages: onServer.length,
    digests: rows.length,
    lost: onServer.filter((id) => !seen.has(id)),
    doubled: [...seen].filter(([id, count]) => sent.has(id) && count > 1).map(([id]) => id),
    invented: [...seen.keys()].filter((id) => !sent.has(id)),
    unknown,
    misdelivered,
  };
}

async function deliveryOf(store: Store, fireId: string): Promise<{ messageId: string; state: string } | undefined> {
  const all = await store.db.select().from(outbox).where(eq(outbox.kind, 'digest'));
  const row = all.find((r) => r.effectKey.startsWith(`${fireId}:`));
  if (row === undefined) return undefined;
  return { messageId: openMail(store, row).messageId, state: row.state };
}

/** Says whether everything has come to rest: all mail in a digest, no effect under way. */
export async function atRest(store: Store, messages: number): Promise<boolean> {
  const rows = await store.db.select({ digestId: inbox.digestId }).from(inbox);
  if (rows.filter((row) => row.digestId !== null).length < messages) return false;
  const open = await store.db.select({ id: digests.id }).from(digests).where(eq(digests.state, 'open'));
  const effects = await store.db.select({ state: outbox.state }).from(outbox);
  return open.length === 0 && effects.every((effect) => effect.state !== 'queued' && effect.state !== 'sending');
}
