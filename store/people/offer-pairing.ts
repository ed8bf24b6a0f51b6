import { randomInt } from 'node:crypto';
import { and, eq, gt } from 'drizzle-orm';
import { pairings } from '../../schemas/db/people.ts';
import { newId } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import { queueMessages, type StewardMessage } from '../outbox/queue-effect.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { addressPrint } from './known-address.ts';

/** A code holds so long, and nobody is given a second one within it: two machines do not answer each other for ever. */
const holdsMs = 3_600_000;
/** Codes given out by one account within that time: a crowd of strangers makes no crowd of messages. */
const mostCodes = 20;
/** Without signs that look alike. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

export interface Stranger {
  readonly personId: string;
  readonly accountId: string;
  readonly channel: string;
  /** Who wrote, as the channel proves it. */
  readonly from: string;
  /** Where the answer goes: `ThreadPlace.address`. */
  readonly address: string;
}

/**
 * Gives somebody unknown a code by which the owner of an account can let them in, and mints the message that says so. May
 * be repeated: nobody gets more than one within the hour.
 *
 * @returns id of the effect, or undefined where nothing is said
 */
export async function offerPairing(store: Store, stranger: Stranger): Promise<string | undefined> {
  const code = newCode();
  return await inTransaction(store, async (inside) => {
    const { personId, accountId, channel, from } = stranger;
    if (!(await mayOffer(inside, stranger))) return undefined;
    const now = inside.clock.now();
    const id = newId('pairing', inside.clock);
    const unit = inside.keys.newUnit(personId);
    const fresh = {
      ...{ id, wrappedKey: unit.wrapped, address: unit.seal(pairingPlace(id, personId), from) },
      ...{ codeHmac: codePrint(inside, code), createdAt: now, expiresAt: new Date(now.getTime() + holdsMs) },
    };
    const addressHmac = addressPrint(inside, from);
    await inside.db
      .insert(pairings)
      .values({ personId, accountId, channel, addressHmac, ...fresh })
      .onConflictDoUpdate({ target: [pairings.accountId, pairings.addressHmac], set: fresh });
    await appendEvent(inside, { aggregate: 'pairing', aggregateId: id, type: 'pairing.offered', personId });
    const { address } = stranger;
    const effect = {
      personId,
      accountId,
      channel,
      address,
      kind: 'notice' as const,
      effectKey: `${id}:${now.getTime()}`,
    };
    const [outboxId] = await queueMessages(inside, { ...effect, parts: [offerOf(code)] });
    return outboxId;
  });
}

async function mayOffer(inside: StoreIn, { accountId, from }: Stranger): Promise<boolean> {
  const holding = gt(pairings.expiresAt, inside.clock.now());
  const ofAccount = and(eq(pairings.accountId, accountId), holding);
  const theirs = and(ofAccount, eq(pairings.addressHmac, addressPrint(inside, from)));
  if ((await inside.db.$count(pairings, theirs)) > 0) return false;
  return (await inside.db.$count(pairings, ofAccount)) < mostCodes;
}

function offerOf(code: string): StewardMessage {
  const words = 'I do not know you, so I do nothing for you. If I am yours, let this address in within an hour: ';
  const command = `steward channel pair ${code}`;
  return {
    document: [{ kind: 'paragraph', inlines: [words, { code: command }] }],
    text: `${words}${command}`,
  };
}

function newCode(): string {
  const sign = () => alphabet[randomInt(alphabet.length)];
  return `${Array.from({ length: 4 }, sign).join('')}-${Array.from({ length: 4 }, sign).join('')}`;
}

/** What a code is found by, however it is typed. */
export const codePrint = ({ keys }: Pick<StoreIn, 'keys'>, code: string): string =>
  keys.fingerprint('pairing', code.toUpperCase().replace(/[^A-Z0-9]/g, ''));

/** Where the sealed address of a pairing belongs. Pure. */
export const pairingPlace = (row: string, person: string) => ({ table: 'pairings', row, column: 'address', person });
