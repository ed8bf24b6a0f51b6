import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import { threads } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import type { StoreIn } from '../store.ts';

/** An answer that is to be sent yet. Those of one line are sent one after another. */
export interface UnsentAnswer {
  /** The same line for all that is said directly on one account, and for each other thread. */
  readonly line: string;
  readonly outboxId: string;
}

/** Answers that are to be sent yet, the first ones of each line. */
export interface Unsent {
  readonly unsent: readonly UnsentAnswer[];
  /** Lines that have more of them. */
  readonly more?: readonly string[];
}

/** More of one line at once would weigh down each step of a run whose far side is away. */
const mostOfLine = 20;

/** The answers of a conversation that are to be sent yet, in the order of their turns. Reads only. */
export async function unsentAnswers({ db }: StoreIn, conversationId: string): Promise<Unsent> {
  const line = sql<string>`case when ${outbox.accountId} = ${inbox.accountId} and ${threads.kind} <> 'direct'
    then ${threads.id} else ${outbox.accountId} end`;
  const numbered = db
    .select({
      ...{ id: outbox.id, line: line.as('line'), turn: inbox.turn, part: outbox.part },
      nth: sql<number>`row_number() over (partition by ${line} order by ${inbox.turn}, ${outbox.part}, ${outbox.id})`
        .mapWith(Number)
        .as('nth'),
    })
    .from(outbox)
    .innerJoin(inbox, eq(inbox.id, outbox.turnId))
    .innerJoin(threads, eq(threads.id, inbox.threadId))
    .where(and(eq(inbox.conversationId, conversationId), inArray(outbox.state, ['queued', 'sending'])))
    .as('numbered');
  const rows = await db
    .select()
    .from(numbered)
    .where(lte(numbered.nth, mostOfLine + 1))
    .orderBy(asc(numbered.turn), asc(numbered.part), asc(numbered.id));
  const more = rows.filter(({ nth }) => nth > mostOfLine).map((row) => row.line);
  return {
    unsent: rows.filter(({ nth }) => nth <= mostOfLine).map((row) => ({ line: row.line, outboxId: row.id })),
    ...(more.length === 0 ? {} : { more }),
  };
}
