import type { PostChannel } from '../../../schemas/channel-file.ts';
import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import type { MailReply } from '../../../schemas/mail-reply.ts';
import type { IncomingMail, ParsedMail } from '../../../schemas/message.ts';
import { limits } from '../../../schemas/protocol.ts';
import { writtenHere } from '../../own-words.ts';

/** References that a reply repeats: the first, and the newest. @source RFC 5322 3.6.4, RFC 5537 3.4.4 */
const mostReferences = 20;

/**
 * Marks a mail by which the owner speaks to Steward: to the address of `talk:`, from an own address that is proven, by a
 * person. Anything else stays a mail like any other; what machines and lists send is never answered. Pure.
 *
 * @source RFC 3834 2 for what must not be answered
 */
export function heedTalk(channel: PostChannel, mail: IncomingMail): IncomingMail {
  const { talk } = channel;
  if (talk === undefined || !answers(channel) || !speaksToUs(channel, talk, mail.mail)) return mail;
  const said: IncomingMessage = {
    // Two copies of one mail, or one that is sent in again, are one word: whoever was in Cc must not say it twice.
    ...{
      dedupeKey: `said ${mail.mail.messageId ?? mail.dedupeKey}`,
      from: mail.mail.from.address.toLowerCase(),
      at: mail.receivedAt,
      addressed: true,
    },
    ...textOf(mail.mail),
    thread: { key: rootOf(mail.mail), kind: 'thread', address: mail.mail.from.address },
    replyTo: JSON.stringify(replyOf(talk, mail.mail)),
  };
  return { ...mail, said };
}

const answers = (channel: PostChannel) => channel.kind === 'maildir' || channel.smtp !== undefined;

function speaksToUs({ addresses }: PostChannel, talk: string, mail: ParsedMail): boolean {
  const own = new Set(addresses.map((address) => address.toLowerCase()));
  const to = [...mail.to, ...mail.cc].map(({ address }) => address.toLowerCase());
  return (
    to.includes(talk.toLowerCase()) &&
    own.has(mail.from.address.toLowerCase()) &&
    mail.proof?.verdict === 'pass' &&
    mail.classification.kind === 'person' &&
    !mail.autoSubmitted
  );
}

/** A command may stand in the subject alone: `/status` needs no words below it. */
function textOf({ text, subject, incomplete }: ParsedMail): Pick<IncomingMessage, 'text' | 'incomplete'> {
  const written = writtenHere(text).trim().slice(0, limits.chatTextChars);
  const command = /^\/\w/.test(subject.trim()) ? subject.trim() : '';
  const words = written === '' ? command : written;
  if (words === '') return { text: '', incomplete: 'nothing in the mail is written by yourself' };
  return { text: words, ...(incomplete === undefined ? {} : { incomplete }) };
}

/** The mail that began the thread: its id is the same in every answer. */
const rootOf = (mail: ParsedMail) => mail.references[0] ?? mail.inReplyTo ?? mail.messageId ?? mail.headerHash;

function replyOf(talk: string, { messageId, references, subject, from }: ParsedMail): MailReply {
  const before = messageId === undefined ? references : [...references, messageId];
  const kept = before.length > mostReferences ? [before[0]!, ...before.slice(1 - mostReferences)] : before;
  return {
    ...{ from: talk, to: from.address, references: kept },
    ...(messageId === undefined ? {} : { inReplyTo: messageId }),
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
  };
}
