import { encodeTime, monotonicFactory, type ULIDFactory } from 'ulid';
import type { Clock } from './clock.ts';

/** Row ids: a prefix that names the table, then a ULID (26 characters, sorts by time). @source github.com/ulid/spec */
export const idPrefixes = {
  person: 'per',
  endpoint: 'end',
  account: 'acc',
  fire: 'fir',
  delivery: 'dlv',
  inbox: 'inb',
  conversation: 'cnv',
  thread: 'thr',
  pairing: 'pai',
  body: 'bod',
  digest: 'dig',
  report: 'rep',
  outbox: 'out',
  approval: 'apr',
  audit: 'aud',
  event: 'evt',
  incident: 'inc',
  modelCall: 'mcl',
  intentLesson: 'les',
  fact: 'fct',
  factVersion: 'fcv',
  memoryReview: 'mrv',
} as const;
export type IdKind = keyof typeof idPrefixes;

const factories = new WeakMap<Clock, ULIDFactory>();

/**
 * Mints a row id at the clock's time. Never the same twice, and in one process each sorts after the one before: queues
 * and pages go by it, also within a millisecond and when the clock is set back.
 */
export function newId(kind: IdKind, clock: Clock): string {
  let factory = factories.get(clock);
  if (factory === undefined) {
    factory = monotonicFactory();
    factories.set(clock, factory);
  }
  return `${idPrefixes[kind]}_${factory(clock.now().getTime())}`;
}

/** Ids minted at or after an instant are not smaller than this one, and earlier ones are. */
export function firstIdAt(kind: IdKind, at: Date): string {
  return `${idPrefixes[kind]}_${encodeTime(Math.max(0, at.getTime()), 10)}${'0'.repeat(16)}`;
}

/**
 * Business workflow ids. A duplicate start is success; the ledger's unique key is the real dedupe, since Temporal
 * forgets closed ids after retention. Foreign parts come HMACed (`store/keys`), so an id carries no personal data.
 *
 * | id | repeat rule |
 * |---|---|
 * | `fire:<trigger>:<slot>` | one run a slot, event or request, for ever |
 * | `outbox:<outbox>` | one at a time: takes up an effect that its flow left behind |
 * | `conv:<conversation>` | one at a time; takes its turns one after another, and ends when nobody speaks |
 * | `news:<account>:<event>` | once while Temporal remembers it; for ever by the keys of its effects |
 * | `action:<turn>:<call>` | once: asks for a person's word on one call of a model |
 * | `session:<account>` | one at a time; a second start joins the first |
 * | `wake:<trigger>` | a hint; any number, each accounts for all slots since the last |
 * | `watch:<trigger>` | one at a time; each looks once, and a change of state is one fire |
 */
export const workflowIds = {
  fire: (trigger: string, slotKey: string) => `fire:${trigger}:${slotKey}`,
  outbox: (outboxId: string) => `outbox:${outboxId}`,
  conversation: (conversationId: string) => `conv:${conversationId}`,
  /** @param hmac - of the event's own key */
  news: (accountId: string, hmac: string) => `news:${accountId}:${hmac}`,
  session: (accountId: string) => `session:${accountId}`,
  wake: (trigger: string) => `wake:${trigger}`,
  watch: (trigger: string) => `watch:${trigger}`,
  sweep: () => 'sweep',
  schedule: (trigger: string) => `trigger:${trigger}`,
  sweepSchedule: () => 'steward:sweep',
} as const;

/** Slot keys: what makes two fires of one trigger the same fire. */
export const slotKeys = {
  schedule: (dueAt: Date) => dueAt.toISOString().replace('.000Z', 'Z'),
  /** A manual request carries its own key, so that a retried request is one fire. */
  manual: (requestId: string) => `manual-${requestId}`,
  /** All mail that no digest holds yet, as of one newest inbox row. */
  mail: (inboxId: string) => `mail-${inboxId}`,
  /** A delivery of a webhook or message, by the sender's own id. @param hmac - of that id, since it comes from outside */
  delivery: (kind: 'webhook' | 'message', hmac: string) => `${kind}-${hmac}`,
  /** The nth change of a watched thing. */
  change: (kind: 'http' | 'metric', changes: number, faulty: boolean) =>
    `${kind}-${changes}-${faulty ? 'fault' : 'well'}`,
  /** One state of one file. @param hmac - of path and stamp */
  file: (hmac: string) => `file-${hmac}`,
  /** The ending of another fire. */
  ended: (fireId: string) => `flow-${fireId}`,
  /** One time that a check settled as ill. @param hmac - of the check's name */
  health: (hmac: string, since: Date) => `health-${hmac}-${since.toISOString()}`,
  failure: (fireId: string) => `failure-${fireId}`,
  /** A slot that a person asked for once more. */
  backfill: (requestId: string, dueAt: Date) => `backfill-${requestId}-${dueAt.toISOString().replace('.000Z', 'Z')}`,
} as const;

/** What a message of the outbox is called on a channel: letters, digits and `-`. */
export const chatIdOf = (outboxId: string) => outboxId.toLowerCase().replace('_', '-');

/** The outbox row of such a name; undefined for any other. */
export const outboxIdOf = (chatId: string): string | undefined =>
  /^out-[0-9a-z]{26}$/.test(chatId) ? `out_${chatId.slice(4).toUpperCase()}` : undefined;

/** `Message-ID` of an outbox row, minted before anything is sent. @source RFC 5322 3.6.4 */
export function messageIdOf(outboxId: string, domain: string): string {
  return `<${chatIdOf(outboxId)}@${domain}>`;
}
