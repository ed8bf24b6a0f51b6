import { createHash } from 'node:crypto';
import { and, eq, ne, sql } from 'drizzle-orm';
import type { ApprovalContent } from '../../schemas/approval.ts';
import { approvals } from '../../schemas/db/records.ts';
import { newId } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

export type ApprovalRow = typeof approvals.$inferSelect;

export interface NewApproval {
  readonly personId: string;
  /** What it is about; begins with the fire's id. */
  readonly effectKey: string;
  readonly content: ApprovalContent;
  readonly expiresAt: Date;
  readonly workflowId: string;
}

/**
 * Asks for a person's word on exactly this content. May be repeated: the same content under the same key is the same
 * approval. Another content takes the place of one that still waits.
 */
export async function askApproval(store: Store, asked: NewApproval): Promise<ApprovalRow> {
  const { personId, effectKey, content, expiresAt, workflowId } = asked;
  const contentHash = hashOf(content);
  return await inTransaction(store, async (inside) => {
    // Two contents at once under one key: the later one takes the place of the other.
    await inside.db.execute(sql`select pg_advisory_xact_lock(hashtext(${`approval:${effectKey}`}))`);
    await replaceOthers(inside, effectKey, contentHash);
    const id = newId('approval', inside.clock);
    const unit = inside.keys.newUnit(personId);
    const [made] = await inside.db
      .insert(approvals)
      .values({
        ...{ id, personId, effectKey, contentHash, workflowId, expiresAt, createdAt: inside.clock.now() },
        wrappedKey: unit.wrapped,
        content: unit.seal(sealPlace(id, personId, 'content'), JSON.stringify(content)),
      })
      .onConflictDoNothing({
        target: [approvals.effectKey, approvals.contentHash],
        where: sql`${approvals.state} <> 'replaced'`,
      })
      .returning();
    if (made !== undefined) {
      await appendEvent(inside, { aggregate: 'approval', aggregateId: id, type: 'approval.asked', personId });
      return made;
    }
    const same = and(
      ...[eq(approvals.effectKey, effectKey), eq(approvals.contentHash, contentHash), ne(approvals.state, 'replaced')],
    );
    const [known] = await inside.db.select().from(approvals).where(same);
    return known!;
  });
}

async function replaceOthers(inside: StoreIn, effectKey: string, contentHash: string): Promise<void> {
  const others = and(
    ...[eq(approvals.effectKey, effectKey), ne(approvals.contentHash, contentHash), eq(approvals.state, 'waiting')],
  );
  const now = inside.clock.now();
  const replaced = await inside.db
    .update(approvals)
    .set({ state: 'replaced', decidedAt: now, heardAt: now })
    .where(others)
    .returning({ aggregateId: approvals.id, personId: approvals.personId });
  for (const row of replaced) {
    await appendEvent(inside, { aggregate: 'approval', type: 'approval.replaced', ...row });
  }
}

/** SHA-256 of what is asked, hex: another word is another hash. Pure. */
export function hashOf({ subject, text, editable }: ApprovalContent): string {
  return createHash('sha256')
    .update(JSON.stringify([subject, text, editable]))
    .digest('hex');
}

/** Opens what was asked. @throws sealBroken */
export function openApproval({ keys }: Pick<StoreIn, 'keys'>, row: ApprovalRow): ApprovalContent {
  const unit = keys.unit(row.personId, row.wrappedKey);
  return JSON.parse(unit.open(sealPlace(row.id, row.personId, 'content'), row.content).toString()) as ApprovalContent;
}

/** Where a sealed part of an approval belongs. Pure. */
export const sealPlace = (row: string, person: string, column: 'content' | 'changed') => ({
  ...{ table: 'approvals', row, column, person },
});
