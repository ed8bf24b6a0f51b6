import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import type { AgentDeps } from './agent-deps.ts';

/** What a chat shows ends by itself after half a minute. */
const againMs = 20_000;

/** Shows in a chat that an answer is on its way, for as long as the work takes. It may fail without anybody minding. */
export async function whileTyping<T>(deps: AgentDeps, row: TurnRow, work: () => Promise<T>): Promise<T> {
  const show = (working: boolean) => {
    showOnce(deps, row, working).catch((error: unknown) => deps.log.debug({ err: error }, 'typing could not be shown'));
  };
  show(true);
  const again = setInterval(() => show(true), againMs);
  try {
    return await work();
  } finally {
    clearInterval(again);
    show(false);
  }
}

async function showOnce({ store, files, showWorking }: AgentDeps, row: TurnRow, working: boolean): Promise<void> {
  const channel = files.current().channels.get(await channelOfTurn(store, row.accountId));
  if (channel === undefined) return;
  const { address, kind } = openMessage(store, row).thread;
  await showWorking(channel, { address, kind }, working);
}
