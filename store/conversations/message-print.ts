import { apiAccount } from '../accounts/api-account.ts';
import { findAccount } from '../accounts/find-account.ts';
import type { StoreIn } from '../store.ts';

/** What triggers call the channel of an account. Pure. */
export const channelNameOf = (account: string): string => (account === apiAccount.name ? 'api' : account);

/** What makes a message the same event for triggers: the channel's name and the message's own id. */
export function messagePrint({ keys }: Pick<StoreIn, 'keys'>, channel: string, id: string): string {
  return keys.fingerprint('message', `${channel}\0${id}`);
}

/** The name of the channel on which something was said, as its file is called. Reads only. */
export async function channelOfTurn(store: StoreIn, accountId: string): Promise<string> {
  return channelNameOf((await findAccount(store, accountId))?.name ?? '');
}
