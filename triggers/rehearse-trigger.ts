import { slotKeys } from '../schemas/ids.ts';
import { triggerEvents } from '../schemas/trigger-events.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { kindOf, overlapOf, type TriggerKind } from '../schemas/trigger-kinds.ts';
import { debounceOf } from './debounce-of.ts';
import { decideCondition, mapArguments } from './decide-condition.ts';
import { isInForce } from './gate.ts';
import { type Matched, matchEvent } from './match-event.ts';
import { noteFields } from './note-fields.ts';

type Json = Readonly<Record<string, unknown>>;

/** What would become of one event, step by step. Nothing is started and nothing is kept. */
export interface Rehearsed {
  readonly name: string;
  readonly kind: TriggerKind;
  readonly event: Json;
  /** Whether the event is one that the trigger waits for. */
  readonly match: Matched;
  readonly condition: { readonly holds: boolean; readonly why: string };
  /** What `state` would hold next; as before where the condition keeps nothing. */
  readonly state: Json;
  readonly flow: string;
  /** Those of the file with those of `map`; what the kind adds by itself comes beside them. */
  readonly args: Json;
  readonly slotKey: string;
  readonly priority: string;
  readonly deliver: readonly string[];
  readonly verdict: 'run' | 'skipped' | 'failed' | 'ignored';
  readonly why: string;
  /** What depends on the ledger, and was not looked at. */
  readonly notLookedAt: readonly string[];
  readonly notes: readonly string[];
}

/** Goes through the steps of dispatch with one event. Pure. @param about - `zone`: the owner's */
export function rehearseTrigger(
  trigger: Trigger,
  event: Json,
  about: { readonly state: Json; readonly zone: string; readonly now: Date },
): Rehearsed {
  const { state, zone, now } = about;
  const { name, run: flow, priority, deliver } = trigger;
  const kind = kindOf(trigger);
  const match = matchEvent(trigger, event, zone);
  const decided = decideCondition(trigger, event, state, now);
  const condition = {
    holds: decided.pass,
    why: decided.reason ?? (trigger.condition === undefined ? 'none is asked for' : 'it holds'),
  };
  const made = argumentsOf(trigger, event, now);
  const args = { ...trigger.with, ...(trigger.fault === undefined ? {} : { fault: trigger.fault }), ...made.args };
  return {
    ...{ name, kind, event, match, condition, state: decided.state ?? state, flow, args },
    ...{ slotKey: slotKeyOf(kind, event), priority, deliver },
    ...verdictOf(trigger, now, { match, condition, ...made }),
    notLookedAt: notLookedAt(trigger),
    notes: [...missingFields(kind, event), ...noteFields(trigger)],
  };
}

function argumentsOf(trigger: Trigger, event: Json, now: Date): { readonly args: Json; readonly fault?: string } {
  try {
    return { args: mapArguments(trigger, event, now) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { args: {}, fault: error.message };
  }
}

function verdictOf(
  trigger: Trigger,
  now: Date,
  steps: { readonly match: Matched; readonly condition: Matched; readonly fault?: string },
): Pick<Rehearsed, 'verdict' | 'why'> {
  if (!isInForce(trigger, now)) {
    return { verdict: 'ignored', why: trigger.enabled ? 'its `until` has passed' : 'it is switched off' };
  }
  if (!steps.match.holds) return { verdict: 'ignored', why: steps.match.why };
  if (!steps.condition.holds) return { verdict: 'skipped', why: steps.condition.why };
  if (steps.fault !== undefined) return { verdict: 'failed', why: steps.fault };
  return { verdict: 'run', why: 'nothing that was looked at stands in its way' };
}

/** The key that would make the same event the same fire. */
function slotKeyOf(kind: TriggerKind, event: Json): string {
  const faulty = event.faulty === true;
  switch (kind) {
    case 'schedule': {
      const at = new Date(String(event.dueAt));
      return Number.isNaN(at.getTime()) ? '<dueAt>' : slotKeys.schedule(at);
    }
    case 'mail':
      return slotKeys.mail(String(event.inboxId ?? '<inboxId>'));
    case 'message':
    case 'webhook':
      return slotKeys.delivery(kind, '<HMAC of the sender’s id>');
    case 'http':
    case 'metric':
      return slotKeys.change(kind, Number(event.changes ?? 1), faulty);
    case 'file':
      return slotKeys.file('<HMAC of path and stamp>');
    case 'flow':
      return slotKeys.ended(String(event.fireId ?? '<fireId>'));
  }
}

function notLookedAt(trigger: Trigger): string[] {
  const overlap = overlapOf(trigger);
  return [
    'whether it is paused, and skips that a person asked for',
    'whether the same event came before',
    ...(trigger.cooldown === undefined ? [] : ['cooldown']),
    ...(trigger.throttle === undefined ? [] : ['throttle']),
    ...(overlap === 'allow' ? [] : [`overlap ${typeof overlap === 'string' ? overlap : overlap.policy}`]),
    ...(debounceOf(trigger) === undefined ? [] : ['events that it would be gathered with']),
    ...('http' in trigger.when || 'metric' in trigger.when ? ['the answers before it, which `for` counts'] : []),
  ];
}

/** What a sample lacks, or has in another form, beside what such events have. */
function missingFields(kind: TriggerKind, event: Json): string[] {
  const checked = triggerEvents[kind].safeParse(event);
  if (checked.success) return [];
  const names = new Set(checked.error.issues.map(({ path }) => path.map(String).join('.')));
  return [`an event of kind ${kind} also has, or has in another form: ${[...names].join(', ')}`];
}
