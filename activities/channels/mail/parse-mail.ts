import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { MailAddress, MailAttachment, ParsedMail } from '../../../schemas/message.ts';
import { limits } from '../../../schemas/protocol.ts';
import { classifyMail, isAutoSubmitted } from './classify-mail.ts';
import { cleanLine, cleanText } from './clean-text.ts';
import { headerHash, messageIdOf } from './message-identity.ts';
import { readHtml } from './read-html.ts';
import { fieldOf, type SplitHeader, splitHeader } from './split-header.ts';

const maxAddresses = 100;
const maxAttachments = 200;
const maxReferences = 50;
const maxSubjectChars = 500;
const maxNameChars = 200;
/** Shorter plain text beside longer HTML is the "your program cannot show this" kind. */
const stubChars = 60;
/** The parser takes about 20 microseconds a line; a mail of base64 that fills `limits.mailFetchBytes` has 13,800. */
const maxLines = 16_000;

/**
 * Reads a mail as far as it can be read. Pure; never throws and never takes long, whatever the bytes are: what is
 * beyond `limits.mailFetchBytes` is not looked at, and what cannot be read is said in `incomplete`.
 *
 * @param raw - the mail, or its beginning.
 * @param whole.sizeBytes - size of the whole mail, when `raw` is only its beginning.
 * @param whole.attachments - from BODYSTRUCTURE, when `raw` is only the beginning.
 * @source RFC 5322, RFC 2045 to 2047
 */
export async function parseMail(
  raw: Uint8Array,
  whole: { readonly sizeBytes?: number; readonly attachments?: readonly MailAttachment[] | undefined } = {},
): Promise<ParsedMail> {
  const read = raw.subarray(0, limits.mailFetchBytes);
  const header = splitHeader(read);
  const sizeBytes = Math.max(whole.sizeBytes ?? 0, raw.length);
  const { email, fault } = await parseMime(read, header);
  const from = firstAddress(email.from) ?? firstAddress(email.sender) ?? { name: '', address: '' };
  const found = (email.attachments ?? []).filter((part) => part.related !== true);
  const attachments = (whole.attachments ?? found.map(attachmentOf)).slice(0, maxAttachments);
  const invites = (email.attachments ?? []).some(
    (part) => part.mimeType === 'text/calendar' && part.method !== undefined,
  );
  const incomplete =
    fault ??
    (sizeBytes > read.length ? `only the first ${read.length} of ${sizeBytes} bytes were read` : undefined) ??
    (found.length > maxAttachments ? `${found.length} parts, only ${maxAttachments} are listed` : undefined);
  const listId = fieldOf(header, 'list-id');
  const date = readDate(email.date);
  const messageId = messageIdOf(header);
  const inReplyTo = ids(email.inReplyTo)[0];
  const replyTo = addresses(email.replyTo)[0];
  return {
    ...(messageId === undefined ? {} : { messageId }),
    headerHash: headerHash(header),
    from,
    ...(replyTo === undefined ? {} : { replyTo }),
    to: addresses(email.to),
    cc: addresses(email.cc),
    subject: cleanLine(email.subject ?? '', maxSubjectChars),
    ...(date === undefined ? {} : { date }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    references: ids(email.references).slice(-maxReferences),
    ...(listId === undefined ? {} : { listId: cleanLine(/<([^<>]+)>/.exec(listId)?.[1] ?? listId, 255) }),
    autoSubmitted: isAutoSubmitted(header),
    text: bodyText(email),
    attachments,
    classification: classifyMail(header, from.address, invites),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

const parsedFields =
  /^(?:from|sender|reply-to|to|cc|subject|date|in-reply-to|references|mime-version|content-(?:type|transfer-encoding|disposition|id|description))$/;

/** Parses the whole, or, where the structure defeats the parser, the header alone. Gives it no header and no body without bounds. */
async function parseMime(raw: Uint8Array, header: SplitHeader): Promise<{ email: Partial<Email>; fault?: string }> {
  const fields = header.fields.filter((field) => parsedFields.test(field.name));
  const head = (kept: typeof fields) =>
    Buffer.from(`${kept.map((f) => `${f.name}: ${f.value}\r\n`).join('')}\r\n`, 'latin1');
  const bodyEnd = endOfLine(raw, header.bodyAt, maxLines);
  try {
    const bounded = Buffer.concat([head(fields), raw.subarray(header.bodyAt, bodyEnd)]);
    const email = await PostalMime.parse(bounded, {
      maxNestingDepth: 50,
      maxHeadersSize: 262_144,
      forceRfc822Attachments: true,
    });
    return bodyEnd === raw.length ? { email } : { email, fault: `only the first ${maxLines} lines were read` };
  } catch {
    const fault = 'the MIME structure is broken; only the header was read';
    try {
      return { email: await PostalMime.parse(head(fields.filter((f) => !/^(?:mime|content)-/.test(f.name)))), fault };
    } catch {
      return { email: {}, fault };
    }
  }
}

/** Offset after so many lines, or the end. */
function endOfLine(raw: Uint8Array, from: number, lines: number): number {
  let at = from;
  for (let count = 0; count < lines; count += 1) {
    const lineFeed = raw.indexOf(10, at);
    if (lineFeed === -1) return raw.length;
    at = lineFeed + 1;
  }
  return at;
}

function bodyText(email: Partial<Email>): string {
  const plain = cleanText(email.text ?? '', limits.mailTextChars);
  if (plain.length >= stubChars || email.html === undefined) return plain;
  const seen = cleanText(readHtml(email.html), limits.mailTextChars);
  return seen.length > plain.length ? seen : plain;
}

function addresses(list: readonly Address[] | undefined): MailAddress[] {
  const flat = (list ?? []).slice(0, maxAddresses).flatMap((entry) => entry.group ?? [entry]);
  return flat.slice(0, maxAddresses).map((entry) => ({
    name: cleanLine(entry.name ?? '', maxNameChars),
    address: cleanLine(entry.address ?? '', 320),
  }));
}

const firstAddress = (entry: Address | undefined) => (entry === undefined ? undefined : addresses([entry])[0]);

function attachmentOf(part: Attachment): MailAttachment {
  const sizeBytes = typeof part.content === 'string' ? part.content.length : part.content.byteLength;
  return {
    filename: cleanLine(part.filename ?? '', 255),
    contentType: cleanLine(part.mimeType, 127),
    sizeBytes,
  };
}

function ids(text: string | undefined): string[] {
  return (text ?? '').slice(0, 65_536).match(/<[^<>\s]{1,996}>/g) ?? [];
}

/** RFC 3339, or undefined for what is no date or lies outside the years a calendar can show. */
function readDate(text: string | undefined): string | undefined {
  const at = new Date(text ?? '');
  const year = at.getUTCFullYear();
  return Number.isNaN(year) || year < 1970 || year > 9999 ? undefined : at.toISOString();
}
