import type { Channel } from '../../schemas/channel-file.ts';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import type { Store } from '../store.ts';
import { isPaired } from './known-address.ts';
import { offerPairing } from './offer-pairing.ts';

export interface Receiver {
  readonly personId: string;
  readonly accountId: string;
  /** Kind of the channel. */
  readonly channel: string;
}

/** Sorts messages by whether their senders count: the channel's file names them, or they were let in. Reads only. */
export async function sortSenders(
  store: Store,
  file: Pick<Channel, 'addresses'>,
  receiver: Receiver,
  messages: readonly IncomingMessage[],
): Promise<{ own: IncomingMessage[]; foreign: IncomingMessage[] }> {
  const own: IncomingMessage[] = [];
  const foreign: IncomingMessage[] = [];
  for (const message of messages) {
    ((await isKnown(store, file, receiver, message.from)) ? own : foreign).push(message);
  }
  return { own, foreign };
}

/** Whether an address is one that the channel's file names, or was let in. Reads only. */
export async function isKnown(
  store: Store,
  { addresses }: Pick<Channel, 'addresses'>,
  { personId, channel }: Receiver,
  address: string,
): Promise<boolean> {
  const lower = address.toLowerCase();
  return (
    addresses.some((one) => one.toLowerCase() === lower) || (await isPaired(store, { personId, channel, address }))
  );
}

/**
 * Gives a code to each stranger who wrote directly. In a room nobody is greeted: what strangers say there is no matter
 * of ours. May be repeated.
 *
 * @returns ids of the effects that say so
 */
export async function offerToStrangers(
  store: Store,
  { personId, accountId, channel }: Receiver,
  foreign: readonly IncomingMessage[],
): Promise<string[]> {
  const offers: string[] = [];
  for (const { thread, from } of foreign) {
    if (thread.kind !== 'direct') continue;
    const offered = await offerPairing(store, { personId, accountId, channel, from, address: thread.address });
    if (offered !== undefined) offers.push(offered);
  }
  return offers;
}
