import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailChannel } from '../../../schemas/channel-file.ts';
import { connectImap, tlsOptions } from './connect-imap.ts';
import { mailTimings } from './mail-timings.ts';
import { nameMailFailure } from './name-mail-failure.ts';

/** What was found of an account while its login was tried. */
export interface LoginCheck {
  /** Mails in the folder that would be read. */
  readonly mails: number;
  readonly smtp: boolean;
}

/**
 * Logs in to IMAP, opens the folder, and logs in to SMTP when there is one. Sends and changes nothing.
 *
 * @throws mailBusy, mailLoginRefused, mailInsecure
 */
export async function checkLogin(channel: MailChannel, timings = mailTimings): Promise<LoginCheck> {
  const client = await connectImap(channel, timings);
  let mails: number;
  try {
    mails = (await client.mailboxOpen(channel.imap.folder, { readOnly: true })).exists;
  } catch (cause) {
    throw nameMailFailure(cause, channel.imap.host);
  } finally {
    client.close();
  }
  if (channel.smtp !== undefined) await checkSmtp(channel.smtp, timings.connectMs);
  return { mails, smtp: channel.smtp !== undefined };
}

async function checkSmtp(smtp: NonNullable<MailChannel['smtp']>, timeoutMs: number): Promise<void> {
  const connection = new SMTPConnection({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: true,
    tls: tlsOptions(smtp.tls, smtp.host),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject);
      connection.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
      connection.connect((error) => {
        if (error) return reject(error);
        const { user, password: pass } = smtp;
        if (user === undefined || pass === undefined) return resolve();
        connection.login({ user, pass, credentials: { user, pass } }, (refused) =>
          refused ? reject(refused) : resolve(),
        );
      });
    });
  } catch (cause) {
    throw nameMailFailure(cause, smtp.host);
  } finally {
    connection.close();
  }
}
