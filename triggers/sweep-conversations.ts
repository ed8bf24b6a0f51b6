import { and, isNotNull, isNull, lt } from 'drizzle-orm';
import { inbox } from '../schemas/db/inbox.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { wakeConversation } from './wake-conversation.ts';

/** Whoever takes a message in wakes its conversation itself; only what waits longer was forgotten. */
const forgottenAfterMs = 30_000;
const mostRows = 200;

/** Wakes each conversation with a turn that nobody has answered. A run that is at it only looks once more. */
export async function sweepConversations(deps: DispatchDeps): Promise<number> {
  const { db, clock } = deps.store;
  const before = new Date(clock.now().getTime() - forgottenAfterMs);
  const waiting = await db
    .selectDistinct({ id: inbox.conversationId })
    .from(inbox)
    .where(and(isNotNull(inbox.conversationId), isNull(inbox.answeredAt), lt(inbox.acceptedAt, before)))
    .limit(mostRows);
  for (const { id } of waiting) await wakeConversation(deps, id!);
  return waiting.length;
}
