import { parseCommand } from '../../../schemas/chat-command.ts';
import { saidSince } from '../../../store/conversations/stop-turn.ts';
import type { CommandDeps } from '../chat-command.ts';
import { cancelCommand } from '../commands/cancel.ts';

/** Why a turn is not worked on any more. */
export type Stop = 'cancelled' | 'interrupted';

/** More that waits behind a turn is looked at when its own turn comes. */
const mostSaid = 50;

/**
 * Whether what was said after a turn stops it: `/cancel` does, and with `whileBusy: interrupt` any word that is no
 * command. Reads only.
 */
export async function heed(
  { store, files }: Pick<CommandDeps, 'store' | 'files'>,
  inboxId: string,
): Promise<{ stop?: Stop }> {
  const { whileBusy } = files.current().instance.agent;
  for (const { text, addressed } of await saidSince(store, inboxId, mostSaid)) {
    if (!addressed) continue;
    const command = parseCommand(text);
    if (command?.name === cancelCommand.name) return { stop: 'cancelled' };
    if (command === undefined && whileBusy === 'interrupt') return { stop: 'interrupted' };
  }
  return {};
}
