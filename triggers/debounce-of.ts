import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { looksAtEachMail } from './match-mail.ts';

/** How long the events of a trigger are gathered into one fire: its `debounce`, or `settle` of mail looked at one by one. */
export function debounceOf(trigger: Trigger): Trigger['debounce'] {
  if (trigger.debounce !== undefined) return trigger.debounce;
  if (!('mail' in trigger.when) || !looksAtEachMail(trigger) || typeof overlapOf(trigger) === 'object')
    return undefined;
  const { settle } = trigger.when;
  return settle > 0 ? { quiet: settle, max: settle } : undefined;
}
