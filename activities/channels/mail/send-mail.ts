import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { MailChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import type { OutgoingMail, SendResult } from '../../../schemas/outgoing.ts';
import { composeMail } from './compose-mail.ts';
import { tlsOptions } from './connect-imap.ts';

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
    return { state: 'sent', detail: response.slice(0, 200) };
  } catch (error) {
    connection?.close();
    return resultOf(error, began);
  }
}

/** What a failed attempt means, by when it failed and what the server said. */
function resultOf(error: unknown, began: boolean): SendResult {
  if (error instanceof StewardError) return { state: 'again', detail: error.message, waitMs: insecureMs };
  const {
    code = '',
    responseCode = 0,
    response = '',
  } = error as { code?: string; responseCode?: number; response?: string };
  const said = response === '' ? code || 'the connection was lost' : response.slice(0, 200);
  if (responseCode >= 400 && responseCode < 500) return { state: 'again', detail: said, waitMs: greylistMs };
  if (responseCode >= 500) {
    if (code === 'ETLS') return { state: 'again', detail: said, waitMs: insecureMs };
    return { state: 'failed', detail: said, code: code === 'EAUTH' ? 'mailLoginRefused' : 'mailRefused' };
  }
  if (began) return { state: 'unknown', detail: `content was sent and no answer came: ${said}` };
  if (code === 'EAUTH') return { state: 'failed', detail: said, code: 'mailLoginRefused' };
  return { state: 'again', detail: said, waitMs: code === 'ETLS' ? insecureMs : soonMs };
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
