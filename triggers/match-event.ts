import type { Ending } from '../schemas/endings.ts';
import { globPattern } from '../schemas/glob-pattern.ts';
import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { httpWhen } from '../schemas/trigger-kinds/http.ts';
import { waitsFor } from './followers.ts';
import { type InboxMail, matchMail } from './match-mail.ts';
import { matchMessage } from './message-arrived.ts';
import { nextSlots } from './slots.ts';

type Json = Readonly<Record<string, unknown>>;
type When<K extends string> = Extract<Trigger['when'], Record<K, unknown>>;

/** Whether an event is one that a trigger waits for, and why. */
export interface Matched {
  readonly holds: boolean;
  readonly why: string;
}

/**
 * Whether an event of the trigger's kind is one that its `when` waits for, as far as that needs nothing but the event:
 * counts such as `for`, which need the answers before it, are left out. Pure.
 *
 * @param zone - the owner's
 */
export function matchEvent(trigger: Trigger, event: Json, zone: string): Matched {
  const { when } = trigger;
  if ('mail' in when) return said(matchMail(trigger, inboxMail(event)), 'the mail', 'what `when.mail` asks for');
  if ('message' in when) return matchOfMessage(trigger, event);
  if ('http' in when) return matchOfHttp(when, event);
  if ('webhook' in when) return matchOfWebhook(when, event);
  if ('metric' in when) return matchOfMetric(when, event);
  if ('file' in when) return matchOfFile(when, event);
  if ('flow' in when) return matchOfFlow(trigger, event);
  return matchOfSlot(trigger, event, zone);
}

const said = (holds: boolean, what: string, wanted: string): Matched => ({
  holds,
  why: `${what} ${holds ? 'is' : 'is not'} ${wanted}`,
});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function inboxMail(event: Json): InboxMail {
  const from = event.from as { name?: unknown; address?: unknown } | undefined;
  return {
    ...{ inboxId: textOf(event.inboxId), account: textOf(event.account), folder: textOf(event.folder) },
    ...{ seen: event.unread === false, receivedAt: new Date(textOf(event.receivedAt)) },
    mail: {
      ...{ headerHash: '', to: [], cc: [], references: [], autoSubmitted: false, text: '' },
      from: { name: textOf(from?.name), address: textOf(from?.address) },
      subject: textOf(event.subject),
      attachments: Array.isArray(event.attachments) ? event.attachments : [],
      classification: { kind: textOf(event.class) as InboxMail['mail']['classification']['kind'], reason: '' },
      proof: { verdict: event.proven === true ? 'pass' : 'none', by: 'none', detail: '' },
    },
  };
}

function matchOfMessage(trigger: Trigger, { channel, room, from, text, mention }: Json): Matched {
  const message = {
    ...{ channel: textOf(channel), room: textOf(room), from: textOf(from), text: textOf(text) },
    mention: mention === true,
  };
  return said(matchMessage(trigger, message), 'the message', 'what `when.message` asks for');
}

type StatusRule = ReturnType<typeof httpWhen.parse>['http']['status'][number];

function covers(rule: StatusRule, { status, answer }: Json): boolean {
  if (typeof rule === 'number') return status === rule;
  if (!/^\d/.test(rule)) return answer === rule;
  return typeof status === 'number' && status >= Number(rule.slice(0, 3)) && status <= Number(rule.slice(4));
}

function matchOfHttp({ http }: When<'http'>, event: Json): Matched {
  const faulty = typeof event.faulty === 'boolean' ? event.faulty : http.status.some((rule) => covers(rule, event));
  return matchOfWatch(http.on, faulty);
}

function matchOfMetric({ metric: { above, below, on } }: When<'metric'>, { value, faulty }: Json): Matched {
  const over = typeof value === 'number' && (above === undefined ? value < below! : value > above);
  return matchOfWatch(on, typeof faulty === 'boolean' ? faulty : over);
}

function matchOfWatch(on: 'fault' | 'recovery' | 'both', faulty: boolean): Matched {
  return {
    holds: on === 'both' || (on === 'fault') === faulty,
    why: `it ${faulty ? 'is a fault' : 'is well'}, and \`on\` is ${on}`,
  };
}

function matchOfWebhook({ webhook: { events } }: When<'webhook'>, { type, aliases }: Json): Matched {
  if (events === undefined) return { holds: true, why: 'every event counts' };
  const names = [type, ...(Array.isArray(aliases) ? (aliases as unknown[]) : [])];
  return said(
    events.some((wanted) => names.includes(wanted)),
    'its type',
    `among ${events.join(', ')}`,
  );
}

function matchOfFile({ file: { match, on } }: When<'file'>, { name, change }: Json): Matched {
  if (!on.includes(change as (typeof on)[number])) return said(false, 'the change', `among ${on.join(', ')}`);
  if (match === undefined) return { holds: true, why: 'every name counts' };
  return said(globPattern(match)(textOf(name)), 'the name', `one of ${match}`);
}

function matchOfFlow(trigger: Trigger, { trigger: ended, flow, ending, outcome }: Json): Matched {
  const fire = {
    ...{ trigger: textOf(ended), flow: textOf(flow), kind: 'schedule' as const, policy: null },
    outcome: { outcome: textOf(outcome), facts: {} },
  };
  const own = fire.trigger === trigger.name ? ': a trigger never follows itself' : '';
  return said(waitsFor(trigger, fire, ending as Ending), 'the ending', `what \`when.flow\` waits for${own}`);
}

function matchOfSlot(trigger: Trigger, { dueAt }: Json, zone: string): Matched {
  const at = Date.parse(textOf(dueAt));
  const rule = slotRuleOf(trigger, zone);
  if (rule === undefined || Number.isNaN(at)) return { holds: false, why: 'event.dueAt is no instant' };
  const [slot] = nextSlots(rule, new Date(at - 1), 1);
  return said(slot?.getTime() === at, 'event.dueAt', 'a slot of the schedule');
}
