/*
 * - A server that dies, falls silent or numbers its mail anew costs no mail and doubles none.
 * - Three refused logins, then rest; no password without TLS; a mail that cannot be fetched blocks no other.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { cursors } from '../../../schemas/db/accounts.ts';
import { outbox } from '../../../schemas/db/outbox.ts';
import { dovecot } from '../../support/dovecot.ts';
import { sampleMail, sampleMails } from '../../support/mail-samples.ts';
import { accountRow, channelOf, dovecotChannel, inboxMails, startSession, until } from '../../support/mail-session.ts';
import { testStore } from '../../support/postgres.ts';
import { type ScriptedImap, scriptedImap } from '../../support/scripted-imap.ts';

const me = 'me@mail.test';
type At = Awaited<ReturnType<typeof testStore>>;

const firstSight = (at: At) =>
  until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);

function scriptedChannel(server: ScriptedImap, imap: object = {}) {
  const tls = { ca: server.caFile, serverName: 'localhost' };
  const login = { user: me, password: 'pw-me' };
  return channelOf({
    kind: 'mail',
    addresses: [me],
    imap: { host: '127.0.0.1', port: server.port, tls, ...login, ...imap },
  });
}

const idsOf = async (at: At, accountId: string) =>
  (await inboxMails(at.store, accountId)).map((mail) => mail.messageId).sort();

test('runSession() loses and doubles nothing while its server is killed three times', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  await using session = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  const mails = sampleMails(60, 'k');
  for (const [count, { raw }] of mails.entries()) {
    await server.append(me, raw);
    if (count % 20 === 10) {
      await server.kill();
      await server.restart();
    }
  }
  await until('all mails', () => session.arrived.length >= 60);
  expect(await idsOf(at, session.accountId)).toEqual(mails.map(({ id }) => id).sort());
});

test('runSession() digests nothing twice when UIDVALIDITY changes, and misses nothing that came with it', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  await server.append(me, sampleMail({ id: '<old@example.org>' }), { date: new Date('2020-01-01') });
  const first = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  await server.append(me, sampleMail({ id: '<1@example.org>' }));
  await server.append(me, sampleMail({ id: '<2@example.org>' }));
  await until('two mails', () => first.arrived.length === 2);
  await first.stop();
  server.setUidValidity(me, 1_999_999_999);
  await server.append(me, sampleMail({ id: '<3@example.org>' }));
  await using second = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the third', () => second.arrived.length === 1);
  await until('the cursor', async () => (await at.store.db.select().from(cursors))[0]?.uidValidity === '1999999999');
  expect(await idsOf(at, second.accountId)).toEqual(['<1@example.org>', '<2@example.org>', '<3@example.org>']);
});

test('runSession() copes with a server whose UIDVALIDITY is always 0', async () => {
  await using server = await scriptedImap();
  await using at = await testStore();
  server.script.uidValidity = 0;
  const first = await startSession(at.store, at.personId, scriptedChannel(server));
  await firstSight(at);
  server.deliver(sampleMail({ id: '<1@example.org>' }));
  await until('the first mail', () => first.arrived.length === 1);
  await first.stop();
  await using second = await startSession(at.store, at.personId, scriptedChannel(server));
  server.deliver(sampleMail({ id: '<2@example.org>' }));
  await until('the second mail', () => second.arrived.length === 1);
  expect(await idsOf(at, second.accountId)).toEqual(['<1@example.org>', '<2@example.org>']);
});

test('runSession() notices a server that is silent in IDLE, and a timed read finds what IDLE kept to itself', async () => {
  await using server = await scriptedImap();
  await using at = await testStore();
  // Silence in IDLE meets the watchdog, silence in the middle of a timed read the socket's own limit.
  const timings = { watchdogMs: 600, socketMs: 1_000 };
  await using session = await startSession(at.store, at.personId, scriptedChannel(server, { readEvery: 200 }), {
    timings,
  });
  await firstSight(at);
  server.script.deaf = true;
  server.deliver(sampleMail({ id: '<1@example.org>' }));
  await until('the timed read', () => session.arrived.length === 1);
  server.script.silent = true;
  server.deliver(sampleMail({ id: '<2@example.org>' }));
  const before = server.connections();
  await until('the watchdog', () => session.log.some((line) => line.includes('mailBusy')));
  server.script.silent = false;
  await until('the second mail', () => session.arrived.length === 2);
  expect(server.connections()).toBeGreaterThan(before);
});

test('runSession() rests after three refused logins, tells once, and begins anew with a new file', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  const wrong = dovecotChannel(server, { imap: { password: 'wrong' } });
  await using session = await startSession(at.store, at.personId, wrong);
  expect(await session.ended).toEqual({ ended: 'resting' });
  expect(server.log().match(/Password mismatch|auth failed/g)).toHaveLength(3);
  expect(session.notices).toHaveLength(1);
  expect(session.notices[0]?.text).not.toContain('wrong');
  await using again = await startSession(at.store, at.personId, wrong);
  expect(await again.ended).toEqual({ ended: 'resting' });
  expect(again.notices.map(({ key }) => key)).toEqual(session.notices.map(({ key }) => key));
  expect(server.log().match(/Password mismatch|auth failed/g)).toHaveLength(3);
  await using right = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  expect(await accountRow(at.store, right.accountId)).toMatchObject({ strikes: 0, state: 'active', reason: null });
});

test('runSession() counts no strike for a server that cannot check passwords just now', async () => {
  await using server = await scriptedImap();
  await using at = await testStore();
  server.script.login = 'NO [UNAVAILABLE] directory is down';
  await using session = await startSession(at.store, at.personId, scriptedChannel(server));
  await until('five tries', () => server.connections() > 5);
  expect(await accountRow(at.store, session.accountId)).toMatchObject({ strikes: 0, state: 'active' });
});

test('runSession() shows no password to a server that offers no TLS', async () => {
  await using server = await scriptedImap({ plain: true });
  await using at = await testStore();
  await using session = await startSession(at.store, at.personId, scriptedChannel(server, { security: 'starttls' }));
  await until('two tries', () => session.log.filter((line) => line.includes('mailInsecure')).length >= 2);
  expect(server.lines.filter((line) => /LOGIN|AUTHENTICATE|pw-me/i.test(line))).toEqual([]);
  expect(await accountRow(at.store, session.accountId)).toMatchObject({
    strikes: 0,
    state: 'active',
    reason: expect.stringContaining('No secure connection'),
  });
});

test('runSession() takes in a line for a mail that the server cannot give, and all others whole', async () => {
  await using server = await scriptedImap();
  await using at = await testStore();
  await using session = await startSession(at.store, at.personId, scriptedChannel(server, { readEvery: 100 }));
  await firstSight(at);
  server.script.deaf = true;
  server.script.broken.add(2);
  for (const { raw } of sampleMails(3)) server.deliver(raw);
  await until('three rows', () => session.arrived.length === 3);
  const mails = await inboxMails(at.store, session.accountId);
  expect(mails.map((mail) => mail.subject)).toEqual(['Mail m 1', '', 'Mail m 3']);
  expect(mails[1]?.incomplete).toContain('could not give');
});

test('runSession() does not take in its own mail, which proves an attempt whose answer was lost', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  await using session = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  const messageId = '<out-own@mail.test>';
  const common = { personId: at.personId, kind: 'digest' as const, channel: 'mail', accountId: session.accountId };
  const sealed = { wrappedKey: Buffer.of(0), content: Buffer.of(0), createdAt: at.store.clock.now() };
  const messageIdHmac = at.store.keys.fingerprint('message-id', messageId);
  await at.store.db
    .insert(outbox)
    .values({ id: 'out_own', effectKey: 'own', state: 'unknown', messageIdHmac, ...common, ...sealed });
  await server.append(me, sampleMail({ id: messageId, headers: ['Auto-Submitted: auto-generated'] }));
  await server.append(me, sampleMail({ id: '<other@example.org>' }));
  await until('the other mail', () => session.arrived.length === 1);
  expect(await idsOf(at, session.accountId)).toEqual(['<other@example.org>']);
  const [row] = await at.store.db.select().from(outbox).where(eq(outbox.id, 'out_own'));
  expect(row).toMatchObject({ state: 'sent', result: { provenBy: 'inbox' } });
});

test('runSession() takes a full mailbox from now on and counts what is older and unread', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  const raw = sampleMail();
  for (let count = 0; count < 1_000; count += 1) await server.append(me, raw, { flags: count < 100 ? ['\\Seen'] : [] });
  await using session = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  await server.append(me, sampleMail({ id: '<new@example.org>' }));
  await until('the new mail', () => session.arrived.length === 1);
  const [cursor] = await at.store.db.select().from(cursors);
  expect(cursor).toMatchObject({ olderCount: 900, lastUid: 1_001 });
  expect(await idsOf(at, session.accountId)).toEqual(['<new@example.org>']);
});

test('runSession() writes nothing more once a newer session has taken the account', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  const old = await startSession(at.store, at.personId, dovecotChannel(server));
  await firstSight(at);
  await using newer = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the newer fence', async () => (await accountRow(at.store, newer.accountId)).fence === 2);
  await server.append(me, sampleMail({ id: '<1@example.org>' }));
  expect(await old.ended).toEqual({ ended: 'superseded' });
  await until('the mail', () => newer.arrived.length === 1);
  expect(await idsOf(at, newer.accountId)).toEqual(['<1@example.org>']);
});
