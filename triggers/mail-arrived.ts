import { and, eq } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { fires } from '../schemas/db/fires.ts';
import { digests } from '../schemas/db/inbox.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { type FireRow, recordDelivery } from '../store/fires/open-fire.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { admitEvent } from './admit-event.ts';
import { cancelFires } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireMailEvents } from './fire-mail-events.ts';
import { isInForce } from './gate.ts';
import { looksAtEachMail } from './match-mail.ts';
import { nameFailure } from './name-failure.ts';
import { startFire } from './start-fire.ts';

/**
 * New mail is in the inbox: each matching trigger fires, or its open fire that has not begun takes the mail along.
 * May be repeated with the same ids: that is a delivery, not a second fire.
 *
 * @throws storeBusy; a start that fails is left to the sweeper
 */
export async function mailArrived(
  deps: DispatchDeps,
  account: { accountId: string; name: string },
  inboxIds: readonly string[],
): Promise<void> {
  const first = [...inboxIds].sort()[0];
  if (first === undefined) return;
  for (const { trigger, settleMs } of mailTriggers(deps.files.current(), account.name, deps.store.clock.now())) {
    try {
      const [known] = await deps.store.db
        .select({ personId: accounts.personId })
        .from(accounts)
        .where(eq(accounts.id, account.accountId));
      // Mail of one person never fires a trigger of another.
      if (known !== undefined && known.personId !== deps.personId) continue;
      if (looksAtEachMail(trigger)) await fireMailEvents(deps, trigger, account.name, inboxIds);
      else await fireForMail(deps, trigger, { slotKey: slotKeys.mail(first), settleMs });
    } catch (error) {
      throw nameFailure(error);
    }
  }
}

/** Mail triggers in force that one account concerns. */
export function mailTriggers(files: FileSet, account: string, now: Date): { trigger: Trigger; settleMs: number }[] {
  return [...files.triggers.values()].flatMap((trigger) => {
    if (!isInForce(trigger, now) || !('mail' in trigger.when)) return [];
    const { mail, settle } = trigger.when;
    return mail.account === undefined || mail.account === account ? [{ trigger, settleMs: settle }] : [];
  });
}

/** Opens a fire for mail unless one that has not begun is there. @returns the fire that will take the mail */
export async function fireForMail(
  deps: DispatchDeps,
  trigger: Trigger,
  burst: { slotKey: string; settleMs: number; dueAt?: Date },
): Promise<FireRow> {
  const { fire, joined, overtaken } = await inTransaction(deps.store, async (inside) => {
    // Two bursts at once, from two accounts, are one fire.
    await lockTrigger(inside, trigger.name);
    const waiting = await notBegun(inside, trigger.name);
    if (waiting !== undefined) {
      await recordDelivery(inside, waiting.id, 'joined');
      return { fire: waiting, joined: true, overtaken: [] };
    }
    const event = { trigger: trigger.name, kind: 'mail' as const, slotKey: burst.slotKey, source: 'mail' };
    const dueAt = burst.dueAt ?? inside.clock.now();
    const admitted = await admitEvent(deps, inside, trigger, { ...event, dueAt, event: { kind: 'mail' } });
    return { fire: admitted.fire, joined: false, overtaken: admitted.overtaken };
  });
  if (!joined && fire.state === 'open' && fire.waits !== 'queue') {
    try {
      await startFire(deps, fire, burst.settleMs);
    } catch (error) {
      deps.log.warn({ fire: fire.id, err: error }, 'a fire could not be started yet; the sweeper tries again');
    }
  }
  await cancelFires(deps, overtaken);
  return fire;
}

/**
 * The newest open mail fire whose digest has claimed nothing yet. Its row is locked, and the claim locks the same row:
 * so either the claim sees this mail, or this call sees the claim.
 */
async function notBegun(inside: StoreIn, trigger: string): Promise<FireRow | undefined> {
  const open = await inside.db
    .select()
    .from(fires)
    .where(and(eq(fires.trigger, trigger), eq(fires.state, 'open'), eq(fires.kind, 'mail')))
    .orderBy(fires.id)
    .for('update');
  for (const fire of open.reverse()) {
    const [claimed] = await inside.db.select({ id: digests.id }).from(digests).where(eq(digests.fireId, fire.id));
    if (claimed === undefined) return fire;
  }
  return undefined;
}
