import type { Logger } from 'pino';
import { StewardError } from '../../schemas/errors.ts';
import type { MailTransport } from '../../schemas/outgoing.ts';
import { composeMail } from './mail/compose-mail.ts';
import { findCopy } from './mail/find-copy.ts';
import { type SmtpTimings, sendMail, smtpTimings } from './mail/send-mail.ts';
import { deliverMail, holdsName } from './maildir/deliver-mail.ts';
import { outgoingName } from './maildir/maildir-name.ts';

/**
 * How mail leaves, by kind of channel.
 *
 * `findCopy` throws `mailBusy` when the mailbox cannot be searched just now; then nothing is known, and it may be asked
 * again. A login that is refused finds nothing.
 */
export function mailTransport(deps: { log: Logger; timings?: SmtpTimings }): MailTransport {
  return {
    send: async (channel, mail, contentBegins) => {
      if (channel.kind === 'maildir') return deliverMail(channel, mail, await composeMail(mail), contentBegins);
      return sendMail(channel, mail, contentBegins, deps.timings ?? smtpTimings);
    },
    findCopy: async (channel, messageId) => {
      if (channel.kind === 'maildir') {
        const found = await holdsName(channel.deliverTo ?? channel.path, outgoingName(messageId));
        return found ? { found, where: 'inbox' } : { found };
      }
      try {
        return await findCopy(channel, messageId);
      } catch (error) {
        if (!(error instanceof StewardError) || error.code === 'mailBusy') throw error;
        deps.log.warn({ channel: channel.name, code: error.code }, 'no copy can be looked for');
        return { found: false };
      }
    },
  };
}
