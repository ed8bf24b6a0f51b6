import { digestFlows } from '../schemas/flows.ts';
import { holds } from '../schemas/holds.ts';
import type { ParsedMail } from '../schemas/message.ts';
import type { Trigger } from '../schemas/trigger-file.ts';

/** A mail of the inbox as a trigger looks at it. */
export interface InboxMail {
  readonly inboxId: string;
  /** Name of the account. */
  readonly account: string;
  readonly folder: string;
  readonly seen: boolean;
  readonly receivedAt: Date;
  readonly mail: ParsedMail;
}

/**
 * Whether a trigger looks at each mail by itself and its flow is told which; otherwise a burst of mail is one event that
 * nobody opens, since a digest takes all mail there is.
 */
export function looksAtEachMail({
  run,
  when,
  condition,
  map,
  debounce,
}: Pick<Trigger, 'run' | 'when' | 'condition' | 'map' | 'debounce'>): boolean {
  if (!('mail' in when)) return false;
  const { account: _, ...filters } = when.mail;
  return (
    !digestFlows.includes(run) ||
    condition !== undefined ||
    debounce !== undefined ||
    Object.keys(map).length > 0 ||
    Object.values(filters).some((filter) => filter !== undefined)
  );
}

/** Whether a mail fulfils every condition that a mail trigger names. Pure. */
export function matchMail({ when }: Pick<Trigger, 'when'>, { account, folder, seen, mail }: InboxMail): boolean {
  if (!('mail' in when)) return false;
  const wanted = when.mail;
  return (
    (wanted.account === undefined || wanted.account === account) &&
    (wanted.folder === undefined || wanted.folder === folder) &&
    (wanted.from === undefined || holds(wanted.from, `${mail.from.name} <${mail.from.address}>`)) &&
    (wanted.proven === undefined || wanted.proven === (mail.proof?.verdict === 'pass')) &&
    (wanted.subject === undefined || holds(wanted.subject, mail.subject)) &&
    (wanted.attachment === undefined || wanted.attachment === mail.attachments.length > 0) &&
    (wanted.class === undefined || wanted.class.includes(mail.classification.kind)) &&
    (wanted.unread === undefined || wanted.unread === !seen)
  );
}

/** What `condition` and `map` of a mail trigger see as `event`. The text itself stays in the inbox. */
export function mailEvent({ inboxId, account, folder, seen, receivedAt, mail }: InboxMail): Record<string, unknown> {
  return {
    ...{ kind: 'mail', inboxId, account, folder, unread: !seen, receivedAt: receivedAt.toISOString() },
    ...{ from: mail.from, to: mail.to, cc: mail.cc, subject: mail.subject, class: mail.classification.kind },
    proven: mail.proof?.verdict === 'pass',
    listId: mail.listId ?? '',
    attachments: mail.attachments,
  };
}
