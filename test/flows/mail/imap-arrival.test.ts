/*
 * - The first sight of a mailbox takes nothing that was there, and counts what is unread.
 * - Each mail that arrives after it is one inbox row, whether a push, a timer or a restart finds it.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { cursors } from '../../../schemas/db/accounts.ts';
import { dovecot } from '../../support/dovecot.ts';
import { sampleMail, sampleMails } from '../../support/mail-samples.ts';
import { dovecotChannel, inboxMails, startSession, until } from '../../support/mail-session.ts';
import { testStore } from '../../support/postgres.ts';

const me = 'me@mail.test';

test('runSession() takes a mail in as soon as IDLE tells of it', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  await server.append(me, sampleMail({ id: '<before@example.org>' }));
  await using session = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);
  await server.append(me, sampleMail({ id: '<after@example.org>', subject: 'Tea' }));
  await until('the mail', () => session.arrived.length === 1);
  const mails = await inboxMails(at.store, session.accountId);
  expect(mails.map((mail) => [mail.messageId, mail.subject, mail.text])).toEqual([
    ['<after@example.org>', 'Tea', 'Shall we meet on Friday?'],
  ]);
  const [cursor] = await at.store.db.select().from(cursors).where(eq(cursors.accountId, session.accountId));
  expect(cursor).toMatchObject({ lastUid: 2, olderCount: 1, olderReported: false });
});

test('runSession() goes on from its cursor after a restart, and takes what came meanwhile once', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  const first = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);
  await server.append(me, sampleMail({ id: '<1@example.org>' }));
  await until('the first mail', () => first.arrived.length === 1);
  expect(await first.stop()).toEqual({ ended: 'aborted' });
  for (const { raw } of sampleMails(120)) await server.append(me, raw);
  await using second = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the rest', () => second.arrived.length === 120);
  const ids = (await inboxMails(at.store, second.accountId)).map((mail) => mail.messageId);
  expect(new Set(ids).size).toBe(121);
  expect(ids).toHaveLength(121);
});
