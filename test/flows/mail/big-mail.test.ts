/*
 * - A mail of 50 MB costs what its first MiB costs, and its attachments are known all the same.
 * - A copy of a mail is found in Sent and in the inbox.
 */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { mailTransport } from '../../../activities/channels/mail-transport.ts';
import { cursors } from '../../../schemas/db/accounts.ts';
import { dovecot } from '../../support/dovecot.ts';
import { sampleMail } from '../../support/mail-samples.ts';
import { dovecotChannel, inboxMails, startSession, until } from '../../support/mail-session.ts';
import { testStore } from '../../support/postgres.ts';

const me = 'me@mail.test';

/** A text, then two attachments of which the first is so many bytes long. */
function withAttachment(bytes: number): Buffer {
  const part = (name: string) =>
    `--b\r\nContent-Type: application/pdf; name=${name}\r\nContent-Disposition: attachment; filename=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  const head = `From: a@example.org\r\nSubject: Plans\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the plans.\r\n`;
  const line = `${'QUJD'.repeat(19)}\r\n`;
  return Buffer.concat([
    Buffer.from(head + part('one.pdf')),
    Buffer.alloc(Math.ceil(bytes / line.length) * line.length, line),
    Buffer.from(`${part('two.pdf')}QUJD\r\n--b--\r\n`),
  ]);
}

test('runSession() reads the first MiB of a mail of 50 MB and names what is beyond', async () => {
  await using server = await dovecot();
  await using at = await testStore();
  await using session = await startSession(at.store, at.personId, dovecotChannel(server));
  await until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);
  await server.append(me, withAttachment(50_000_000));
  await server.append(me, withAttachment(500_000));
  await until('both mails', () => session.arrived.length === 2);
  const [big, small] = await inboxMails(at.store, session.accountId);
  expect(big).toMatchObject({
    subject: 'Plans',
    text: 'See the plans.',
    incomplete: expect.stringContaining('1048576'),
  });
  expect(big?.attachments.map((part) => part.filename)).toEqual(['one.pdf', 'two.pdf']);
  expect(big?.attachments[0]?.sizeBytes).toBeGreaterThan(30_000_000);
  expect(small?.attachments.map((part) => part.filename)).toEqual(['one.pdf', 'two.pdf']);
  expect(small?.incomplete).toBeUndefined();
  expect((await server.list(me)).flatMap((mail) => mail.flags)).not.toContain('\\Seen');
});

test('findCopy() finds a mail by Message-ID in Sent and in the inbox, and no other', async () => {
  await using server = await dovecot();
  const { findCopy } = mailTransport({ log: pino({ level: 'silent' }) });
  const channel = dovecotChannel(server);
  const id = '<out-01abc@mail.test>';
  await server.append(me, sampleMail({ id: '<out-01abd@mail.test>' }));
  expect(await findCopy(channel, id)).toEqual({ found: false });
  await server.append(me, sampleMail({ id }));
  expect(await findCopy(channel, id)).toEqual({ found: true, where: 'inbox' });
  await server.append(me, sampleMail({ id }), { mailbox: 'Sent' });
  expect(await findCopy(channel, id)).toEqual({ found: true, where: 'sent' });
  expect(await findCopy(dovecotChannel(server, { sentFolder: 'No such folder' }), id)).toMatchObject({
    where: 'inbox',
  });
  await server.kill();
  await expect(findCopy(channel, id)).rejects.toMatchObject({ code: 'mailBusy' });
});
