import { parseCommand } from '../../../schemas/chat-command.ts';
import { readTurn } from '../../../store/conversations/keep-answer.ts';
import { saidSince } from '../../../store/conversations/stop-turn.ts';
import type { CommandDeps } from '../chat-command.ts';
import { cancelCommand } from '../commands/cancel.ts';

/** Why a turn is not worked on any more. */
export type Stop = 'cancelled' | 'interrupted' | 'takenBack';

/** More that waits behind a turn is looked at when its own turn comes. */
const mostSaid = 50;

/**
 * Whether a turn is to stop: its message was taken back, or what was said after it stops it. `/cancel` does, and with
 * `whileBusy: interrupt` any word that is no command. Reads only.
 */
export async function heed(
  { store, files }: Pick<CommandDeps, 'store' | 'files'>,
  inboxId: string,
): Promise<{ stop?: Stop }> {
  if ((await readTurn(store, inboxId)).takenBackAt !== null) return { stop: 'takenBack' };
  const { whileBusy } = files.current().instance.agent;
  for (const { text, addressed } of await saidSince(store, inboxId, mostSaid)) {
    if (!addressed) continue;
    const command = parseCommand(text);
    if (command?.name === cancelCommand.name) return { stop: 'cancelled' };
    if (command === undefined && whileBusy === 'interrupt') return { stop: 'interrupted' };
  }
  return {};
}
