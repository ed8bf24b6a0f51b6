import { and, isNotNull, isNull } from 'drizzle-orm';
import { inbox } from '../schemas/db/inbox.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { wakeConversation } from './wake-conversation.ts';

const mostRows = 200;

/** Wakes each conversation with a turn that nobody has answered. A run that is at it only looks once more. */
export async function sweepConversations(deps: DispatchDeps): Promise<number> {
  const waiting = await deps.store.db
    .selectDistinct({ id: inbox.conversationId })
    .from(inbox)
    .where(and(isNotNull(inbox.conversationId), isNull(inbox.answeredAt)))
    .limit(mostRows);
  for (const { id } of waiting) await wakeConversation(deps, id!);
  return waiting.length;
}
