import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { kindOf, overlapOf, type TriggerKind } from '../schemas/trigger-kinds.ts';
import { debounceOf } from './debounce-of.ts';
import { describeWhen } from './describe-when.ts';
import { isInForce } from './gate.ts';
import { noteFields } from './note-fields.ts';
import { nextSlots } from './slots.ts';
import { spanWords } from './span-words.ts';

/** What a trigger's file does, in words. */
export interface Explained {
  readonly name: string;
  readonly kind: TriggerKind;
  readonly run: string;
  /** One line at a glance. */
  readonly picture: string;
  readonly inForce: boolean;
  /** Each topic once, in the order of a fire's life. */
  readonly says: readonly { readonly topic: string; readonly words: string }[];
  /** RFC 3339: the next three slots of a schedule that is in force. */
  readonly next: readonly string[];
  /** What is allowed and hardly meant. */
  readonly notes: readonly string[];
}

/** Says in words what a trigger's file does. Names and figures of the file only; no secret and no address with one. Pure. */
export function explainTrigger(trigger: Trigger, { zone, now }: { zone: string; now: Date }): Explained {
  const { name, run, deliver, priority, until, owner, tags, enabled } = trigger;
  const kind = kindOf(trigger);
  const rule = slotRuleOf(trigger, zone);
  const when = describeWhen(trigger, zone);
  const inForce = isInForce(trigger, now);
  const gathered = debounceOf(trigger);
  const said: [string, string | undefined][] = [
    ['fires', when.long.replace('<name>', name)],
    ['condition', conditionWords(trigger)],
    ['limits', limitWords(trigger)],
    [
      'gathers',
      gathered &&
        `events until none has come for ${spanWords(gathered.quiet)}, at most ${spanWords(gathered.max)}, are one fire`,
    ],
    ['runs', run],
    ['arguments', argumentWords(trigger)],
    ['missed', missedWords(trigger)],
    ['busy', overlapWords(trigger)],
    ['failed', failedWords(trigger)],
    ['tells', deliver.length === 0 ? 'nobody named; the flow decides' : deliver.join(', ')],
    ['priority', priority],
    ['until', until],
    ['owner', owner],
    ['tags', tags.length === 0 ? undefined : tags.join(', ')],
    ['now', inForce ? undefined : enabled ? 'past its end: it fires no more' : 'switched off: it does not fire'],
  ];
  return {
    ...{ name, kind, run, picture: pictureOf(trigger, when.short), inForce },
    says: said.flatMap(([topic, words]) => (words === undefined ? [] : [{ topic, words }])),
    next: rule === undefined || !inForce ? [] : nextSlots(rule, now, 3).map((slot) => slot.toISOString()),
    notes: noteFields(trigger),
  };
}

/** `mail from boss -> condition -> emailDigest -> mail:me` */
function pictureOf({ condition, run, deliver }: Trigger, short: string): string {
  return [
    short,
    ...(condition === undefined ? [] : ['condition']),
    run,
    ...(deliver.length === 0 ? [] : [deliver.join(', ')]),
  ].join(' -> ');
}

function conditionWords({ condition }: Trigger): string | undefined {
  if (condition === undefined) return undefined;
  if (typeof condition === 'string') return `only where ${oneLine(condition)}`;
  const kept = Object.entries(condition.keep).map(([name, text]) => `${name} = ${oneLine(text)}`);
  return `only where ${oneLine(condition.if)}${kept.length === 0 ? '' : `; remembers ${kept.join(', ')}`}`;
}

function limitWords({ cooldown, throttle }: Trigger): string | undefined {
  const limits = [
    ...(cooldown === undefined ? [] : [`not for ${spanWords(cooldown)} after a fire`]),
    ...(throttle === undefined ? [] : [`at most ${throttle.max} fires in ${spanWords(throttle.per)}`]),
  ];
  return limits.length === 0 ? undefined : `${limits.join(', ')}; what is more is recorded as skipped`;
}

function argumentWords({ map, with: given, fault }: Trigger): string | undefined {
  const names = [
    ...Object.keys(given),
    ...(fault === undefined ? [] : ['fault']),
    ...Object.entries(map).map(([name, text]) => `${name} = ${oneLine(text)}`),
  ];
  return names.length === 0 ? undefined : names.join(', ');
}

/** What becomes of events while nothing of Steward runs. */
const whileAway: Readonly<Record<Exclude<TriggerKind, 'schedule'>, string>> = {
  mail: 'mail that comes while Steward is away is read later, and counts then',
  message: 'a message cannot come in while Steward is away',
  http: 'nobody looks while Steward is away; the next look counts as any other',
  webhook: 'a request gets no answer while Steward is away; most senders send again',
  metric: 'nobody looks while Steward is away; the next look counts as any other',
  file: 'what changed while Steward was away is seen at the next look',
  flow: 'an ending that nobody was told of is told at the next start',
};

function missedWords(trigger: Trigger): string {
  const kind = kindOf(trigger);
  if (kind !== 'schedule') return whileAway[kind];
  const { missed } = trigger;
  if (missed === undefined || missed.policy === 'none')
    return 'a slot that passed while the machine was off does not run';
  const within = `not older than ${spanWords(missed.within)}`;
  if (missed.policy === 'latest') return `the newest slot that passed while the machine was off runs, ${within}`;
  return `the newest ${missed.max} slots that passed while the machine was off run, ${within}`;
}

function overlapWords(trigger: Trigger): string {
  const overlap = overlapOf(trigger);
  if (overlap === 'skip') return 'while a run is under way, a further one is skipped';
  if (overlap === 'allow') return 'while a run is under way, a further one runs beside it';
  if (overlap === 'cancelPrevious') return 'a run under way is cancelled for a further one';
  return `while a run is under way, up to ${overlap.max} more wait, one after another`;
}

function failedWords({ retry, onFailure }: Trigger): string {
  const again =
    retry === undefined
      ? 'not begun anew'
      : `begun anew, ${retry.attempts} times in all, after ${spanWords(retry.wait)}, each wait ${retry.factor} times as long`;
  const told = [
    ...(onFailure?.run === undefined ? [] : [`then ${onFailure.run} runs`]),
    ...(onFailure?.notify === undefined
      ? []
      : [`then ${onFailure.notify === true ? 'every channel of the owner' : onFailure.notify.join(', ')} is told`]),
  ];
  return [again, ...told].join('; ');
}

const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ');
