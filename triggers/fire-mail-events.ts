import { inArray } from 'drizzle-orm';
import { inbox } from '../schemas/db/inbox.ts';
import { slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { openMail } from '../store/inbox/open-mail.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireEvent } from './fire-event.ts';
import { type InboxMail, mailEvent, matchMail } from './match-mail.ts';

/** Mails that are opened at once. */
const page = 100;

/**
 * Each mail that a trigger matches is an event of it; what comes within `settle` is one fire, whose argument `mails`
 * holds the ids of all. May be repeated with the same ids: that is a delivery, not a second fire.
 *
 * @param account - name and id of the account that the mails are of
 * @returns how many matched
 * @throws storeBusy
 */
export async function fireMailEvents(
  deps: DispatchDeps,
  trigger: Trigger,
  account: string,
  inboxIds: readonly string[],
): Promise<number> {
  let matched = 0;
  for (let from = 0; from < inboxIds.length; from += page) {
    const mails = await readMails(deps, account, inboxIds.slice(from, from + page));
    for (const mail of mails.filter((one) => matchMail(trigger, one))) {
      matched += 1;
      await fireEvent(deps, {
        ...{ trigger: trigger.name, kind: 'mail', slotKey: slotKeys.mail(mail.inboxId), source: 'mail' },
        ...{ dueAt: mail.acceptedAt, event: mailEvent(mail), args: { mails: [mail.inboxId] }, collect: 'mails' },
      });
    }
  }
  return matched;
}

async function readMails(
  { store, personId }: DispatchDeps,
  account: string,
  inboxIds: readonly string[],
): Promise<(InboxMail & { readonly acceptedAt: Date })[]> {
  const rows = await store.db
    .select()
    .from(inbox)
    .where(inArray(inbox.id, [...inboxIds]))
    .orderBy(inbox.id);
  return rows
    .filter((row) => row.personId === personId)
    .map((row) => ({
      ...{ inboxId: row.id, account, folder: row.mailbox ?? '', seen: row.seen },
      ...{ receivedAt: row.receivedAt, acceptedAt: row.acceptedAt, mail: openMail(store.keys, row) },
    }));
}
