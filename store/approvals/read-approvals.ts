import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { approvals } from '../../schemas/db/records.ts';
import type { ApprovalState } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { StoreIn } from '../store.ts';
import { type ApprovalRow, openApproval, sealPlace } from './ask-approval.ts';

/** Approvals of a person, newest first. Reads only. */
export async function readApprovals(
  { db }: StoreIn,
  { personId, state, limit }: { personId: string; state?: ApprovalState; limit: number },
): Promise<ApprovalRow[]> {
  return await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.personId, personId), state === undefined ? undefined : eq(approvals.state, state)))
    .orderBy(desc(approvals.id))
    .limit(limit);
}

/**
 * The approval that a person names by its code or its whole id. Reads only.
 *
 * @throws notFound where none has it, badInput where several do
 */
export async function findApproval({ db }: StoreIn, personId: string, named: string): Promise<ApprovalRow> {
  const code = named.trim().replace(/^apr_/i, '').toUpperCase();
  if (!/^[0-9A-Z]{6,26}$/.test(code))
    throw new StewardError('badInput', 'The code of an approval has 6 letters or more');
  const found = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.personId, personId), sql`right(${approvals.id}, ${code.length}) = ${code}`))
    .limit(2);
  if (found.length > 1) throw new StewardError('badInput', `Several approvals end in ${code}: name the whole id`);
  if (found[0] === undefined) throw new StewardError('notFound', `There is no approval ${code}`);
  return found[0];
}

/** The text that may go out: as it was asked, or as the person changed it. @throws sealBroken */
export function approvedText(store: Pick<StoreIn, 'keys'>, row: ApprovalRow): string {
  if (row.changed === null) return openApproval(store, row).text;
  const unit = store.keys.unit(row.personId, row.wrappedKey);
  return unit.open(sealPlace(row.id, row.personId, 'changed'), row.changed).toString();
}

/** Decided, and the run that waits has not taken it up. Reads only. */
export async function unheardApprovals({ db }: StoreIn, limit: number): Promise<ApprovalRow[]> {
  return await db
    .select()
    .from(approvals)
    .where(and(inArray(approvals.state, ['approved', 'denied']), isNull(approvals.heardAt)))
    .limit(limit);
}

/** The run that waits has taken the word up. May be repeated. */
export async function noteHeard({ db, clock }: StoreIn, id: string): Promise<void> {
  await db
    .update(approvals)
    .set({ heardAt: clock.now() })
    .where(and(eq(approvals.id, id), isNull(approvals.heardAt)));
}
