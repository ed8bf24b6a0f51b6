import { and, eq } from 'drizzle-orm';
import { approvals } from '../../schemas/db/records.ts';
import { StewardError } from '../../schemas/errors.ts';
import { appendAudit } from '../append-audit.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { type ApprovalRow, openApproval, sealPlace } from './ask-approval.ts';

export interface Decision {
  readonly personId: string;
  readonly id: string;
  readonly word: 'approved' | 'denied';
  /** Where it was said. */
  readonly by: string;
  /** Hash of the content that the person saw. Left out where the code of the approval was said: it names one content. */
  readonly contentHash?: string;
  /** The text as the person wants it, where it may be changed. */
  readonly text?: string;
}

/**
 * A person's word on an approval. May be repeated: the first word stays, and what is over stays as it ended.
 *
 * @returns the approval as it is now, and whether this word decided it
 * @throws notFound; changedMeanwhile where the person saw another content; badInput where the text may not be changed
 */
export async function decideApproval(
  store: Store,
  decision: Decision,
): Promise<{ readonly row: ApprovalRow; readonly decided: boolean }> {
  return await inTransaction(store, async (inside) => {
    const { personId, id, word, by, contentHash } = decision;
    const row = await lockApproval(inside, personId, id);
    if (contentHash !== undefined && contentHash !== row.contentHash) {
      throw new StewardError('changedMeanwhile', `The approval ${id} is about another content than the one named`);
    }
    if (row.state !== 'waiting') return { row, decided: false };
    if (row.expiresAt <= inside.clock.now()) return { row: await end(inside, row, 'expired'), decided: false };
    const kept = await end(inside, row, word, { decidedBy: by, ...changeOf(inside, row, decision) });
    const data = { hash: row.contentHash, changed: decision.text !== undefined };
    await appendAudit(inside, { actor: by, action: `approval.${word}`, subject: id, personId, data });
    return { row: kept, decided: true };
  });
}

/** Nobody answered in time: that is a no. May be repeated; does nothing before its time. @throws notFound */
export async function expireApproval(store: Store, personId: string, id: string): Promise<ApprovalRow> {
  return await inTransaction(store, async (inside) => {
    const row = await lockApproval(inside, personId, id);
    const over = row.state === 'waiting' && row.expiresAt <= inside.clock.now();
    return over ? await end(inside, row, 'expired') : row;
  });
}

async function lockApproval(inside: StoreIn, personId: string, id: string): Promise<ApprovalRow> {
  const wanted = and(eq(approvals.id, id), eq(approvals.personId, personId));
  const [row] = await inside.db.select().from(approvals).where(wanted).for('update');
  if (row === undefined) throw new StewardError('notFound', `There is no approval ${id}`);
  return row;
}

function changeOf(inside: StoreIn, row: ApprovalRow, { text, word }: Decision) {
  if (text === undefined || word === 'denied') return {};
  if (!openApproval(inside, row).editable)
    throw new StewardError('badInput', `The text of ${row.id} cannot be changed`);
  const unit = inside.keys.unit(row.personId, row.wrappedKey);
  return { changed: unit.seal(sealPlace(row.id, row.personId, 'changed'), text) };
}

async function end(
  inside: StoreIn,
  { id, personId }: ApprovalRow,
  state: 'approved' | 'denied' | 'expired',
  more: Partial<Pick<ApprovalRow, 'decidedBy' | 'changed'>> = {},
): Promise<ApprovalRow> {
  const [kept] = await inside.db
    .update(approvals)
    .set({ state, decidedAt: inside.clock.now(), ...more })
    .where(eq(approvals.id, id))
    .returning();
  await appendEvent(inside, { aggregate: 'approval', aggregateId: id, type: `approval.${state}`, personId });
  return kept!;
}
