import { and, eq } from 'drizzle-orm';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import type { EffectState } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { OutgoingMail } from '../../schemas/outgoing.ts';
import type { SendRate } from '../../schemas/send-rate.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { takeToken } from './take-token.ts';

export type OutboxRow = typeof outbox.$inferSelect;

/** What one who wants to send is told: to go on, or how it stands already. */
export type Claim =
  | { readonly claimed: true; readonly row: OutboxRow }
  /** `waitMs`: it is queued, since its channel has sent as much as it may just now. */
  | { readonly claimed: false; readonly state: EffectState; readonly waitMs?: number };

/**
 * Claims an effect for one attempt, in a commit of its own.
 *
 * A claim found before any content went out is taken over, and its holder, should it still live, is fenced off by the
 * attempt's number. One found after that is `unknown` and never sent again; its holder may still prove it sent.
 *
 * @param rate - how much may be sent on its channel; no limit when left out
 * @throws notFound; storeBusy
 */
export async function claimEffect(store: Store, outboxId: string, rate?: SendRate): Promise<Claim> {
  return await inTransaction(store, async (inside) => {
    const row = await lockEffect(inside, outboxId);
    if (row.state !== 'queued' && row.state !== 'sending') return { claimed: false, state: row.state };
    const now = inside.clock.now();
    if (row.state === 'sending' && row.contentBeganAt !== null) {
      await endEffect(inside, row, {
        state: 'unknown',
        detail: 'content had begun to leave, and no answer is on record',
      });
      return { claimed: false, state: 'unknown' };
    }
    const waitMs = rate === undefined ? 0 : await takeToken(inside, row, rate);
    if (waitMs > 0) {
      const nextTryAt = new Date(now.getTime() + waitMs);
      const result = { detail: 'waits for the rate limit of its channel' };
      await inside.db
        .update(outbox)
        .set({ state: 'queued', claimedAt: null, nextTryAt, result })
        .where(eq(outbox.id, outboxId));
      return { claimed: false, state: 'queued', waitMs };
    }
    const next = { state: 'sending' as const, attempt: row.attempt + 1, claimedAt: now, contentBeganAt: null };
    await inside.db.update(outbox).set(next).where(eq(outbox.id, outboxId));
    const data = { attempt: next.attempt };
    await appendEvent(inside, {
      aggregate: 'outbox',
      aggregateId: outboxId,
      type: 'outbox.sending',
      personId: row.personId,
      data,
    });
    const claimed = { ...row, ...next };
    return { claimed: true, row: claimed };
  });
}

/**
 * Commits, before the first byte of content leaves, that it does. From here on an unanswered attempt is `unknown`.
 *
 * @throws storeBusy when the claim is not ours any more; then nothing may be sent
 */
export async function contentBegins(store: Store, { id, attempt }: OutboxRow): Promise<void> {
  const ours = and(eq(outbox.id, id), eq(outbox.state, 'sending'), eq(outbox.attempt, attempt));
  const marked = await store.db
    .update(outbox)
    .set({ contentBeganAt: store.clock.now() })
    .where(ours)
    .returning({ id: outbox.id });
  if (marked.length === 0) throw new StewardError('storeBusy', `The claim on ${id} passed to another attempt`);
}

/** Opens a mail that is to be sent. @throws sealBroken */
export const openMail = (store: Pick<StoreIn, 'keys'>, row: OutboxRow) => openContent(store, row) as OutgoingMail;

/** Opens a message that is to be sent. @throws sealBroken */
export const openChat = (store: Pick<StoreIn, 'keys'>, row: OutboxRow) => openContent(store, row) as OutgoingChat;

/** The type follows from the row's channel: it was sealed for it. */
function openContent({ keys }: Pick<StoreIn, 'keys'>, row: OutboxRow): unknown {
  const place = { table: 'outbox', row: row.id, column: 'content', person: row.personId };
  return JSON.parse(keys.unit(row.personId, row.wrappedKey).open(place, row.content).toString());
}

/** Locks an effect's row until the transaction ends. @throws notFound */
export async function lockEffect(inside: StoreIn, outboxId: string): Promise<OutboxRow> {
  const [row] = await inside.db.select().from(outbox).where(eq(outbox.id, outboxId)).for('update');
  if (row === undefined) throw new StewardError('notFound', `There is no effect ${outboxId}`);
  return row;
}

/** Writes how an effect stands now. `queued` is to be tried again after `waitMs`. */
export async function endEffect(
  inside: StoreIn,
  row: OutboxRow,
  result: { state: EffectState; detail: string; code?: string; provenBy?: string; waitMs?: number },
): Promise<void> {
  const now = inside.clock.now();
  const { state, detail, code, provenBy } = result;
  await inside.db
    .update(outbox)
    .set({
      state,
      result: { detail, ...(code === undefined ? {} : { code }), ...(provenBy === undefined ? {} : { provenBy }) },
      nextTryAt: result.waitMs === undefined ? null : new Date(now.getTime() + result.waitMs),
      endedAt: state === 'queued' ? null : now,
      ...(state === 'queued' ? { claimedAt: null, contentBeganAt: null } : {}),
    })
    .where(eq(outbox.id, row.id));
  await appendEvent(inside, {
    aggregate: 'outbox',
    aggregateId: row.id,
    type: `outbox.${state}`,
    personId: row.personId,
    data: { attempt: row.attempt, ...(provenBy === undefined ? {} : { provenBy }) },
  });
}
