import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { TriggerFile } from '../schemas/trigger-file.ts';
import { kindOf } from '../schemas/trigger-kinds.ts';
import { nextSlots } from './slots.ts';

/** When a trigger fires, for a list: the text of its schedule, or its kind. */
export interface TriggerWhen {
  readonly when: string;
  /** Only of a schedule. */
  readonly timezone?: string;
  /** RFC 3339; only where there is a slot to come. */
  readonly next?: string;
}

/** What a list says of when a trigger fires. Pure. @param ownerZone - where the file names no zone */
export function whenOf(trigger: TriggerFile, ownerZone: string, now: Date): TriggerWhen {
  const rule = slotRuleOf(trigger, ownerZone);
  if (rule === undefined) return { when: kindOf(trigger) };
  const [next] = trigger.enabled ? nextSlots(rule, now, 1) : [];
  return {
    ...{ when: textOf(trigger.when), timezone: rule.timezone },
    ...(next === undefined ? {} : { next: next.toISOString() }),
  };
}

function textOf(when: TriggerFile['when']): string {
  if ('schedule' in when) return when.schedule;
  if ('every' in when) return `every ${when.every / 1_000}s`;
  if ('at' in when) return `at ${when.at}`;
  return 'rrule' in when ? when.rrule : '';
}
