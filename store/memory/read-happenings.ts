import { and, asc, desc, eq, gte, isNotNull, isNull, notInArray, notLike } from 'drizzle-orm';
import { parseCommand } from '../../schemas/chat-command.ts';
import { accounts } from '../../schemas/db/accounts.ts';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import type { LedgerHappening } from '../../schemas/habits.ts';
import { idPrefixes, slotKeys } from '../../schemas/ids.ts';
import { ownRequests } from '../../schemas/protocol.ts';
import { channelNameOf } from '../conversations/message-print.ts';
import { openMessage } from '../conversations/seal-message.ts';
import { openMail } from '../inbox/open-mail.ts';
import { readable } from '../readable.ts';
import type { StoreIn } from '../store.ts';

/** More of each kind is not read: what is older has faded. */
const most = 20_000;

/**
 * What a person did, as the ledger has it: what they said and ordered, what they set off by hand, who wrote to them.
 * Nothing is kept of it: what is taken out of the ledger is no habit any more. Oldest first. Reads only.
 */
export async function readHappenings(store: StoreIn, personId: string, since: Date): Promise<LedgerHappening[]> {
  const found = [
    ...(await turnsOf(store, personId, since)),
    ...(await runsOf(store, personId, since)),
    ...(await contactsOf(store, personId, since)),
  ];
  return found.sort((a, b) => a.at - b.at);
}

async function turnsOf(store: StoreIn, personId: string, since: Date): Promise<LedgerHappening[]> {
  const rows = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(
      and(
        ...[eq(inbox.personId, personId), gte(inbox.acceptedAt, since)],
        ...[isNotNull(inbox.conversationId), isNull(inbox.takenBackAt)],
      ),
    )
    .orderBy(desc(inbox.acceptedAt))
    .limit(most);
  return rows.flatMap(({ row, account }) =>
    readable((): LedgerHappening[] => {
      const { text, addressed } = openMessage(store, row);
      if (!addressed) return [];
      const command = parseCommand(text);
      const common = { at: row.receivedAt.getTime(), place: channelNameOf(account) };
      if (command === undefined) return [{ ...common, kind: 'talk', name: 'talk', line: 'talk' }];
      const name = `/${command.name}`;
      return [{ ...common, kind: 'command', name, line: `${name} ${command.words.join(' ')}`.trim() }];
    }),
  );
}

async function runsOf({ db }: StoreIn, personId: string, since: Date): Promise<LedgerHappening[]> {
  const rows = await db
    .select({ trigger: fires.trigger, flow: fires.flow, at: fires.acceptedAt })
    .from(fires)
    .where(
      and(
        ...[eq(fires.personId, personId), eq(fires.kind, 'manual'), gte(fires.acceptedAt, since)],
        // What a turn set off is the turn's command already; what Steward asked of itself is no habit.
        notInArray(fires.slotKey, Object.values(ownRequests).map(slotKeys.manual)),
        notLike(fires.slotKey, `${slotKeys.manual(`${idPrefixes.inbox}_`)}%`),
      ),
    )
    .orderBy(asc(fires.acceptedAt))
    .limit(most);
  return rows.map(({ trigger, flow, at }) => {
    const name = `run ${trigger}`;
    return { kind: 'run', at: at.getTime(), name, line: name, place: 'api', about: flow };
  });
}

async function contactsOf(store: StoreIn, personId: string, since: Date): Promise<LedgerHappening[]> {
  const rows = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(and(eq(inbox.personId, personId), gte(inbox.acceptedAt, since), isNull(inbox.conversationId)))
    .orderBy(desc(inbox.acceptedAt))
    .limit(most);
  return rows.flatMap(({ row, account }) =>
    readable((): LedgerHappening[] => {
      const name = openMail(store.keys, row).from.address.toLowerCase();
      return [{ kind: 'contact', at: row.receivedAt.getTime(), name, line: name, place: account }];
    }),
  );
}
