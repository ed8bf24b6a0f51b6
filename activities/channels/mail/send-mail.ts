import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { MailChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingMail, SendResult } from '../../../schemas/outgoing.ts';
import { composeMail } from './compose-mail.ts';
import { tlsOptions } from './connect-imap.ts';
import { nameMailFailure } from './name-mail-failure.ts';

/** How long one attempt may wait. @source RFC 5321 4.5.3.2 */
export interface SmtpTimings {
  readonly connectMs: number;
  /** Silence on the connection; after the final dot it makes the attempt unknown. */
  readonly socketMs: number;
}

export const smtpTimings: SmtpTimings = { connectMs: 30_000, socketMs: 240_000 };

const soonMs = 5_000;
const greylistMs = 60_000;
const insecureMs = 300_000;

/**
 * Tries once to send over SMTP: one connection, TLS or nothing, no retry inside. Never throws for what the server did.
 *
 * @param contentBegins - awaited after the server asked for the content and before its first byte; when it rejects, the
 *   connection is cut and nothing was sent.
 * @returns `unknown` when content left and no answer came: the server may have it or not
 * @source RFC 5321 4.2.1, RFC 1047
 */
export async function sendMail(
  channel: MailChannel,
  mail: OutgoingMail,
  contentBegins: () => Promise<void>,
  timings: SmtpTimings = smtpTimings,
): Promise<SendResult> {
  const { smtp, name } = channel;
  if (smtp === undefined) {
    return { state: 'failed', code: 'channelUnknown', detail: `channels/${name}.yaml has no smtp section` };
  }
  let began = false;
  let connection: SMTPConnection | undefined;
  try {
    const content = await composeMail(mail);
    connection = new SMTPConnection(connectionOptions(smtp, timings));
    const open = connection;
    await connected(open);
    if (smtp.user !== undefined) await loggedIn(open, smtp.user, smtp.password ?? '');
    const body = Readable.from(
      (async function* () {
        try {
          await contentBegins();
        } catch (cause) {
          // Before anything else is written: not even the final dot of an empty mail may leave.
          open.close();
          throw cause;
        }
        began = true;
        yield content;
      })(),
      { objectMode: false },
    );
    const response = await sent(open, { from: bareAddress(mail.from), to: [bareAddress(mail.to)] }, body);
    open.quit();
    return { state: 'sent', detail: withoutAddresses(response) };
  } catch (error) {
    connection?.close();
    return resultOf(error, began, smtp.host);
  }
}

/** What a failed attempt means, by when it failed and what the server said. */
function resultOf(error: unknown, began: boolean, host: string): SendResult {
  const { responseCode = 0, response = '' } = error as { responseCode?: number; response?: string };
  const named = nameMailFailure(error, host);
  const detail = response === '' ? named.message : withoutAddresses(response);
  if (responseCode >= 400 && responseCode < 500) return { state: 'again', detail, waitMs: greylistMs };
  if (responseCode === 0 && began) return { state: 'unknown', detail: 'content was sent and no answer came' };
  // A certificate or a missing STARTTLS is mended on the server; the mail is not to blame.
  if (named.code === 'mailInsecure') return { state: 'again', detail, waitMs: insecureMs };
  if (named.code === 'mailLoginRefused') return { state: 'failed', detail, code: named.code };
  if (responseCode >= 500) return { state: 'failed', detail, code: 'mailRefused' };
  return { state: 'again', detail, waitMs: soonMs };
}

/** A server's words are stored in the clear, and they like to repeat the recipient. */
function withoutAddresses(words: string): string {
  return words
    .slice(0, 300)
    .replace(/<?[^\s<>@]+@[^\s<>@]+>?/g, '<address>')
    .slice(0, 200);
}

function connectionOptions(smtp: NonNullable<MailChannel['smtp']>, timings: SmtpTimings): SMTPConnectionOptions {
  return {
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: true,
    tls: tlsOptions(smtp.tls, smtp.host),
    connectionTimeout: timings.connectMs,
    greetingTimeout: timings.connectMs,
    dnsTimeout: timings.connectMs,
    socketTimeout: timings.socketMs,
    allowInternalNetworkInterfaces: true,
  };
}

/** The address of `Name <address>`, for the envelope. */
function bareAddress(text: string): string {
  return (/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text).trim();
}

function connected(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for the life of the connection: an error without a listener would end the process.
    connection.on('error', reject);
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

function loggedIn(connection: SMTPConnection, user: string, pass: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
    connection.login({ user, pass, credentials: { user, pass } }, (error) => (error ? reject(error) : resolve()));
  });
}

function sent(connection: SMTPConnection, envelope: { from: string; to: string[] }, body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
    connection.once('error', reject);
    connection.send(envelope, body, (error, info) => (error ? reject(error) : resolve(info?.response ?? '')));
  });
}
