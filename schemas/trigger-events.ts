import { z } from 'zod';
import { endings } from './endings.ts';
import type { TriggerKind } from './trigger-kinds.ts';

const address = z.looseObject({ name: z.string(), address: z.string() });
const instant = z.string().describe('RFC 3339');
const watch = {
  faulty: z.boolean().describe('true: it became a fault; false: it is well again'),
  changes: z.int().describe('How often it has changed so far'),
  since: instant.describe('Since when it is so, RFC 3339'),
  detail: z.string().describe('The finding in words'),
};

/**
 * What `condition` and `map` see as `event`, for each kind. Everything that people or machines outside wrote is data:
 * expressions see it, no reason and no log repeats it. @source docs/design/expressions.md
 */
export const triggerEvents = {
  schedule: z.looseObject({ kind: z.literal('schedule'), dueAt: instant.describe('When the slot is due, RFC 3339') }),
  mail: z.looseObject({
    kind: z.literal('mail'),
    inboxId: z.string(),
    account: z.string().describe('Name of a file in channels/'),
    folder: z.string(),
    unread: z.boolean(),
    receivedAt: instant,
    from: address.describe('As the mail says; proves nothing'),
    to: z.array(address),
    cc: z.array(address),
    subject: z.string(),
    class: z.enum(['person', 'list', 'machine', 'bounce', 'invite']),
    proven: z.boolean().describe('DKIM, DMARC or a trusted server vouches for the sender'),
    listId: z.string().describe('Empty where it is no list'),
    attachments: z.array(z.looseObject({ filename: z.string(), contentType: z.string(), sizeBytes: z.int() })),
  }),
  message: z.looseObject({
    kind: z.literal('message'),
    channel: z.string(),
    room: z.string(),
    from: z.string(),
    mention: z.boolean().describe('Steward is addressed'),
    text: z.string(),
  }),
  http: z.looseObject({
    host: z.string(),
    status: z.int().describe('0 where there was no answer'),
    answer: z.string().describe('answer, or timeout, unreachable, tls, redirect'),
    ms: z.number().describe('How long it took'),
    ...watch,
  }),
  webhook: z.looseObject({
    provider: z.string(),
    type: z.string().describe('What happened, as the sender calls it'),
    deliveryId: z.string(),
    headers: z.record(z.string(), z.string()).describe('Those that say what happened, in small letters'),
    body: z.json().describe('What was sent; null where it is no JSON and no form'),
  }),
  metric: z.looseObject({ value: z.number(), ...watch }),
  file: z.looseObject({
    path: z.string(),
    name: z.string(),
    change: z.enum(['appears', 'changes', 'vanishes']),
    sizeBytes: z.int(),
  }),
  flow: z.looseObject({
    fireId: z.string(),
    trigger: z.string(),
    flow: z.string(),
    ending: z.enum(endings),
    reason: z.string(),
    outcome: z.string().describe('What the flow said of its end; empty where it said nothing'),
    facts: z.record(z.string(), z.json()).describe('Numbers and names that the flow gave'),
    dueAt: instant,
    endedAt: instant,
  }),
} as const satisfies Readonly<Record<TriggerKind, z.ZodObject>>;

/** Names of what an event of a kind has. */
export function eventFieldsOf(kind: TriggerKind): string[] {
  return Object.keys(triggerEvents[kind].shape);
}
