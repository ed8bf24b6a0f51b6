import { saying } from '../../../schemas/chat-document.ts';
import { stoppedBefore } from '../../../store/conversations/stop-turn.ts';
import type { ChatCommand } from '../chat-command.ts';

/** Its work is done before its own turn comes: whoever works on the turn before it sees that it was said. */
export const cancelCommand: ChatCommand = {
  name: 'cancel',
  usage: '',
  does: 'Stops what a model is working on in this conversation.',
  run: async ({ store }, { inboxId }) => [
    saying((await stoppedBefore(store, inboxId)) ? 'That was stopped.' : 'Nothing was under way.'),
  ],
};
