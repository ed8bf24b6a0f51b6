import { and, asc, eq, gt, lte } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { triggerCursors } from '../schemas/db/fires.ts';
import { inbox } from '../schemas/db/inbox.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireMailEvents } from './fire-mail-events.ts';
import { isInForce } from './gate.ts';
import { looksAtEachMail } from './match-mail.ts';

/** Whoever takes mail in tells the dispatcher itself; only what is older than this was forgotten. */
const forgottenAfterMs = 120_000;
/** A transaction that took mail in may become visible after a later one. */
const overlapMs = 600_000;

/**
 * Shows every trigger that looks at each mail all mail since its cursor once more: what it was told of is a delivery.
 * A trigger that is new begins now.
 */
export async function sweepMailEvents(deps: DispatchDeps): Promise<void> {
  const now = deps.store.clock.now();
  for (const trigger of deps.files.current().triggers.values()) {
    if (!looksAtEachMail(trigger) || !isInForce(trigger, now)) continue;
    const cursor = await cursorOf(deps, trigger.name, now);
    const until = new Date(now.getTime() - forgottenAfterMs);
    const account = 'mail' in trigger.when ? trigger.when.mail.account : undefined;
    const rows = await deps.store.db
      .select({ id: inbox.id, account: accounts.name })
      .from(inbox)
      .innerJoin(accounts, eq(accounts.id, inbox.accountId))
      .where(
        and(
          eq(inbox.personId, deps.personId),
          gt(inbox.acceptedAt, cursor),
          lte(inbox.acceptedAt, until),
          account === undefined ? undefined : eq(accounts.name, account),
        ),
      )
      .orderBy(asc(inbox.id));
    for (const [name, ids] of Map.groupBy(rows, (row) => row.account)) {
      await fireMailEvents(
        deps,
        trigger,
        name,
        ids.map((row) => row.id),
      );
    }
    await deps.store.db
      .update(triggerCursors)
      .set({ accountedTo: until })
      .where(and(eq(triggerCursors.trigger, trigger.name), lte(triggerCursors.accountedTo, until)));
  }
}

/** From where on mail is shown once more: some way back, and never to before the trigger was there. */
async function cursorOf({ store }: DispatchDeps, trigger: string, now: Date): Promise<Date> {
  const [made] = await store.db
    .insert(triggerCursors)
    .values({ trigger, accountedTo: now, hash: `mail since ${now.toISOString()}` })
    .onConflictDoNothing()
    .returning();
  if (made !== undefined) return now;
  const [known] = await store.db.select().from(triggerCursors).where(eq(triggerCursors.trigger, trigger));
  if (known === undefined) return now;
  const since = Date.parse(known.hash.replace('mail since ', ''));
  const back = known.accountedTo.getTime() - overlapMs;
  return new Date(Number.isNaN(since) ? back : Math.max(back, since));
}
