import type { ChatChannel } from '../../schemas/channel-file.ts';
import { outboxIdOf } from '../../schemas/ids.ts';
import { readToken } from '../../store/accounts/cursor.ts';
import { recordConnected } from '../../store/accounts/record-login.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { recordCopyFound } from '../../store/outbox/record-result.ts';
import { adapterFor } from './chat-adapters.ts';
import type { Serving, SessionDeps } from './session-deps.ts';

/**
 * Serves one connection of a channel of messages: what its adapter reads goes into the ledger, then to dispatch.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure, sessionSuperseded, storeBusy
 */
export async function serveChat(
  deps: SessionDeps,
  { channel, session, up }: Pick<Serving<ChatChannel>, 'channel' | 'session' | 'up'>,
): Promise<void> {
  const { store, signal, log } = deps;
  let connected: Promise<void> | undefined;
  await adapterFor(channel).serve({
    channel,
    signal,
    cursor: (place) => readToken(store, session.accountId, place),
    take: async (messages, move) => {
      const taken = await acceptMessages(store, session, messages, move);
      try {
        await deps.dispatch.messagesAccepted(taken.map(({ inboxId }) => inboxId));
      } catch (error) {
        log.warn({ account: session.accountId, err: error }, 'messages could not be announced; the sweeper does it');
      }
    },
    cameBack: async (id) => {
      const outboxId = outboxIdOf(id);
      if (outboxId !== undefined) await recordCopyFound(store, outboxId, 'the channel');
    },
    up: () => {
      connected ??= recordConnected(store, session.accountId);
      connected.catch(() => undefined);
      up();
    },
  });
}
