/*
 * - A mail is one row of an account, whatever place it is read from and however often.
 * - Rows, events and the cursor are one transaction, and only the newest session may write.
 * - No plaintext of a mail is in the database.
 */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Channel } from '../../../../schemas/channel-file.ts';
import { cursors } from '../../../../schemas/db/accounts.ts';
import { inbox } from '../../../../schemas/db/inbox.ts';
import { events } from '../../../../schemas/db/records.ts';
import type { IncomingMail } from '../../../../schemas/message.ts';
import { beginCursor, readCursor } from '../../../../store/accounts/cursor.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { takeFence } from '../../../../store/accounts/take-fence.ts';
import { acceptMails } from '../../../../store/inbox/accept-mails.ts';
import { openMail } from '../../../../store/inbox/open-mail.ts';
import { channelOf } from '../../../support/mail-session.ts';
import { parsedMail } from '../../../support/parsed-mail.ts';
import { testStore } from '../../../support/postgres.ts';

const channel: Channel = channelOf({ kind: 'maildir', addresses: ['me@mail.test'], path: '/nowhere' });

function incoming(key: string, uid: number, of: Partial<IncomingMail> = {}): IncomingMail {
  return {
    dedupeKey: key,
    place: { mailbox: 'INBOX', uidValidity: '1', uid },
    seen: false,
    receivedAt: '2026-03-02T08:00:00.000Z',
    sizeBytes: 100,
    mail: parsedMail({ messageId: `<${key}@example.org>` }),
    ...of,
  };
}

async function world() {
  const at = await testStore();
  const account = await ensureAccount(at.store, channel, at.personId);
  const { fence } = await takeFence(at.store, account.id);
  const session = { accountId: account.id, personId: at.personId, fence, channel: 'mail' };
  const start = { mailbox: 'INBOX', uidValidity: '1', lastUid: 0, horizon: new Date(0), olderCount: 0 };
  await beginCursor(at.store, session, start);
  return { ...at, session, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

test('acceptMails() takes each mail in once, from two sessions at once and from any place', async () => {
  await using at = await world();
  const mails = Array.from({ length: 40 }, (_, count) => incoming(`k${count}`, count + 1));
  const both = await Promise.all([acceptMails(at.store, at.session, mails), acceptMails(at.store, at.session, mails)]);
  expect(both[0].inboxIds.length + both[1].inboxIds.length).toBe(40);
  const moved = mails.map((mail, count) => ({
    ...mail,
    place: { mailbox: 'INBOX', uidValidity: '2', uid: 900 + count },
  }));
  expect(await acceptMails(at.store, at.session, moved)).toEqual({ inboxIds: [], turnIds: [], known: 40, own: 0 });
  expect(await at.store.db.$count(inbox)).toBe(40);
  expect(await at.store.db.$count(events, sql`type = 'inbox.accepted'`)).toBe(40);
});

test('acceptMails() holds a UID beyond 31 bits', async () => {
  await using at = await world();
  await acceptMails(at.store, at.session, [incoming('big', 4_294_967_295)]);
  const [row] = await at.store.db.select().from(inbox);
  expect(row?.uid).toBe(4_294_967_295);
  expect(row === undefined ? undefined : openMail(at.store.keys, row)).toEqual(incoming('big', 1).mail);
});

test('acceptMails() writes nothing and moves nothing for a session that lost its fence', async () => {
  await using at = await world();
  await takeFence(at.store, at.session.accountId);
  const move = { mailbox: 'INBOX', uidValidity: '1', lastUid: 7 };
  await expect(acceptMails(at.store, at.session, [incoming('a', 7)], move)).rejects.toMatchObject({
    code: 'sessionSuperseded',
  });
  expect(await at.store.db.$count(inbox)).toBe(0);
  expect(await readCursor(at.store, at.session.accountId, 'INBOX')).toMatchObject({ lastUid: 0 });
});

test('acceptMails() moves the cursor with the rows or not at all', async () => {
  await using at = await world();
  const move = { mailbox: 'INBOX', uidValidity: '1', lastUid: 7 };
  const broken = incoming('b', 7, { receivedAt: 'no date' });
  await expect(acceptMails(at.store, at.session, [incoming('a', 6), broken], move)).rejects.toThrow();
  expect(await at.store.db.select().from(cursors)).toMatchObject([{ lastUid: 0 }]);
  expect(await at.store.db.$count(inbox)).toBe(0);
  await acceptMails(at.store, at.session, [incoming('a', 6)], move);
  expect(await at.store.db.select().from(cursors)).toMatchObject([{ lastUid: 7 }]);
});

test('acceptMails() leaves no word of a mail in the clear', async () => {
  await using at = await world();
  const mail = parsedMail({
    messageId: '<canary1@x>',
    subject: 'canary2',
    text: 'canary3',
    from: { name: 'canary4', address: 'canary5@x' },
  });
  await acceptMails(at.store, at.session, [incoming('canary6', 1, { mail, place: { path: 'new/canary7.host' } })]);
  const rows = await at.store.db.execute(
    sql`select inbox::text as line from inbox union all select events::text from events`,
  );
  expect(rows.rows.length).toBeGreaterThan(1);
  expect(JSON.stringify(rows.rows)).not.toContain('canary');
  const [row] = await at.store.db.select().from(inbox);
  expect(row?.content.toString('latin1')).not.toContain('canary');
});
