import { and, eq, inArray, isNull, lt, lte, ne, or, sql } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import { outbox } from '../schemas/db/outbox.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { startOutbox } from './start-outbox.ts';

/** An effect whose flow is alive is looked after; without a fire it gets this long. */
const forgottenAfterMs = 120_000;
/** Effects taken up by one sweep; the rest waits a minute. */
const mostRows = 200;

/**
 * Starts `sendOutbox` for effects that their fire left behind when it closed. One at a time for each effect: a second
 * start joins the first. An `unknown` one is looked at again when its row says so, and otherwise once.
 *
 * @returns how many were started
 */
export async function sweepOutbox({ store, client }: DispatchDeps): Promise<number> {
  const now = store.clock.now();
  const left = await store.db
    .select({ id: outbox.id, state: outbox.state, nextTryAt: outbox.nextTryAt })
    .from(outbox)
    .leftJoin(fires, eq(fires.id, sql`split_part(${outbox.effectKey}, ':', 1)`))
    .where(
      and(
        inArray(outbox.state, ['queued', 'sending', 'unknown']),
        or(isNull(outbox.nextTryAt), lte(outbox.nextTryAt, now)),
        lt(outbox.createdAt, new Date(now.getTime() - forgottenAfterMs)),
        or(isNull(fires.id), ne(fires.state, 'open')),
        // Answers are sent by their conversation, in their order.
        or(isNull(outbox.turnId), eq(outbox.state, 'unknown')),
      ),
    )
    .orderBy(outbox.id)
    .limit(mostRows);
  let resumed = 0;
  for (const row of left) {
    const settled = row.state === 'unknown' && row.nextTryAt === null;
    if (await startOutbox({ client }, row.id, { again: !settled, left: row.state })) resumed += 1;
  }
  return resumed;
}
