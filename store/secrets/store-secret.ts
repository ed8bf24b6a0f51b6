import { and, eq } from 'drizzle-orm';
import { secrets } from '../../schemas/db/records.ts';
import { appendAudit } from '../append-audit.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/** Stores a secret under a name, as a new version with a key of its own. */
export async function storeSecret(store: Store, personId: string, name: string, value: string): Promise<void> {
  await inTransaction(store, async (inside) => {
    const mine = and(eq(secrets.personId, personId), eq(secrets.name, name));
    const [known] = await inside.db.select({ version: secrets.version }).from(secrets).where(mine).for('update');
    const version = (known?.version ?? 0) + 1;
    const unit = inside.keys.newUnit(personId);
    const sealed = unit.seal({ table: 'secrets', row: name, column: 'value', person: personId, version }, value);
    const row = { version, wrappedKey: unit.wrapped, value: sealed, createdAt: inside.clock.now() };
    await inside.db
      .insert(secrets)
      .values({ personId, name, ...row })
      .onConflictDoUpdate({ target: [secrets.personId, secrets.name], set: row });
    await appendEvent(inside, {
      aggregate: 'secret',
      aggregateId: name,
      type: 'secret.stored',
      personId,
      data: { version },
    });
    await appendAudit(inside, { actor: 'owner', action: 'secret.store', subject: name, personId, data: { version } });
  });
}
