import { and, desc, eq } from 'drizzle-orm';
import { audit } from '../../schemas/db/records.ts';
import { newId } from '../../schemas/ids.ts';
import type { StoreIn } from '../store.ts';

export const pauseAction = 'trigger.pause';

const reasonPlace = (row: string, person: string) => ({ table: 'audit', row, column: 'reason', person });

/** What a person says of a pause, sealed for its row of the audit log: the chain holds while the words can be erased. */
export function sealReason({ keys, clock }: StoreIn, personId: string, reason: string) {
  const act = newId('audit', clock);
  const unit = keys.newUnit(personId);
  const sealed = unit.seal(reasonPlace(act, personId), reason);
  return { act, key: unit.wrapped.toString('base64'), reason: sealed.toString('base64') };
}

/** What was last said of a pause of this trigger; undefined where nothing was. @throws sealBroken */
export async function readPauseReason({ db, keys }: StoreIn, trigger: string): Promise<string | undefined> {
  const [row] = await db
    .select({ personId: audit.personId, data: audit.data })
    .from(audit)
    .where(and(eq(audit.action, pauseAction), eq(audit.subject, trigger)))
    .orderBy(desc(audit.seq))
    .limit(1);
  const { act, key, reason } = row?.data ?? {};
  if (row?.personId == null || typeof act !== 'string' || typeof key !== 'string' || typeof reason !== 'string') {
    return undefined;
  }
  const unit = keys.unit(row.personId, Buffer.from(key, 'base64'));
  return unit.open(reasonPlace(act, row.personId), Buffer.from(reason, 'base64')).toString();
}
