import { and, asc, desc, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { type OutboxRow, openChat } from '../outbox/claim-effect.ts';
import { readable } from '../readable.ts';
import type { StoreIn } from '../store.ts';
import type { TurnRow } from './keep-answer.ts';
import { openMessage } from './seal-message.ts';

/** One exchange of a conversation. */
export interface Exchange {
  readonly said: string;
  /** What was answered, in plain words; empty where nothing was. */
  readonly answered: string;
  /** Whether the answer shows words from outside. */
  readonly tainted: boolean;
  /** Account on which it was said. */
  readonly accountId: string;
}

/** Exchanges before a turn that a model may see. */
export const mostExchanges = 20;

/** The exchanges before a turn, oldest first, without what was taken back. Reads only. */
export async function talkBefore(
  store: StoreIn,
  { conversationId, turn }: Pick<TurnRow, 'conversationId' | 'turn'>,
  most: number,
): Promise<Exchange[]> {
  const before = and(
    eq(inbox.conversationId, conversationId!),
    lt(inbox.turn, turn!),
    isNotNull(inbox.answeredAt),
    isNull(inbox.takenBackAt),
  );
  const turns = await store.db.select().from(inbox).where(before).orderBy(desc(inbox.turn)).limit(most);
  const answers = await store.db
    .select()
    .from(outbox)
    .where(
      and(
        inArray(
          outbox.turnId,
          turns.map(({ id }) => id),
        ),
        eq(outbox.kind, 'answer'),
      ),
    )
    .orderBy(asc(outbox.part), asc(outbox.id));
  return turns.reverse().flatMap((row) => {
    // A mirror of an answer is the answer once more.
    const own = answers.filter(({ turnId, accountId }) => turnId === row.id && accountId === row.accountId);
    return readable(() => {
      const answered = own.map((answer) => textOf(store, answer)).join('\n');
      return [{ said: openMessage(store, row).text, answered, tainted: row.tainted, accountId: row.accountId }];
    });
  });
}

/** A mail and a message both have one. */
const textOf = (store: StoreIn, row: OutboxRow): string => openChat(store, row).text;
