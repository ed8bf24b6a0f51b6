import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow';
import type { IncomingMail, MailAttachment } from '../../../schemas/message.ts';
import { limits } from '../../../schemas/protocol.ts';
import { cleanLine } from './clean-text.ts';
import { messageIdentity } from './message-identity.ts';
import { parseMail } from './parse-mail.ts';
import type { ProveSender } from './prove-sender.ts';
import { splitHeader } from './split-header.ts';

/** What is known of a mail before its bytes are read. */
export interface MailOutline {
  readonly uid: number;
  readonly sizeBytes: number;
  readonly seen: boolean;
  readonly receivedAt: Date;
}

export interface MailPlace {
  readonly mailbox: string;
  readonly uidValidity: string;
}

const outlineWindow = 500;
const groupMails = 50;
const groupBytes = 8 * 1_048_576;

/** Outlines of mails, in windows of 500. Reads only. */
export async function* outlineMails(
  client: ImapFlow,
  uids: readonly number[],
  now: () => Date,
): AsyncGenerator<MailOutline[]> {
  for (let at = 0; at < uids.length; at += outlineWindow) {
    const window = uids.slice(at, at + outlineWindow);
    const wanted = new Set(window);
    const query = { uid: true, flags: true, size: true, internalDate: true };
    const rows = await client.fetchAll(window.join(','), query, { uid: true });
    // A server may add rows that nobody asked for, when flags change meanwhile.
    const outlines = rows.filter((row) => wanted.delete(row.uid)).map((row) => outlineOf(row, now));
    yield outlines.sort((a, b) => a.uid - b.uid);
  }
}

function outlineOf(row: FetchMessageObject, now: () => Date): MailOutline {
  const at = new Date(row.internalDate ?? Number.NaN);
  return {
    uid: row.uid,
    sizeBytes: row.size ?? 0,
    seen: row.flags?.has('\\Seen') === true,
    receivedAt: Number.isNaN(at.getTime()) ? now() : at,
  };
}

/** Splits so that one group never holds more than 50 mails or 8 MiB of what is fetched of them. */
export function groupMailsBySize(outlines: readonly MailOutline[]): MailOutline[][] {
  const groups: MailOutline[][] = [];
  let bytes = 0;
  for (const outline of outlines) {
    const fetched = Math.min(outline.sizeBytes, limits.mailFetchBytes);
    const group = groups.at(-1);
    if (group === undefined || group.length === groupMails || bytes + fetched > groupBytes) {
      groups.push([outline]);
      bytes = fetched;
    } else {
      group.push(outline);
      bytes += fetched;
    }
  }
  return groups;
}

/**
 * Fetches and reads a group of mails, `BODY.PEEK` only: no flag changes. Mails deleted meanwhile are not in the result.
 * A mail that the server cannot give is taken in as a line that says so, so that it blocks nothing.
 */
export async function fetchMails(
  client: ImapFlow,
  group: readonly MailOutline[],
  place: MailPlace,
  proveSender: ProveSender,
): Promise<IncomingMail[]> {
  try {
    return await fetchGroup(client, group, place, proveSender);
  } catch (error) {
    // A lost connection is for the session; a refused FETCH is about one of these mails.
    if (!client.usable || (error as { responseStatus?: string }).responseStatus === undefined) throw error;
    const [only] = group;
    if (group.length === 1 && only !== undefined) return [await unreadable(only, place)];
    const mails: IncomingMail[] = [];
    for (const outline of group) mails.push(...(await fetchMails(client, [outline], place, proveSender)));
    return mails;
  }
}

async function fetchGroup(
  client: ImapFlow,
  group: readonly MailOutline[],
  place: MailPlace,
  proveSender: ProveSender,
): Promise<IncomingMail[]> {
  const outlines = new Map(group.map((outline) => [outline.uid, outline]));
  const structures = new Map<number, MailAttachment[]>();
  for (const { uid, sizeBytes } of group) {
    if (sizeBytes <= limits.mailFetchBytes) continue;
    const row = await client.fetchOne(String(uid), { uid: true, bodyStructure: true }, { uid: true });
    if (row !== false && row.bodyStructure !== undefined) structures.set(uid, attachmentsOf(row.bodyStructure));
  }
  const query = { uid: true, source: { start: 0, maxLength: limits.mailFetchBytes } };
  const mails: IncomingMail[] = [];
  // No command may run inside this loop: the library would wait for its own answer.
  for await (const row of client.fetch(group.map(({ uid }) => uid).join(','), query, { uid: true })) {
    const outline = outlines.get(row.uid);
    if (outline === undefined || row.source === undefined) continue;
    const sizeBytes = Math.max(outline.sizeBytes, row.source.length);
    const header = splitHeader(row.source);
    const mail = await parseMail(row.source, { sizeBytes, attachments: structures.get(row.uid) });
    const whole = sizeBytes <= row.source.length;
    mails.push({
      dedupeKey: messageIdentity(header, row.source, { sizeBytes, emailId: row.emailId }),
      place: { ...place, uid: row.uid },
      seen: outline.seen,
      receivedAt: outline.receivedAt.toISOString(),
      sizeBytes,
      mail: { ...mail, proof: await proveSender(row.source, header, mail.from.address, whole) },
    });
    outlines.delete(row.uid);
  }
  return mails;
}

async function unreadable(outline: MailOutline, place: MailPlace): Promise<IncomingMail> {
  const mail = await parseMail(new Uint8Array());
  return {
    dedupeKey: `place:${place.mailbox}:${place.uidValidity}:${outline.uid}`,
    place: { ...place, uid: outline.uid },
    seen: outline.seen,
    receivedAt: outline.receivedAt.toISOString(),
    sizeBytes: outline.sizeBytes,
    mail: { ...mail, incomplete: 'the server could not give this mail' },
  };
}

/** Leaves that are attachments, at most 200. @source RFC 3501 7.4.2 */
function attachmentsOf(root: MessageStructureObject): MailAttachment[] {
  const found: MailAttachment[] = [];
  const open = [root];
  for (let node = open.shift(); node !== undefined && found.length < 200; node = open.shift()) {
    open.push(...(node.childNodes ?? []));
    const filename = node.dispositionParameters?.filename ?? node.parameters?.name ?? '';
    const attached = node.disposition === 'attachment' || (filename !== '' && node.id === undefined);
    if (attached && node.childNodes === undefined) {
      const sizeBytes = Math.floor((node.size ?? 0) * (node.encoding === 'base64' ? 0.73 : 1));
      found.push({ filename: cleanLine(filename, 255), contentType: cleanLine(node.type, 127), sizeBytes });
    }
  }
  return found;
}
