import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adapterFor } from '../activities/channels/chat-adapters.ts';
import { checkLogin } from '../activities/channels/mail/check-login.ts';
import { type Channel, type ChannelFile, isPost } from '../schemas/channel-file.ts';
import { StewardError } from '../schemas/errors.ts';

/** A server that is up answers within this time. */
const patienceMs = 30_000;

/**
 * Tries a channel without changing or sending anything: logs in, or looks at the folder.
 *
 * @throws mailBusy, mailLoginRefused, mailInsecure, channelBusy, channelLoginRefused, channelInsecure, badInput
 */
export async function testChannel(file: ChannelFile, name: string): Promise<{ summary: string; mails?: number }> {
  const channel = { ...file, name, hash: '' } as Channel;
  if (channel.kind === 'mail') {
    const { mails, smtp } = await checkLogin(channel);
    return {
      mails,
      summary: `the login holds, ${channel.imap.folder} has ${mails} mails; ${smtp ? 'SMTP holds too' : 'no SMTP'}`,
    };
  }
  if (!isPost(channel)) {
    await (await adapterFor(channel)).check(channel, AbortSignal.timeout(patienceMs));
    return { summary: 'the login holds' };
  }
  try {
    accessSync(join(channel.path, 'new'), constants.R_OK | constants.X_OK);
    const mails = ['new', 'cur'].reduce((sum, part) => sum + count(join(channel.path, part)), 0);
    return { mails, summary: `the Maildir can be read and has ${mails} mails` };
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new StewardError('badInput', `${channel.path} is no Maildir that can be read (${code})`, { cause });
  }
}

function count(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
