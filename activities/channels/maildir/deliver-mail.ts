import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MaildirChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingMail, SendResult } from '../../../schemas/outgoing.ts';
import { outgoingName, uniqueName } from './maildir-name.ts';

const againMs = 5_000;

/**
 * Delivers into a Maildir: written to tmp/, on disk, then linked into new/ under a name of the mail's own. May be
 * repeated: a mail that lies there already is delivered, so the outcome is always known.
 *
 * @param content - the whole mail.
 * @source cr.yp.to/proto/maildir.html
 */
export async function deliverMail(
  channel: MaildirChannel,
  mail: OutgoingMail,
  content: Buffer,
  contentBegins: () => Promise<void>,
): Promise<SendResult> {
  const folder = channel.deliverTo ?? channel.path;
  const name = outgoingName(mail.messageId);
  try {
    for (const part of ['tmp', 'new', 'cur']) await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
    if (await holdsName(folder, name)) return { state: 'sent', detail: 'lies in the Maildir already' };
    await contentBegins();
    // Of this try alone: another of the same mail at the same time would cut what has just been delivered.
    const draft = join(folder, 'tmp', `${name}.${randomBytes(6).toString('hex')}`);
    try {
      await writeDurably(draft, content);
      await linkOnce(draft, join(folder, 'new', name));
    } finally {
      await rm(draft, { force: true });
    }
    await syncFolder(join(folder, 'new'));
    return { state: 'sent', detail: 'lies in new/' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { state: 'again', detail: `the Maildir could not be written (${code ?? 'no claim'})`, waitMs: againMs };
  }
}

/** Whether a mail of that name lies in new/ or, read or moved by its owner's program, in cur/. */
export async function holdsName(folder: string, name: string): Promise<boolean> {
  for (const part of ['new', 'cur']) {
    const names = await readdir(join(folder, part)).catch(() => []);
    if (names.some((found) => uniqueName(found) === name)) return true;
  }
  return false;
}

async function linkOnce(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
