import { and, eq } from 'drizzle-orm';
import { endpoints } from '../../schemas/db/people.ts';
import type { StoreIn } from '../store.ts';

/** What an address is found by; case does not matter. */
export const addressPrint = ({ keys }: Pick<StoreIn, 'keys'>, address: string): string =>
  keys.fingerprint('address', address.toLowerCase());

/** Whether a person has let an address of a kind of channel in. Reads only. */
export async function isPaired(
  store: StoreIn,
  { personId, channel, address }: { personId: string; channel: string; address: string },
): Promise<boolean> {
  const theirs = and(
    ...[eq(endpoints.personId, personId), eq(endpoints.channel, channel)],
    eq(endpoints.addressHmac, addressPrint(store, address)),
  );
  return (await store.db.$count(endpoints, theirs)) > 0;
}
