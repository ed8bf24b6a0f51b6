import type { ChatChannel } from '../../schemas/channel-file.ts';
import { outboxIdOf } from '../../schemas/ids.ts';
import { readToken } from '../../store/accounts/cursor.ts';
import { recordConnected } from '../../store/accounts/record-login.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { markAnswerRead } from '../../store/conversations/mark-read.ts';
import { settleOwnMessage } from '../../store/outbox/settle-own-message.ts';
import { isKnown, offerToStrangers, sortSenders } from '../../store/people/sort-senders.ts';
import { adapterFor } from './chat-adapters.ts';
import type { Serving, SessionDeps } from './session-deps.ts';

type ChatSession = Pick<Serving<ChatChannel>, 'channel' | 'session' | 'up'>;

/**
 * Serves one connection of a channel of messages: what its adapter reads goes into the ledger, then to dispatch. Only
 * what the owner says is taken in; somebody unknown who writes directly is given a code, and nothing else.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure, sessionSuperseded, storeBusy
 */
export async function serveChat(deps: SessionDeps, { channel, session, up }: ChatSession): Promise<void> {
  const { store, signal, log } = deps;
  let noted = false;
  await (await adapterFor(channel)).serve({
    ...{ channel, signal },
    cursor: (place) => readToken(store, session.accountId, place),
    take: async (messages, move, back) => {
      const { own, foreign } = await sortSenders(store, channel, session, messages);
      // Before the cursor moves: it does not come back to a stranger.
      const offers = await offerToStrangers(store, session, foreign);
      if (foreign.length > 0) {
        log.warn(
          { account: session.accountId, messages: foreign.length, codes: offers.length },
          'somebody unknown wrote',
        );
      }
      const taken = await acceptMessages(store, session, own, move, back);
      try {
        await deps.dispatch.messagesAccepted(taken.map(({ inboxId }) => inboxId));
        for (const outboxId of offers) await deps.dispatch.sendEffect(outboxId);
      } catch (error) {
        log.warn({ account: session.accountId, err: error }, 'messages could not be announced; the sweeper does it');
      }
    },
    cameBack: async (id) => {
      const outboxId = outboxIdOf(id);
      if (outboxId !== undefined) await settleOwnMessage(store, session.accountId, outboxId);
    },
    wasRead: async (by, id) => {
      const outboxId = outboxIdOf(id);
      if (outboxId === undefined || !(await isKnown(store, channel, session, by))) return;
      await markAnswerRead(store, session.accountId, outboxId);
    },
    up: () => {
      // Told once a connection; where the store was away, the next time that all has been read.
      if (!noted) {
        noted = true;
        recordConnected(store, session.accountId).catch((error: unknown) => {
          log.warn({ account: session.accountId, err: error }, 'that an account connects could not be noted');
          noted = false;
        });
      }
      up();
    },
  });
}
