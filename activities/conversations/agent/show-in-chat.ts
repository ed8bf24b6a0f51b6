import { chatIdOf } from '../../../schemas/ids.ts';
import { keepDraftPlace } from '../../../store/conversations/drafts.ts';
import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import type { AgentDeps } from './agent-deps.ts';

/** A chat that is edited more often only flickers, and homeservers count. What is said within it needs no draft. */
const everyMs = 1_500;

interface ShownInChat {
  readonly onText: (text: string) => void;
  /** Resolves once no draft is under way: one that came after the answer would hide it. */
  readonly idle: () => Promise<void>;
}

/**
 * Shows in a chat what a model says as it says it, where the channel can change what it shows: from the second words on,
 * one change at a time. It may fail without anybody minding; the answer takes the draft's place.
 *
 * @param attempt - from 1: a later one begins the draft anew, in the same place
 */
export function showInChat(deps: AgentDeps, row: TurnRow, attempt: number): ShownInChat {
  let nextAt = deps.store.clock.now().getTime() + everyMs;
  let revision = attempt * 1_000;
  let place = row.draftPlace ?? undefined;
  let busy: Promise<void> | undefined;
  const show = async (text: string) => {
    const channel = deps.files.current().channels.get(await channelOfTurn(deps.store, row.accountId));
    if (channel === undefined) return;
    const { address } = openMessage(deps.store, row).thread;
    revision += 1;
    const draft = { id: `${chatIdOf(row.id)}-draft`, address, text, revision };
    const shown = await deps.draft(channel, place === undefined ? draft : { ...draft, place });
    if (shown !== undefined && place === undefined) await keepDraftPlace(deps.store, row.id, shown);
    place ??= shown;
  };
  return {
    onText: (text) => {
      const now = deps.store.clock.now().getTime();
      if (busy !== undefined || now < nextAt) return;
      nextAt = now + everyMs;
      busy = show(text)
        .catch((error: unknown) => deps.log.debug({ turn: row.id, err: error }, 'a draft could not be shown'))
        .finally(() => {
          busy = undefined;
        });
    },
    idle: async () => await busy,
  };
}
