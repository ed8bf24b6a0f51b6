import type { TriggerFile } from './trigger-file.ts';

/** What can set off a flow, in the order of the documentation. Each is a key of `when:`. */
export const triggerKinds = ['schedule', 'mail', 'message', 'http', 'webhook', 'metric', 'file', 'flow'] as const;
export type TriggerKind = (typeof triggerKinds)[number];

/** The kind of a trigger: the key that its `when:` holds; `every`, `at` and `rrule` are schedules too. */
export function kindOf({ when }: Pick<TriggerFile, 'when'>): TriggerKind {
  return triggerKinds.find((kind) => kind in when) ?? 'schedule';
}

/** What a kind does when the trigger's file says nothing of `overlap`: an event must not be lost to one before it. */
export function overlapOf(trigger: Pick<TriggerFile, 'when' | 'overlap'>): NonNullable<TriggerFile['overlap']> {
  if (trigger.overlap !== undefined) return trigger.overlap;
  const kind = kindOf(trigger);
  return kind === 'schedule' || kind === 'mail' || kind === 'http' || kind === 'metric' ? 'skip' : 'allow';
}
