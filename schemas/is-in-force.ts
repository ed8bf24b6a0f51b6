import { parseInstant } from './parse-instant.ts';
import type { Trigger } from './trigger-file.ts';

/** Whether a trigger may fire at all now: what is switched off or past its end is as good as not there. Pure. */
export function isInForce(trigger: Pick<Trigger, 'enabled' | 'until'>, now: Date): boolean {
  return trigger.enabled && (trigger.until === undefined || now.getTime() <= parseInstant(trigger.until));
}
