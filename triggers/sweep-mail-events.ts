import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { triggerCursors } from '../schemas/db/fires.ts';
import { inbox } from '../schemas/db/inbox.ts';
import { firstIdAt, slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { knownSlots } from '../store/fires/known-slots.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireMailEvents } from './fire-mail-events.ts';
import { isInForce } from './gate.ts';
import { looksAtEachMail } from './match-mail.ts';

/** Whoever takes mail in tells the dispatcher itself; only what is older than this was forgotten. */
const forgottenAfterMs = 120_000;
/** A transaction that took mail in may become visible after a later one. */
const overlapMs = 120_000;
const page = 500;
/** No trigger has such a name, so that a file which is first about mail and then a schedule has two cursors. */
const cursorName = (trigger: string) => `mail:${trigger}`;

/**
 * Shows every trigger that looks at each mail what it has not been told of since its cursor. A trigger that is new, was
 * switched off or was not there begins now: it owes nothing of the time before.
 */
export async function sweepMailEvents(deps: DispatchDeps): Promise<void> {
  const now = deps.store.clock.now();
  const looking = [...deps.files.current().triggers.values()].filter(
    (trigger) => looksAtEachMail(trigger) && isInForce(trigger, now),
  );
  await forgetOthers(deps, looking);
  for (const trigger of looking) await sweepOne(deps, trigger, now);
}

async function sweepOne(deps: DispatchDeps, trigger: Trigger, now: Date): Promise<void> {
  const end = firstIdAt('inbox', new Date(now.getTime() - forgottenAfterMs + 1));
  const account = 'mail' in trigger.when ? trigger.when.mail.account : undefined;
  let after = firstIdAt('inbox', await cursorOf(deps, trigger.name, now));
  for (;;) {
    const rows = await deps.store.db
      .select({ id: inbox.id, account: accounts.name, acceptedAt: inbox.acceptedAt })
      .from(inbox)
      .innerJoin(accounts, eq(accounts.id, inbox.accountId))
      .where(
        and(
          isNull(inbox.conversationId),
          ...[eq(inbox.personId, deps.personId), gt(inbox.id, after), lt(inbox.id, end)],
          account === undefined ? undefined : eq(accounts.name, account),
        ),
      )
      .orderBy(asc(inbox.id))
      .limit(page);
    const known = await knownSlots(
      deps.store,
      trigger.name,
      rows.map(({ id }) => slotKeys.mail(id)),
    );
    const untold = rows.filter(({ id }) => !known.has(slotKeys.mail(id)));
    for (const [name, mails] of Map.groupBy(untold, (row) => row.account)) {
      await fireMailEvents(
        deps,
        trigger,
        name,
        mails.map(({ id }) => id),
      );
    }
    const last = rows.at(-1);
    const to = rows.length < page || last === undefined ? new Date(now.getTime() - forgottenAfterMs) : last.acceptedAt;
    await moveCursor(deps, trigger.name, to);
    if (rows.length < page || last === undefined) return;
    after = last.id;
  }
}

async function moveCursor({ store }: DispatchDeps, trigger: string, to: Date): Promise<void> {
  await store.db
    .update(triggerCursors)
    .set({ accountedTo: to })
    .where(and(eq(triggerCursors.trigger, cursorName(trigger)), lt(triggerCursors.accountedTo, to)));
}

/** From where on mail is shown: some way back, and never to before the trigger began to look. */
async function cursorOf({ store }: DispatchDeps, trigger: string, now: Date): Promise<Date> {
  const began = now.toISOString();
  const [made] = await store.db
    .insert(triggerCursors)
    .values({ trigger: cursorName(trigger), accountedTo: now, hash: began })
    .onConflictDoNothing()
    .returning();
  if (made !== undefined) return now;
  const [known] = await store.db
    .select()
    .from(triggerCursors)
    .where(eq(triggerCursors.trigger, cursorName(trigger)));
  if (known === undefined) return now;
  return new Date(Math.max(known.accountedTo.getTime() - overlapMs, Date.parse(known.hash)));
}

async function forgetOthers({ store }: DispatchDeps, looking: readonly Trigger[]): Promise<void> {
  const names = looking.map(({ name }) => cursorName(name));
  await store.db
    .delete(triggerCursors)
    .where(
      and(
        sql`starts_with(${triggerCursors.trigger}, ${cursorName('')})`,
        names.length === 0 ? undefined : sql`${triggerCursors.trigger} <> all(${sql.param(names)}::text[])`,
      ),
    );
}
