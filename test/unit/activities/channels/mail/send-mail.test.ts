/*
 * - An attempt ends in exactly one of sent, again, failed, unknown, and it is unknown only once content has left.
 * - Nothing of a mail or a password leaves without TLS.
 * - `contentBegins` is awaited between the server's 354 and the first byte; when it rejects, nothing is sent.
 */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { mailTransport } from '../../../../../activities/channels/mail-transport.ts';
import type { OutgoingMail } from '../../../../../schemas/outgoing.ts';
import { channelOf } from '../../../../support/mail-session.ts';
import { type SmtpFault, type SmtpSink, smtpSink } from '../../../../support/smtp-faults.ts';

const mail: OutgoingMail = {
  messageId: '<out-01abc@mail.test>',
  from: 'Steward <me@mail.test>',
  to: 'me@mail.test',
  subject: 'Grüße',
  text: 'Plain words.',
  html: '<p>Plain words.</p>',
  date: '2026-03-02T08:00:00.000Z',
};

function channelTo(sink: SmtpSink, of: object = {}) {
  const tls = { ca: sink.caFile, serverName: 'localhost' };
  const login = { user: 'me@mail.test', password: 'pw-me' };
  const smtp = { host: '127.0.0.1', port: sink.port, tls, ...login, ...of };
  return channelOf({ kind: 'mail', addresses: ['me@mail.test'], imap: { host: '127.0.0.1', ...login }, smtp });
}

const transport = mailTransport({ log: pino({ level: 'silent' }), timings: { connectMs: 2_000, socketMs: 700 } });

async function sendOnce(sink: SmtpSink, of: object = {}, begins: () => Promise<void> = async () => undefined) {
  let began = 0;
  const result = await transport.send(channelTo(sink, of), mail, async () => {
    began += 1;
    await begins();
  });
  return { ...result, began };
}

test.each(['tls', 'starttls'] as const)('send() delivers one mail with its own ids over %s', async (security) => {
  await using sink = await smtpSink({ security });
  expect(await sendOnce(sink, { security })).toMatchObject({ state: 'sent', began: 1 });
  expect(sink.mails).toHaveLength(1);
  const [kept] = sink.mails;
  expect(kept).toMatchObject({ from: 'me@mail.test', to: ['me@mail.test'] });
  expect(kept?.raw).toContain('Message-ID: <out-01abc@mail.test>');
  expect(kept?.raw).toContain('Date: Mon, 02 Mar 2026 08:00:00 +0000');
  expect(kept?.raw).toContain('Auto-Submitted: auto-generated');
  expect(kept?.raw).toContain('multipart/alternative');
});

test.each<[SmtpFault, string, string | undefined, number, number]>([
  ['dropBeforeData', 'again', undefined, 0, 0],
  ['busyRecipient', 'again', undefined, 0, 0],
  ['refuseRecipient', 'failed', 'mailRefused', 0, 0],
  [451, 'again', undefined, 1, 0],
  [421, 'again', undefined, 1, 0],
  [550, 'failed', 'mailRefused', 1, 0],
  ['dropAfterDot', 'unknown', undefined, 1, 1],
  ['hang', 'unknown', undefined, 1, 1],
])('send() calls an attempt that met %s by its right name', async (fault, state, code, began, kept) => {
  await using sink = await smtpSink();
  sink.fault = fault;
  expect(await sendOnce(sink)).toMatchObject({ state, began, ...(code === undefined ? {} : { code }) });
  expect(sink.mails).toHaveLength(kept);
});

test('send() says that a refused login needs a person', async () => {
  await using sink = await smtpSink();
  expect(await sendOnce(sink, { password: 'wrong' })).toMatchObject({
    state: 'failed',
    code: 'mailLoginRefused',
    began: 0,
  });
});

test('send() shows a server without TLS neither a password nor a mail', async () => {
  await using sink = await smtpSink({ security: 'none' });
  expect(await sendOnce(sink, { security: 'starttls' })).toMatchObject({ state: 'again', began: 0 });
  expect([...sink.logins, ...sink.mails]).toEqual([]);
});

test('send() trusts no certificate of an unknown authority', async () => {
  await using sink = await smtpSink();
  expect(await sendOnce(sink, { tls: undefined })).toMatchObject({
    state: 'again',
    began: 0,
    detail: expect.stringContaining('No secure connection'),
  });
  expect(sink.logins).toEqual([]);
});

test('send() sends nothing when the claim cannot be recorded', async () => {
  await using sink = await smtpSink();
  const refused = () => Promise.reject(new Error('the claim is gone'));
  expect(await sendOnce(sink, {}, refused)).toMatchObject({ state: 'again' });
  expect(sink.mails).toEqual([]);
});

test('send() tries again later when nobody listens, and fails without an smtp section', async () => {
  const sink = await smtpSink();
  const channel = channelTo(sink);
  await sink[Symbol.asyncDispose]();
  const begins = () => Promise.reject(new Error('must not be asked'));
  expect(await transport.send(channel, mail, begins)).toMatchObject({ state: 'again' });
  const { smtp: _, ...without } = channel as Extract<typeof channel, { kind: 'mail' }>;
  expect(await transport.send(without, mail, begins)).toMatchObject({ state: 'failed', code: 'channelUnknown' });
});
