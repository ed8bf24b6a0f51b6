import { and, asc, count, eq, inArray, isNotNull, isNull, max } from 'drizzle-orm';
import { parseCommand } from '../../schemas/chat-command.ts';
import { accounts } from '../../schemas/db/accounts.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { openChat } from '../outbox/claim-effect.ts';
import { readable } from '../readable.ts';
import type { StoreIn } from '../store.ts';
import { channelNameOf } from './message-print.ts';
import { openMessage } from './seal-message.ts';

/** Something that was said in a conversation, by its person or in answer to them. */
export interface Said {
  /** The turn. */
  readonly inboxId: string;
  readonly conversationId: string;
  readonly turn: number;
  readonly by: 'person' | 'steward';
  readonly text: string;
  readonly channel: string;
  readonly at: Date;
}

/** How far the conversations of a person have come: the same where nothing was said, answered or taken back since. Reads only. */
export async function saidPrint({ db }: Pick<StoreIn, 'db'>, personId: string): Promise<string> {
  const own = and(eq(inbox.personId, personId), isNotNull(inbox.conversationId));
  const [row] = await db
    .select({ turns: count(), last: max(inbox.id), answered: max(inbox.answeredAt), back: max(inbox.takenBackAt) })
    .from(inbox)
    .where(own);
  return JSON.stringify(row);
}

/**
 * All that was said in a person's conversations, in the order of each, without commands and what they came to, and without
 * what was taken back. Reads only.
 */
export async function readSaid(store: StoreIn, personId: string): Promise<Said[]> {
  const turns = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(and(eq(inbox.personId, personId), isNotNull(inbox.conversationId), isNull(inbox.takenBackAt)))
    .orderBy(asc(inbox.conversationId), asc(inbox.turn));
  const said = turns.flatMap(({ row, account }) =>
    readable(() => {
      const { text } = openMessage(store, row);
      if (text === '' || parseCommand(text) !== undefined) return [];
      const [conversationId, turn] = [row.conversationId!, row.turn!];
      const common = { inboxId: row.id, conversationId, turn, channel: channelNameOf(account), at: row.receivedAt };
      return [{ ...common, by: 'person' as const, text, accountId: row.accountId }];
    }),
  );
  const answers = await answersTo(
    store,
    said.map(({ inboxId }) => inboxId),
  );
  return said.flatMap(({ accountId, ...one }): Said[] => {
    const text = answers.get(`${one.inboxId} ${accountId}`);
    return text === undefined ? [one] : [one, { ...one, by: 'steward', text }];
  });
}

/** Answers as they were given where they were asked for: a mirror says the same once more. */
async function answersTo(store: StoreIn, turnIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const atOnce = 5_000;
  for (let from = 0; from < turnIds.length; from += atOnce) {
    const rows = await store.db
      .select()
      .from(outbox)
      .where(and(inArray(outbox.turnId, turnIds.slice(from, from + atOnce)), eq(outbox.kind, 'answer')))
      .orderBy(asc(outbox.part), asc(outbox.id));
    for (const row of rows) {
      const key = `${row.turnId} ${row.accountId}`;
      for (const text of readable(() => [openChat(store, row).text]))
        found.set(key, found.has(key) ? `${found.get(key)}\n${text}` : text);
    }
  }
  return found;
}
