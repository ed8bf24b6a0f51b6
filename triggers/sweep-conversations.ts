import { and, asc, eq, inArray, isNotNull, isNull, lt, min } from 'drizzle-orm';
import { inbox } from '../schemas/db/inbox.ts';
import { outbox } from '../schemas/db/outbox.ts';
import { StewardError } from '../schemas/errors.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { startConversation, wakeConversation } from './wake-conversation.ts';

const mostRows = 200;
/** A run that is at it sends what it has minted; what is older has none. */
const forgottenAfterMs = 120_000;

/**
 * Wakes each conversation with a turn that nobody has answered: a run that is at it only looks once more. One with an
 * answer that was not sent gets a run where it has none. One that cannot be woken holds up no other.
 *
 * @returns how many were looked after
 * @throws storeBusy, temporalBusy
 */
export async function sweepConversations(deps: DispatchDeps): Promise<number> {
  const open = await withOpenTurns(deps);
  for (const id of open) await alone(deps, id, wakeConversation);
  const woken = new Set(open);
  const silent = (await withUnsentAnswers(deps)).filter((id) => !woken.has(id));
  for (const id of silent) await alone(deps, id, startConversation);
  return open.length + silent.length;
}

async function withOpenTurns({ store }: DispatchDeps): Promise<string[]> {
  const rows = await store.db
    .select({ id: inbox.conversationId, first: min(inbox.acceptedAt) })
    .from(inbox)
    .where(and(isNotNull(inbox.conversationId), isNull(inbox.answeredAt)))
    .groupBy(inbox.conversationId)
    .orderBy(asc(min(inbox.acceptedAt)))
    .limit(mostRows);
  return rows.map(({ id }) => id!);
}

async function withUnsentAnswers({ store }: DispatchDeps): Promise<string[]> {
  const before = new Date(store.clock.now().getTime() - forgottenAfterMs);
  const rows = await store.db
    .select({ id: inbox.conversationId, first: min(outbox.createdAt) })
    .from(outbox)
    .innerJoin(inbox, eq(inbox.id, outbox.turnId))
    .where(and(inArray(outbox.state, ['queued', 'sending']), lt(outbox.createdAt, before)))
    .groupBy(inbox.conversationId)
    .orderBy(asc(min(outbox.createdAt)))
    .limit(mostRows);
  return rows.map(({ id }) => id!);
}

async function alone(deps: DispatchDeps, id: string, work: typeof wakeConversation): Promise<void> {
  try {
    await work(deps, id);
  } catch (error) {
    if (error instanceof StewardError) throw error;
    deps.log.warn({ conversation: id, err: error }, 'a conversation could not be woken');
  }
}
