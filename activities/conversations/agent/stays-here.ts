import type { Files } from '../../../schemas/file-set.ts';
import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import type { Exchange } from '../../../store/conversations/read-talk.ts';
import type { Store } from '../../../store/store.ts';

/**
 * Whether no word of a question may leave for a model on another machine: the turn, or talk before it that is shown, came
 * by a channel that says `privacy: local-only`; or there is one, and words from outside are shown, which may be its
 * mails. Reads only.
 */
export async function staysHere(
  { store, files }: { readonly store: Store; readonly files: Pick<Files, 'current'> },
  { accountId }: Pick<TurnRow, 'accountId'>,
  { talk, tainted }: { readonly talk: readonly Exchange[]; readonly tainted: boolean },
): Promise<boolean> {
  const { channels } = files.current();
  if (![...channels.values()].some(({ privacy }) => privacy === 'local-only')) return false;
  if (tainted) return true;
  for (const id of new Set([accountId, ...talk.map((one) => one.accountId)]))
    if (channels.get(await channelOfTurn(store, id))?.privacy === 'local-only') return true;
  return false;
}
