import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingMail } from '../../../schemas/outgoing.ts';

/**
 * The bytes of a mail: text, and HTML beside it when there is one. Everything that names the effect comes from the outbox
 * row, so each attempt is the same mail. Reads no file and no address, whatever the content says.
 *
 * @source RFC 5322, RFC 3834 5 (`Auto-Submitted`)
 */
export async function composeMail(mail: OutgoingMail): Promise<Buffer> {
  const composer = new MailComposer({
    messageId: mail.messageId,
    date: new Date(mail.date),
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo, references: [...(mail.references ?? [])] }),
    headers: { 'Auto-Submitted': mail.inReplyTo === undefined ? 'auto-generated' : 'auto-replied' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}
