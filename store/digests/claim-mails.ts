import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { accounts, cursors } from '../../schemas/db/accounts.ts';
import { fires } from '../../schemas/db/fires.ts';
import { digests, inbox } from '../../schemas/db/inbox.ts';
import type { Digest } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import { newId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/protocol.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

/**
 * Gives a fire its digest and every mail of the person that is in no digest yet, oldest first, at most
 * `limits.digestRows`. In one transaction, so a mail is in exactly one digest; repeated, it gives what it gave. Mails of a
 * digest that was never made, since its fire ended without it, are taken again.
 *
 * @throws notFound where there is no such fire
 */
export async function claimMails(
  store: Store,
  { fireId, personId }: { fireId: string; personId: string },
): Promise<{ digestId: string; count: number }> {
  return await inTransaction(store, async (inside) => {
    // New mail that looks for a fire to join locks the same row: it is in this digest, or in a later one.
    const [fire] = await inside.db.select({ flow: fires.flow }).from(fires).where(eq(fires.id, fireId)).for('update');
    if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
    const [known] = await inside.db
      .select({ digestId: digests.id, count: digests.itemCount })
      .from(digests)
      .where(eq(digests.fireId, fireId));
    if (known !== undefined) return known;
    const digestId = newId('digest', inside.clock);
    const { wrapped: wrappedKey } = inside.keys.newUnit(personId);
    await inside.db
      .insert(digests)
      .values({ id: digestId, personId, fireId, wrappedKey, createdAt: inside.clock.now() });
    const count = await takeMails(inside, personId, digestId);
    // An email digest without mail is not delivered, so it must not use up what is said only once.
    const older = count > 0 || fire.flow !== 'emailDigest' ? await unreportedOlder(inside, personId) : [];
    await inside.db.update(digests).set({ itemCount: count, older }).where(eq(digests.id, digestId));
    const data = { mails: count };
    await appendEvent(inside, { aggregate: 'digest', aggregateId: digestId, type: 'digest.claimed', personId, data });
    return { digestId, count };
  });
}

async function takeMails(inside: StoreIn, personId: string, digestId: string): Promise<number> {
  // One claim of a person at a time: two that ran side by side would each take some of the same burst.
  await inside.db.execute(sql`select pg_advisory_xact_lock(hashtext(${`claim:${personId}`}))`);
  const abandoned = inside.db
    .select({ id: digests.id })
    .from(digests)
    .innerJoin(fires, eq(fires.id, digests.fireId))
    .where(and(eq(digests.personId, personId), eq(digests.state, 'open'), ne(fires.state, 'open')));
  await inside.db.update(inbox).set({ digestId: null }).where(inArray(inbox.digestId, abandoned));
  const free = inside.db
    .select({ id: inbox.id })
    .from(inbox)
    .where(and(eq(inbox.personId, personId), isNull(inbox.conversationId), isNull(inbox.digestId)))
    .orderBy(asc(inbox.receivedAt), asc(inbox.id))
    .limit(limits.digestRows);
  const taken = await inside.db
    .update(inbox)
    .set({ digestId })
    .where(and(inArray(inbox.id, free), isNull(inbox.digestId)))
    .returning({ id: inbox.id });
  return taken.length;
}

/** Mailboxes seen for the first time: how many mails lay in them is said once, in the next digest. */
async function unreportedOlder(inside: StoreIn, personId: string): Promise<Digest['older']> {
  const rows = await inside.db
    .select({
      accountId: cursors.accountId,
      mailbox: cursors.mailbox,
      account: accounts.name,
      count: cursors.olderCount,
    })
    .from(cursors)
    .innerJoin(accounts, eq(accounts.id, cursors.accountId))
    .where(and(eq(accounts.personId, personId), eq(cursors.olderReported, false)))
    .for('update', { of: cursors });
  for (const { accountId, mailbox } of rows) {
    await inside.db
      .update(cursors)
      .set({ olderReported: true })
      .where(and(eq(cursors.accountId, accountId), eq(cursors.mailbox, mailbox)));
  }
  return rows.filter((row) => row.count > 0).map(({ account, count }) => ({ account, count }));
}
