/*
 * - A Maildir is read without moving or flagging anything; each file is one inbox row, whatever its flags become.
 * - A mail is delivered into a Maildir once, however often it is tried.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { mailTransport } from '../../../activities/channels/mail-transport.ts';
import { cursors } from '../../../schemas/db/accounts.ts';
import type { OutgoingMail } from '../../../schemas/outgoing.ts';
import { sampleMail, sampleMails } from '../../support/mail-samples.ts';
import { channelOf, inboxMails, startSession, until } from '../../support/mail-session.ts';
import { testStore } from '../../support/postgres.ts';

function maildir() {
  const path = mkdtempSync(join(tmpdir(), 'steward-maildir-'));
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(path, part));
  return {
    path,
    put: (name: string, raw: string) => writeFileSync(join(path, name), raw),
    names: (part: string) => readdirSync(join(path, part)).sort(),
    channel: channelOf({ kind: 'maildir', addresses: ['me@mail.test'], path, readEvery: '100ms' }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

test('runSession() reads a Maildir from now on and leaves it as it is', async () => {
  using box = maildir();
  await using at = await testStore();
  box.put('cur/1.a.host:2,S', sampleMail({ id: '<seen@example.org>' }));
  box.put('new/2.a.host', sampleMail({ id: '<unread@example.org>' }));
  const first = await startSession(at.store, at.personId, box.channel);
  await until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);
  expect((await at.store.db.select().from(cursors))[0]).toMatchObject({ olderCount: 1 });
  for (const [count, { raw }] of sampleMails(120).entries()) box.put(`new/${count}.b.host`, raw);
  await until('all mails', () => first.arrived.length === 120);
  await first.stop();
  renameSync(join(box.path, 'new/5.b.host'), join(box.path, 'cur/5.b.host:2,S'));
  renameSync(join(box.path, 'new/2.a.host'), join(box.path, 'cur/2.a.host:2,S'));
  box.put('cur/late.host:2,', sampleMail({ id: '<late@example.org>' }));
  await using second = await startSession(at.store, at.personId, box.channel);
  await until('the late mail', () => second.arrived.length === 1);
  const ids = (await inboxMails(at.store, second.accountId)).map((mail) => mail.messageId);
  expect(ids).toHaveLength(121);
  expect(new Set(ids).size).toBe(121);
  expect(box.names('new')).toHaveLength(119);
});

const mail: OutgoingMail = {
  messageId: '<out-01abc@mail.test>',
  from: 'me@mail.test',
  to: 'me@mail.test',
  subject: 'Digest',
  text: 'Words.',
  date: '2026-03-02T08:00:00.000Z',
};

test('send() delivers into a Maildir once, also after its owner has read the mail', async () => {
  using box = maildir();
  const transport = mailTransport({ log: pino({ level: 'silent' }) });
  const begins = async () => undefined;
  expect(await transport.findCopy(box.channel, mail.messageId)).toEqual({ found: false });
  const results = await Promise.all(Array.from({ length: 20 }, () => transport.send(box.channel, mail, begins)));
  expect(new Set(results.map((result) => result.state))).toEqual(new Set(['sent']));
  expect([box.names('new'), box.names('tmp')]).toEqual([['out-01abc.steward'], []]);
  expect(readFileSync(join(box.path, 'new/out-01abc.steward'), 'utf8')).toContain('Message-ID: <out-01abc@mail.test>');
  renameSync(join(box.path, 'new/out-01abc.steward'), join(box.path, 'cur/out-01abc.steward:2,S'));
  expect(await transport.send(box.channel, mail, begins)).toMatchObject({ state: 'sent' });
  expect(box.names('new')).toEqual([]);
  expect(await transport.findCopy(box.channel, mail.messageId)).toEqual({ found: true, where: 'inbox' });
});

test('send() leaves nothing in new/ when the claim cannot be recorded', async () => {
  using box = maildir();
  const transport = mailTransport({ log: pino({ level: 'silent' }) });
  const result = await transport.send(box.channel, mail, () => Promise.reject(new Error('gone')));
  expect(result).toMatchObject({ state: 'again' });
  expect(box.names('new')).toEqual([]);
});
