import type { MailClass } from '../../../schemas/message.ts';
import { fieldOf, type SplitHeader } from './split-header.ts';

const robots =
  /^(?:no-?reply|do-?not-?reply|donotreply|mailer-daemon|postmaster|bounces?|notifications?|alerts?|automated|daemon|root|cron)(?:[+._-].*)?$|(?:^|[._-])no-?reply(?:$|[+._-])/i;

/**
 * Says whether a person wrote a mail. What a mail says of itself is free text, so this folds mail and never allows anything.
 *
 * @param senderAddress - address of `From`.
 * @param invites - whether a calendar part is in it.
 * @source RFC 3834, RFC 2919, RFC 3464, RFC 6047
 */
export function classifyMail(header: SplitHeader, senderAddress: string, invites: boolean): MailClass {
  const local = senderAddress.slice(0, Math.max(0, senderAddress.lastIndexOf('@')));
  const bounce = whyBounce(header, local);
  if (bounce !== undefined) return { kind: 'bounce', reason: bounce };
  if (invites) return { kind: 'invite', reason: 'text/calendar' };
  const precedence = fieldOf(header, 'precedence')?.toLowerCase() ?? '';
  if (has(header, 'list-id')) return { kind: 'list', reason: 'List-Id' };
  if (/^(?:list|bulk)\b/.test(precedence)) return { kind: 'list', reason: 'Precedence' };
  if (has(header, 'list-unsubscribe')) return { kind: 'list', reason: 'List-Unsubscribe' };
  if (isAutoSubmitted(header)) return { kind: 'machine', reason: 'Auto-Submitted' };
  if (/^(?:junk|auto_reply)\b/.test(precedence)) return { kind: 'machine', reason: 'Precedence' };
  for (const name of ['x-auto-response-suppress', 'x-autoreply', 'x-autorespond', 'x-auto-reply']) {
    if (has(header, name)) return { kind: 'machine', reason: name };
  }
  if (robots.test(local)) return { kind: 'machine', reason: 'sender address' };
  return { kind: 'person', reason: 'nothing says otherwise' };
}

/** `Auto-Submitted` with any value but `no`. @source RFC 3834 5 */
export function isAutoSubmitted(header: SplitHeader): boolean {
  const value = fieldOf(header, 'auto-submitted')?.toLowerCase();
  return value !== undefined && value !== '' && !/^no\b/.test(value);
}

function whyBounce(header: SplitHeader, local: string): string | undefined {
  if (/^multipart\/report\b/i.test(fieldOf(header, 'content-type') ?? '')) {
    return /report-type\s*=\s*"?delivery-status/i.test(fieldOf(header, 'content-type') ?? '')
      ? 'delivery status report'
      : undefined;
  }
  if (has(header, 'x-failed-recipients')) return 'X-Failed-Recipients';
  const nobody = /^<\s*>$/.test(fieldOf(header, 'return-path') ?? '');
  return nobody && /^(?:mailer-daemon|postmaster)$/i.test(local) ? 'null return path' : undefined;
}

const has = (header: SplitHeader, name: string) => fieldOf(header, name) !== undefined;
