import type { ImapFlow } from 'imapflow';
import type { MailChannel } from '../../../schemas/channel-file.ts';
import { connectImap } from './connect-imap.ts';
import { type MailTimings, mailTimings } from './mail-timings.ts';
import { nameMailFailure } from './name-mail-failure.ts';

/**
 * Looks for a mail by Message-ID in the Sent folder and in the folder that is read. Reads only.
 *
 * @throws mailBusy, mailLoginRefused, mailInsecure: then nothing is known
 * @source RFC 6154 for the Sent folder
 */
export async function findCopy(
  channel: MailChannel,
  messageId: string,
  timings: MailTimings = mailTimings,
): Promise<{ readonly found: boolean; readonly where?: string }> {
  const client = await connectImap(channel, timings);
  try {
    const sent = channel.sentFolder ?? (await sentFolder(client));
    if (sent !== undefined && (await holds(client, sent, messageId))) return { found: true, where: 'sent' };
    if (await holds(client, channel.imap.folder, messageId)) return { found: true, where: 'inbox' };
    return { found: false };
  } catch (cause) {
    throw nameMailFailure(cause, channel.imap.host);
  } finally {
    client.close();
  }
}

async function sentFolder(client: ImapFlow): Promise<string | undefined> {
  const folders = await client.list();
  return folders.find((folder) => folder.specialUse === '\\Sent')?.path;
}

async function holds(client: ImapFlow, folder: string, messageId: string): Promise<boolean> {
  try {
    await client.mailboxOpen(folder, { readOnly: true });
  } catch (error) {
    if ((error as { mailboxMissing?: boolean }).mailboxMissing === true) return false;
    throw error;
  }
  const found = await client.search({ header: { 'message-id': messageId } }, { uid: true });
  return Array.isArray(found) && found.length > 0;
}
