import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { kindOf, type TriggerKind } from '../schemas/trigger-kinds.ts';
import { nextSlots } from './slots.ts';

type Json = Readonly<Record<string, unknown>>;

/** An event of the trigger's kind that nobody sent, with every field: what its file asks for where that can be made up. Pure. */
export function sampleEvent(trigger: Trigger, { zone, now }: { zone: string; now: Date }): Json {
  const at = now.toISOString();
  const { when } = trigger;
  const watch = { faulty: true, changes: 1, since: at, detail: 'made up' };
  const samples: Readonly<Record<TriggerKind, () => Json>> = {
    schedule: () => {
      const rule = slotRuleOf(trigger, zone);
      const [slot = now] = rule === undefined ? [] : nextSlots(rule, now, 1);
      return { kind: 'schedule', dueAt: slot.toISOString() };
    },
    mail: () => ({
      ...{ kind: 'mail', inboxId: 'inb_sample', unread: true, receivedAt: at, subject: 'A sample', class: 'person' },
      ...{ account: 'sample', folder: 'INBOX', ...('mail' in when ? named(when.mail, ['account', 'folder']) : {}) },
      ...{ from: { name: 'Somebody', address: 'somebody@example.org' }, to: [], cc: [] },
      ...{ proven: true, listId: '', attachments: [] },
    }),
    message: () => ({
      ...{ kind: 'message', channel: 'api', room: '', from: 'somebody', mention: true, text: 'A sample' },
      ...('message' in when ? named(when.message, ['channel', 'room']) : {}),
    }),
    http: () => ({
      host: 'http' in when ? new URL(when.http.url).host : '',
      ...{ status: 503, answer: 'answer', ms: 120 },
      ...watch,
      ...('http' in when ? { faulty: when.http.on !== 'recovery' } : {}),
    }),
    webhook: () => ({
      provider: 'webhook' in when ? when.webhook.provider : '',
      type: 'webhook' in when ? (when.webhook.events?.[0] ?? '') : '',
      ...{ deliveryId: 'sample', headers: {}, body: {} },
    }),
    metric: () => ({
      ...watch,
      ...('metric' in when
        ? { value: when.metric.above ?? when.metric.below, faulty: when.metric.on !== 'recovery' }
        : {}),
    }),
    file: () => ({
      path: 'file' in when ? `${when.file.path}/sample.txt` : '',
      ...{ name: 'sample.txt', change: 'file' in when ? when.file.on[0] : 'appears', sizeBytes: 1_000 },
    }),
    flow: () => ({
      ...{ fireId: 'fir_sample', trigger: 'sample', flow: 'noop', reason: '', outcome: '', facts: {} },
      ...('flow' in when ? flowOf(when.flow) : {}),
      ...{ dueAt: at, endedAt: at },
    }),
  };
  return samples[kindOf(trigger)]();
}

function named(wanted: object, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => keys.includes(key) && value !== undefined));
}

function flowOf({
  run,
  trigger,
  ending,
  outcome,
}: {
  readonly run?: string | undefined;
  readonly trigger?: string | undefined;
  readonly ending: readonly string[];
  readonly outcome?: string | undefined;
}): Json {
  return {
    ...(run === undefined ? {} : { flow: run }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(outcome === undefined ? {} : { outcome }),
    ending: ending[0],
  };
}
