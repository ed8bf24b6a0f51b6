import { isPost } from '../../schemas/channel-file.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import type { Mirror } from '../../store/conversations/keep-answer.ts';
import { renderPlain } from '../chat-plain.ts';
import { resolvePlaces } from '../resolve-places.ts';
import { splitDocument } from '../split-document.ts';
import type { CommandDeps, Turn } from './chat-command.ts';

/**
 * Where else a turn and its answer are shown: the places of `mirror:` but the one where it was said. Only what is said
 * directly is mirrored; a place that leads nowhere, and mail, are left out.
 */
export async function mirrorsOf(
  deps: Pick<CommandDeps, 'store' | 'files'> & { readonly maxCharsOf: (channel: string) => Promise<number> },
  { accountId, personId, channel: saidOn }: Pick<Turn, 'personId' | 'channel'> & { readonly accountId: string },
  message: IncomingMessage,
  answer: ChatDocument,
): Promise<Mirror[]> {
  const files = deps.files.current();
  if (message.thread.kind !== 'direct' || files.instance.mirror.length === 0) return [];
  const document = [saying({ strong: `You (${saidOn}): ` }, message.text), ...answer];
  const mirrors: Mirror[] = [];
  for (const { channel, address } of resolvePlaces(files, files.instance.mirror).places) {
    if (isPost(channel)) continue;
    const account = await ensureAccount(deps.store, channel, personId);
    if (account.id === accountId) continue;
    const parts = splitDocument(document, await deps.maxCharsOf(channel.kind), renderPlain);
    const said = parts.map((part) => ({ document: part, text: renderPlain(part) }));
    mirrors.push({ accountId: account.id, channel: channel.kind, address, parts: said });
  }
  return mirrors;
}
