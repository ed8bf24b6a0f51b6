import { and, asc, eq, inArray, isNull, lt, max, min, ne, or, type SQL, sql } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { deliveries, fires } from '../schemas/db/fires.ts';
import { digests, inbox } from '../schemas/db/inbox.ts';
import { slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireForMail, mailTriggers } from './mail-arrived.ts';
import { looksAtEachMail } from './match-mail.ts';

/** Whoever takes mail in tells the dispatcher itself; only what is older than this was forgotten. */
const forgottenAfterMs = 120_000;
/** After a failed digest the next try waits twice as long each time. */
const firstRetryMs = 120_000;
const longestRetryMs = 6 * 3_600_000;

/**
 * Finds mail that is in no digest and that no mail trigger has been told of, and tells them.
 *
 * @returns inbox rows that a new fire was opened for
 */
export async function sweepInbox(deps: DispatchDeps): Promise<number> {
  const files = deps.files.current();
  const known = await deps.store.db
    .select({ id: accounts.id, name: accounts.name })
    .from(accounts)
    .where(eq(accounts.personId, deps.personId))
    .orderBy(asc(accounts.id));
  const accountsOf = new Map<Trigger, { ids: string[]; settleMs: number }>();
  for (const account of known) {
    for (const { trigger, settleMs } of mailTriggers(files, account.name, deps.store.clock.now())) {
      if (looksAtEachMail(trigger)) continue;
      const entry = accountsOf.get(trigger) ?? { ids: [], settleMs };
      entry.ids.push(account.id);
      accountsOf.set(trigger, entry);
    }
  }
  let announced = 0;
  for (const [trigger, { ids }] of accountsOf) announced += await announceForgotten(deps, trigger, ids);
  return announced;
}

async function announceForgotten(deps: DispatchDeps, trigger: Trigger, accountIds: string[]): Promise<number> {
  const { db, clock } = deps.store;
  const now = clock.now().getTime();
  const told = await toldUntil(deps, trigger.name);
  const wanted: (SQL | undefined)[] = [
    inArray(inbox.accountId, accountIds),
    isNull(inbox.conversationId),
    // In no digest, or in one whose fire ended before it was made: the next claim takes it over.
    or(isNull(inbox.digestId), and(eq(digests.state, 'open'), ne(fires.state, 'open'))),
    lt(inbox.acceptedAt, new Date(now - forgottenAfterMs)),
    told === undefined ? undefined : sql`${inbox.acceptedAt} > ${told.toISOString()}::timestamptz`,
  ];
  const [found] = await db
    .select({ first: min(inbox.id), count: sql<number>`count(*)::int`, since: min(inbox.acceptedAt) })
    .from(inbox)
    .leftJoin(digests, eq(digests.id, inbox.digestId))
    .leftJoin(fires, eq(fires.id, digests.fireId))
    .where(and(...wanted));
  if (found === undefined || found.first === null || found.since === null) return 0;
  if (await notBegunFire(deps, trigger.name)) return 0;
  const slotKey = await nextSlotKey(deps, trigger.name, slotKeys.mail(found.first), now);
  if (slotKey === undefined) return 0;
  await fireForMail(deps, trigger, { slotKey, settleMs: 0, dueAt: found.since });
  return found.count;
}

/**
 * Mail up to this instant was handed to a flow that ran and does not keep digests, so nothing is owed. A flow that
 * does keep digests marks its mail itself.
 */
async function toldUntil(deps: DispatchDeps, trigger: string): Promise<Date | undefined> {
  const [latest] = await deps.store.db
    .select({ accepted: max(fires.acceptedAt), joined: max(deliveries.at) })
    .from(fires)
    .leftJoin(deliveries, eq(deliveries.fireId, fires.id))
    .leftJoin(digests, eq(digests.fireId, fires.id))
    .where(
      and(
        eq(fires.trigger, trigger),
        eq(fires.kind, 'mail'),
        isNull(digests.id),
        or(eq(fires.state, 'ran'), eq(fires.state, 'ranLate'), eq(fires.state, 'skipped')),
      ),
    );
  const instants = [latest?.accepted, latest?.joined].filter((at) => at instanceof Date);
  return instants.sort((a, b) => a.getTime() - b.getTime()).at(-1);
}

async function notBegunFire(deps: DispatchDeps, trigger: string): Promise<boolean> {
  const [waiting] = await deps.store.db
    .select({ id: fires.id })
    .from(fires)
    .leftJoin(digests, eq(digests.fireId, fires.id))
    .where(and(eq(fires.trigger, trigger), eq(fires.state, 'open'), eq(fires.kind, 'mail'), isNull(digests.id)))
    .limit(1);
  return waiting !== undefined;
}

/** The key of the next try for the same mail, or undefined while it is too early for one. */
async function nextSlotKey(
  deps: DispatchDeps,
  trigger: string,
  slotKey: string,
  now: number,
): Promise<string | undefined> {
  const tries = await deps.store.db
    .select({ state: fires.state, endedAt: fires.endedAt })
    .from(fires)
    .where(
      and(
        eq(fires.trigger, trigger),
        or(eq(fires.slotKey, slotKey), sql`starts_with(${fires.slotKey}, ${`${slotKey}+`})`),
      ),
    )
    .orderBy(fires.id);
  const last = tries.at(-1);
  if (last === undefined) return slotKey;
  // The open one has claimed its mail and left this; it may still end either way.
  if (last.state === 'open') return undefined;
  const waitMs = Math.min(firstRetryMs * 2 ** (tries.length - 1), longestRetryMs);
  if (last.endedAt !== null && now - last.endedAt.getTime() < waitMs) return undefined;
  return `${slotKey}+${tries.length}`;
}
