import { and, count, eq } from 'drizzle-orm';
import { digests, inbox } from '../../schemas/db/inbox.ts';
import type { Digest, DigestItem, StoredDigest } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

const place = (row: string, person: string) => ({ table: 'digests', row, column: 'content', person });

/**
 * Composes and seals a digest from its lines. May be repeated: a digest that was made stays as it is.
 *
 * @throws notFound; storeBusy when its mails are not those of `items`
 */
export async function keepDigest(
  store: Store,
  digestId: string,
  items: readonly DigestItem[],
  render: (digest: Digest) => RenderedMail,
): Promise<void> {
  await inTransaction(store, async (inside) => {
    const [row] = await inside.db.select().from(digests).where(eq(digests.id, digestId)).for('update');
    if (row === undefined) throw new StewardError('notFound', `There is no digest ${digestId}`);
    if (row.state === 'made') return;
    const [held] = await inside.db.select({ mails: count() }).from(inbox).where(eq(inbox.digestId, digestId));
    // A fire that was given up may still be composing while its mails go into the next digest.
    if (held?.mails !== items.length) throw new StewardError('storeBusy', `Mails of digest ${digestId} changed hands`);
    const madeAt = inside.clock.now();
    const digest: Digest = { digestId, madeAt: madeAt.toISOString(), items, older: row.older };
    const content = inside.keys
      .unit(row.personId, row.wrappedKey)
      .seal(place(digestId, row.personId), JSON.stringify({ digest, rendered: render(digest) } satisfies StoredDigest));
    await inside.db
      .update(digests)
      .set({ state: 'made', content, madeAt })
      .where(and(eq(digests.id, digestId), eq(digests.state, 'open')));
    const data = { mails: items.length };
    await appendEvent(inside, {
      aggregate: 'digest',
      aggregateId: digestId,
      type: 'digest.made',
      personId: row.personId,
      data,
    });
  });
}

/** Opens a digest that was made. @throws notFound */
export async function readDigest(store: Store, digestId: string): Promise<StoredDigest> {
  const [row] = await store.db.select().from(digests).where(eq(digests.id, digestId));
  if (row?.content == null) throw new StewardError('notFound', `There is no digest ${digestId} that was made`);
  const opened = store.keys.unit(row.personId, row.wrappedKey).open(place(digestId, row.personId), row.content);
  return JSON.parse(opened.toString()) as StoredDigest;
}
