import type { ChatChannel } from '../../schemas/channel-file.ts';
import type { HookReading } from '../../schemas/channel-hook.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { offerToStrangers, sortSenders } from '../../store/people/sort-senders.ts';
import type { Store } from '../../store/store.ts';
import type { DispatchLog } from '../dispatch-deps.ts';

interface TakeDeps {
  readonly store: Store;
  readonly dispatch: Pick<Dispatch, 'messagesAccepted' | 'sendEffect' | 'tellNews'>;
  readonly log: DispatchLog;
  readonly personId: string;
}

/**
 * Takes in what a delivery says: turns are in the ledger and news have their runs when it resolves. May be repeated: the
 * same message is the same turn, the same event is told once.
 *
 * @returns how many turns are new
 * @throws storeBusy, temporalBusy
 */
export async function takeDelivery(
  { store, dispatch, log, personId }: TakeDeps,
  channel: ChatChannel,
  { messages, news }: HookReading,
): Promise<number> {
  const { id: accountId } = await ensureAccount(store, channel, personId);
  const receiver = { personId, accountId, channel: channel.kind };
  const { own, foreign } = await sortSenders(store, channel, receiver, messages);
  const offers = await offerToStrangers(store, receiver, foreign);
  const taken = own.length === 0 ? [] : await acceptMessages(store, receiver, own);
  for (const one of news) {
    const to = 'tell' in channel && channel.tell !== undefined ? { to: channel.tell } : {};
    await dispatch.tellNews({ personId, accountId, channel: channel.name, news: one, ...to });
  }
  try {
    await dispatch.messagesAccepted(taken.map(({ inboxId }) => inboxId));
    for (const outboxId of offers) await dispatch.sendEffect(outboxId);
  } catch (error) {
    log.warn({ account: accountId, err: error }, 'messages could not be announced; the sweeper does it');
  }
  return taken.filter(({ fresh }) => fresh).length;
}
