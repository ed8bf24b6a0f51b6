import { and, eq, gt } from 'drizzle-orm';
import { endpoints, pairings } from '../../schemas/db/people.ts';
import { StewardError } from '../../schemas/errors.ts';
import { newId } from '../../schemas/ids.ts';
import { appendAudit } from '../append-audit.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import { codePrint, pairingPlace } from './offer-pairing.ts';

/**
 * Lets in whoever was given a code: from now on what that address says counts as the person's own word. May be repeated
 * while the code holds.
 *
 * @param by - who says so, for the audit log
 * @throws notFound where no such code holds
 */
export async function pairAddress(
  store: Store,
  { personId, code, by }: { personId: string; code: string; by: string },
): Promise<{ readonly channel: string; readonly address: string }> {
  return await inTransaction(store, async (inside) => {
    const [offer] = await inside.db
      .select()
      .from(pairings)
      .where(
        and(
          ...[eq(pairings.personId, personId), eq(pairings.codeHmac, codePrint(inside, code))],
          gt(pairings.expiresAt, inside.clock.now()),
        ),
      )
      .for('update');
    if (offer === undefined) throw new StewardError('notFound', 'No such code holds; it is good for an hour');
    const { channel, accountId, addressHmac } = offer;
    const address = inside.keys
      .unit(personId, offer.wrappedKey)
      .open(pairingPlace(offer.id, personId), offer.address)
      .toString();
    const id = newId('endpoint', inside.clock);
    const unit = inside.keys.newUnit(personId);
    const place = { table: 'endpoints', row: id, column: 'address', person: personId };
    const made = await inside.db
      .insert(endpoints)
      .values({
        ...{ id, personId, channel, accountId, addressHmac, createdAt: inside.clock.now() },
        ...{ wrappedKey: unit.wrapped, address: unit.seal(place, address) },
      })
      .onConflictDoNothing({ target: [endpoints.channel, endpoints.addressHmac] })
      .returning({ id: endpoints.id });
    if (made.length > 0) {
      await appendEvent(inside, { aggregate: 'person', aggregateId: personId, type: 'endpoint.paired', personId });
      await appendAudit(inside, { actor: by, action: 'endpoint.pair', subject: id, personId, data: { channel } });
    }
    return { channel, address };
  });
}
